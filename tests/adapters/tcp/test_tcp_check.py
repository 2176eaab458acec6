"""What the kernel makes of a TCP connect in each predicament."""

import asyncio
import socket
import struct
import time  # noqa: TID251 a loop that is blocked is what one test is about
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Checked, Look
from linkwatch.probe.tcp import TcpCheck
from support.netns import requires_root
from support.route import ROUTER, ROUTER6, SITE, SITE6, US, US6, Route, lay_route

PORT = 8443
LOOK = Look(size=64, dscp=34)


def check(address: str, port: int = PORT, within: float = 0.9, look: Look = LOOK) -> Checked:
    async def bounded() -> Checked:
        async with asyncio.timeout(5):
            return await TcpCheck().check(address, port, within=within, look=look)

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
        checking = asyncio.ensure_future(TcpCheck().check(address, port, within=0.05, look=LOOK))
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
        checking = asyncio.ensure_future(TcpCheck().check(address, port, within=0.5, look=LOOK))
        asyncio.get_running_loop().call_soon(hang_up)
        return await checking

    found = asyncio.run(checked())
    assert found.outcome is Outcome.ANSWERED
    assert found.rtt is not None


def test_what_cannot_even_be_tried_is_our_own_failure() -> None:
    found = check("255.255.255.255")
    assert (found.outcome, found.rtt) == (Outcome.LOCAL_FAILURE, None)
    assert found.reason in {"ENETUNREACH", "EACCES"}


def ask(
    net: Route, address: str, port: int = PORT, within: float = 0.9, look: Look = LOOK
) -> Checked:
    with net.us.entered():
        return check(address, port, within, look)


@pytest.fixture
def net() -> Iterator[Route]:
    """us --- router --- site; the site listens on PORT."""
    with ExitStack() as stack:
        route = lay_route(stack)
        with route.site.entered():
            for family, address in ((socket.AF_INET, SITE), (socket.AF_INET6, SITE6)):
                stack.enter_context(socket.create_server((address, PORT), family=family))
        yield route


@requires_root
@pytest.mark.parametrize("site", [SITE, SITE6])
def test_across_a_router_an_answer_a_refusal_and_silence_differ(net: Route, site: str) -> None:
    answered = ask(net, site)
    assert answered.outcome is Outcome.ANSWERED
    assert answered.rtt is not None
    assert ask(net, site, PORT + 1) == Checked(Outcome.ANSWERED, reason="refused")
    net.site.nft_drop("input", f"tcp dport {PORT}")
    assert ask(net, site) == Checked(Outcome.NO_REPLY)


@requires_root
@pytest.mark.parametrize(("away", "router"), [("10.3.0.1", ROUTER), ("fd03::1", ROUTER6)])
def test_an_error_from_the_way_is_loss_with_a_reason(net: Route, away: str, router: str) -> None:
    found = ask(net, away)
    assert (found.outcome, found.reason) == (Outcome.UNREACHABLE, "net_unreachable")
    assert found.reported_by == router


@requires_root
def test_a_firewall_that_rejects_is_an_answer_only_on_the_host_itself(net: Route) -> None:
    net.site.nft_drop("input", f"tcp dport {PORT}", "reject")
    found = ask(net, SITE)
    assert (found.outcome, found.reported_by) == (Outcome.ANSWERED, SITE)
    net.router.nft_drop("forward", f"tcp dport {PORT}", "reject")
    found = ask(net, SITE)
    assert (found.outcome, found.reported_by) == (Outcome.UNREACHABLE, ROUTER)


@requires_root
@pytest.mark.parametrize(
    ("address", "reason"), [("10.1.0.77", "host_unreachable"), ("10.99.0.1", "ENETUNREACH")]
)
def test_our_own_neighbour_and_routes_are_never_the_links_loss(
    net: Route, address: str, reason: str
) -> None:
    found = ask(net, address, within=4.0)
    assert (found.outcome, found.reason) == (Outcome.LOCAL_FAILURE, reason)


@requires_root
def test_a_second_syn_does_not_undo_the_loss_of_the_first(net: Route) -> None:
    net.site.nft(
        "table inet t {\nchain c {\ntype filter hook input priority 0\n"
        f"tcp dport {PORT} meta mark set numgen inc mod 2\n"
        f"meta mark 0 tcp dport {PORT} drop\n}}\n}}\n"
    )
    assert ask(net, SITE, within=2.5) == Checked(Outcome.NO_REPLY, reason="retransmitted")


@requires_root
@pytest.mark.parametrize(("site", "router"), [(SITE, ROUTER), (SITE6, ROUTER6)])
def test_a_check_out_of_hops_is_lost_with_its_reason(net: Route, site: str, router: str) -> None:
    found = ask(net, site, look=Look(64, 34, ttl=1))
    assert found == Checked(Outcome.UNREACHABLE, reason="ttl_exceeded", reported_by=router)
    assert ask(net, site, look=Look(64, 34, ttl=2)).outcome is Outcome.ANSWERED


SECOND, SECOND6 = "10.1.0.2", "fd01::2"


@requires_root
@pytest.mark.parametrize(
    ("site", "first", "second"), [(SITE, US, SECOND), (SITE6, US6, SECOND6)], ids=["v4", "v6"]
)
def test_a_check_leaves_from_its_source(net: Route, site: str, first: str, second: str) -> None:
    # One that is not preferred is used only where it is asked for.
    cidr = f"{second}/{64 if ':' in second else 24}"
    net.us.ip("address", "add", cidr, "dev", net.our_device, "preferred_lft", "0")
    family = socket.AF_INET6 if ":" in site else socket.AF_INET
    seen = {}
    with net.site.entered(), socket.create_server((site, PORT + 1), family=family) as listening:
        listening.settimeout(5)
        for source in (None, second, net.our_device):
            found = ask(net, site, PORT + 1, look=Look(64, 34, source))
            assert found.outcome is Outcome.ANSWERED
            accepted, peer = listening.accept()
            accepted.close()
            seen[source] = peer[0]
    assert seen == {None: first, second: second, net.our_device: first}


@requires_root
@pytest.mark.parametrize(
    ("source", "reason"),
    [("nowhere", "ENODEV"), ("10.99.0.1", "EADDRNOTAVAIL"), (US6, "EAFNOSUPPORT")],
)
def test_a_source_that_is_not_there_is_our_failure(net: Route, source: str, reason: str) -> None:
    found = ask(net, SITE, look=Look(64, 34, source))
    assert found == Checked(Outcome.LOCAL_FAILURE, reason=reason)


@requires_root
@pytest.mark.parametrize(("site", "ours"), [(SITE, US), (SITE6, US6)], ids=["v4", "v6"])
@pytest.mark.parametrize("by_name", [False, True], ids=["address", "interface"])
def test_a_source_that_goes_while_we_wait_makes_silence_our_failure(
    net: Route, site: str, ours: str, by_name: bool
) -> None:
    net.site.nft_drop("input", f"tcp dport {PORT}")
    source = net.our_device if by_name else ours

    async def checked() -> Checked:
        check_ = TcpCheck().check(site, PORT, within=0.9, look=Look(64, 34, source))
        checking = asyncio.ensure_future(check_)
        asyncio.get_running_loop().call_later(0.2, net.us.ip, "link", "delete", net.our_device)
        return await asyncio.wait_for(checking, 5)

    with net.us.entered():
        found = asyncio.run(checked())
    expected = "ENODEV" if by_name else "EADDRNOTAVAIL"
    assert found == Checked(Outcome.LOCAL_FAILURE, reason=expected)
