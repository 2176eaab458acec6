"""What the kernel makes of a TCP connect in each predicament."""

import asyncio
import socket
import struct
import time  # noqa: TID251 a loop that is blocked is what one test is about
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Checked
from linkwatch.probe.tcp import TcpCheck
from support.netns import Namespace, requires_root

PORT = 8443
US, ROUTER, ROUTER_FAR, SITE = "10.1.0.1", "10.1.0.254", "10.2.0.254", "10.2.0.1"
US6, ROUTER6, SITE6 = "fd01::1", "fd01::254", "fd02::1"


def check(address: str, port: int = PORT, within: float = 0.9) -> Checked:
    async def bounded() -> Checked:
        async with asyncio.timeout(5):
            return await TcpCheck().check(address, port, within=within, dscp=34)

    return asyncio.run(bounded())


@pytest.fixture(params=["127.0.17.10", "::1"])
def listener(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.create_server((request.param, 0), family=family) as listening:
        yield listening


def test_a_port_that_listens_answers_with_the_kernels_round_trip(listener: socket.socket) -> None:
    address, port = listener.getsockname()[:2]
    found = check(address, port)
    assert found.outcome is Outcome.ANSWERED
    assert found.rtt is not None
    assert 0 < found.rtt < 0.1


def test_a_closed_port_is_an_answer_without_a_delay(listener: socket.socket) -> None:
    address, port = listener.getsockname()[:2]
    listener.close()
    assert check(address, port) == Checked(Outcome.ANSWERED, reason="refused")


def test_a_blocked_loop_neither_loses_the_answer_nor_lengthens_it(listener: socket.socket) -> None:
    address, port = listener.getsockname()[:2]

    async def blocked() -> Checked:
        checking = asyncio.ensure_future(TcpCheck().check(address, port, within=0.05, dscp=0))
        asyncio.get_running_loop().call_soon(time.sleep, 0.2)
        return await checking

    found = asyncio.run(blocked())
    assert found.outcome is Outcome.ANSWERED
    assert found.rtt is not None
    assert found.rtt < 0.05


def test_a_host_that_hangs_up_before_we_look_has_answered(listener: socket.socket) -> None:
    address, port = listener.getsockname()[:2]

    def hang_up() -> None:
        accepted, _peer = listener.accept()
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        accepted.close()

    async def checked() -> Checked:
        checking = asyncio.ensure_future(TcpCheck().check(address, port, within=0.5, dscp=0))
        asyncio.get_running_loop().call_soon(hang_up)
        return await checking

    found = asyncio.run(checked())
    assert found.outcome is Outcome.ANSWERED
    assert found.rtt is not None


def test_what_cannot_even_be_tried_is_our_own_failure() -> None:
    found = check("255.255.255.255")
    assert (found.outcome, found.rtt) == (Outcome.LOCAL_FAILURE, None)
    assert found.reason in {"ENETUNREACH", "EACCES"}


@dataclass
class Net:
    """us --- router --- site, for both families; the site listens on PORT."""

    us: Namespace
    router: Namespace
    site: Namespace

    def check(self, address: str, port: int = PORT, within: float = 0.9) -> Checked:
        with self.us.entered():
            return check(address, port, within)


@pytest.fixture
def net() -> Iterator[Net]:
    with ExitStack() as stack:
        us, router, site = (
            stack.enter_context(Namespace(name)) for name in ("us", "router", "site")
        )
        our, near = us.connect(router, f"{US}/24", f"{ROUTER}/24")
        far, sites = router.connect(site, f"{ROUTER_FAR}/24", f"{SITE}/24")
        for namespace, device, address in (
            (us, our, US6),
            (router, near, ROUTER6),
            (router, far, "fd02::254"),
            (site, sites, SITE6),
        ):
            namespace.ip("address", "add", f"{address}/64", "dev", device, "nodad")
        router.sysctl("net.ipv4.ip_forward", "1")
        router.sysctl("net.ipv6.conf.all.forwarding", "1")
        us.ip("route", "add", "10.2.0.0/15", "via", ROUTER)
        us.ip("route", "add", "fd02::/15", "via", ROUTER6)
        site.ip("route", "add", "default", "via", ROUTER_FAR)
        site.ip("route", "add", "default", "via", "fd02::254")
        with site.entered():
            for family, address in ((socket.AF_INET, SITE), (socket.AF_INET6, SITE6)):
                stack.enter_context(socket.create_server((address, PORT), family=family))
        yield Net(us, router, site)


@requires_root
@pytest.mark.parametrize("site", [SITE, SITE6])
def test_across_a_router_an_answer_a_refusal_and_silence_differ(net: Net, site: str) -> None:
    answered = net.check(site)
    assert answered.outcome is Outcome.ANSWERED
    assert answered.rtt is not None
    assert net.check(site, PORT + 1) == Checked(Outcome.ANSWERED, reason="refused")
    net.site.nft_drop("input", f"tcp dport {PORT}")
    assert net.check(site) == Checked(Outcome.NO_REPLY)


@requires_root
@pytest.mark.parametrize(("away", "router"), [("10.3.0.1", ROUTER), ("fd03::1", ROUTER6)])
def test_an_error_from_the_way_is_loss_with_a_reason(net: Net, away: str, router: str) -> None:
    found = net.check(away)
    assert (found.outcome, found.reason) == (Outcome.UNREACHABLE, "net_unreachable")
    assert found.reported_by == router


@requires_root
def test_a_firewall_that_rejects_is_an_answer_only_on_the_host_itself(net: Net) -> None:
    net.site.nft_drop("input", f"tcp dport {PORT}", "reject")
    found = net.check(SITE)
    assert (found.outcome, found.reported_by) == (Outcome.ANSWERED, SITE)
    net.router.nft_drop("forward", f"tcp dport {PORT}", "reject")
    found = net.check(SITE)
    assert (found.outcome, found.reported_by) == (Outcome.UNREACHABLE, ROUTER)


@requires_root
@pytest.mark.parametrize(
    ("address", "reason"), [("10.1.0.77", "host_unreachable"), ("10.99.0.1", "ENETUNREACH")]
)
def test_our_own_neighbour_and_routes_are_never_the_links_loss(
    net: Net, address: str, reason: str
) -> None:
    found = net.check(address, within=4.0)
    assert (found.outcome, found.reason) == (Outcome.LOCAL_FAILURE, reason)


@requires_root
def test_a_second_syn_does_not_undo_the_loss_of_the_first(net: Net) -> None:
    net.site.nft(
        "table inet t {\nchain c {\ntype filter hook input priority 0\n"
        f"tcp dport {PORT} meta mark set numgen inc mod 2\n"
        f"meta mark 0 tcp dport {PORT} drop\n}}\n}}\n"
    )
    assert net.check(SITE, within=2.5) == Checked(Outcome.NO_REPLY, reason="retransmitted")
