"""What the kernel makes of a probe in each predicament, through every kind of socket."""

import pytest

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Reply
from linkwatch.probe.icmp import Mode
from linkwatch.wire.icmp import IpVersion
from support.icmp_net import Net
from support.icmp_peer import collect
from support.netns import Namespace, requires_root
from support.route import ROUTER, ROUTER6, SITE, SITE6, US, US6

pytestmark = requires_root


@pytest.mark.parametrize("address", [SITE, SITE6, "127.0.0.1", "127.3.2.1", "::1"])
def test_an_answer_has_the_kernels_round_trip_time(net: Net, address: str) -> None:
    reply = net.ask(address)
    assert reply is not None
    assert reply.outcome is Outcome.ANSWERED
    assert reply.rtt is not None
    assert 0 < reply.rtt < 0.2


@pytest.mark.parametrize("address", [SITE, SITE6])
def test_a_silent_target_is_neither_answered_nor_failed(net: Net, address: str) -> None:
    net.site.nft_drop("input", "icmp type echo-request")
    net.site.nft_drop("input", "icmpv6 type echo-request")
    assert net.ask(address, seconds=0.4) is None
    net.site.nft_flush()
    reply = net.ask(address, token=2)
    assert reply is not None
    assert reply.outcome is Outcome.ANSWERED


@pytest.mark.parametrize(
    ("kind", "address", "reason", "by"),
    [
        ("unreachable", "10.3.0.1", "host_unreachable", ROUTER),
        ("prohibit", "10.3.0.1", "admin_prohibited", ROUTER),
        ("unreachable", "fd03::1", "net_unreachable", ROUTER6),
        ("prohibit", "fd03::1", "admin_prohibited", ROUTER6),
    ],
)
def test_a_routers_refusal_is_unreachable(
    net: Net, kind: str, address: str, reason: str, by: str
) -> None:
    net.router.ip("route", "add", kind, f"{address}/{128 if ':' in address else 32}")
    assert net.ask(address) == Reply(1, Outcome.UNREACHABLE, reason=reason, reported_by=by)


@pytest.mark.parametrize(("address", "by"), [("10.3.0.1", ROUTER), ("fd03::1", ROUTER6)])
def test_no_route_on_the_way_is_unreachable(net: Net, address: str, by: str) -> None:
    expected = Reply(1, Outcome.UNREACHABLE, reason="net_unreachable", reported_by=by)
    assert net.ask(address) == expected


def test_a_dead_site_behind_a_router_is_unreachable(net: Net) -> None:
    _ask_neighbours_once(net.router, net.router_far_device)
    reply = net.ask("10.2.0.99", seconds=5)
    assert reply == Reply(1, Outcome.UNREACHABLE, reason="host_unreachable", reported_by=ROUTER)


@pytest.mark.parametrize(("address", "us"), [("10.1.0.99", US), ("fd01::99", US6)])
def test_our_own_failed_neighbour_look_up_is_a_local_failure(
    net: Net, address: str, us: str
) -> None:
    _ask_neighbours_once(net.us, net.our_device)
    reply = net.ask(address, seconds=5)
    assert reply == Reply(1, Outcome.LOCAL_FAILURE, reason="EHOSTUNREACH", reported_by=us)


def test_our_own_reject_rule_is_a_local_failure(net: Net) -> None:
    net.us.nft_drop("output", f"ip daddr {SITE}", "reject with icmp type host-unreachable")
    reply = net.ask(SITE)
    assert reply is not None
    assert reply.outcome is Outcome.LOCAL_FAILURE


@pytest.mark.parametrize("address", [SITE, SITE6])
def test_our_own_filter_is_a_local_failure(net: Net, address: str) -> None:
    net.us.nft_drop("output", "meta l4proto { icmp, ipv6-icmp }")
    if net.prober.modes[IpVersion.V6] is Mode.DATAGRAM and address == SITE6:
        # Linux ignores what became of the packet in ping_v6_sendmsg: nobody is told.
        assert net.ask(address, seconds=0.3) is None
    else:
        assert net.ask(address) == Reply(1, Outcome.LOCAL_FAILURE, reason="EPERM")


@pytest.mark.parametrize("address", ["10.9.0.1", "fd90::1"])
def test_no_route_of_our_own_is_a_local_failure(net: Net, address: str) -> None:
    assert net.ask(address) == Reply(1, Outcome.LOCAL_FAILURE, reason="ENETUNREACH")


def test_our_interface_down_is_a_local_failure(net: Net) -> None:
    net.us.ip("link", "set", net.our_device, "down")
    assert net.ask(SITE) == Reply(1, Outcome.LOCAL_FAILURE, reason="ENETUNREACH")


def test_an_earlier_probes_error_does_not_fail_the_next_probe(net: Net) -> None:
    # A rule, for the errors of a route are rationed.
    net.router.nft_drop("forward", "ip daddr 10.2.0.98", "reject with icmp type host-unreachable")
    tokens = range(1, 9)
    for token in tokens:
        assert net.send("10.2.0.98" if token % 2 else SITE, token) is None
    with net.us.entered():
        replies = collect(net.prober, lambda found: len(found) == len(tokens), 3)
    outcomes = {reply.token: reply.outcome for reply in replies}
    assert outcomes == {
        token: Outcome.UNREACHABLE if token % 2 else Outcome.ANSWERED for token in tokens
    }


def test_a_filter_of_our_own_is_told_apart_from_a_pending_error(net: Net) -> None:
    net.router.ip("route", "add", "unreachable", "10.3.0.1/32")
    net.us.nft_drop("output", f"ip daddr {SITE}")
    assert net.send("10.3.0.1", 1) is None
    assert net.send(SITE, 2) == Reply(2, Outcome.LOCAL_FAILURE, reason="EPERM")
    first = net.outcome(1)
    assert first is not None
    assert first.outcome is Outcome.UNREACHABLE


@pytest.mark.parametrize("address", ["host.example", "10.1.0.999", "fd01::1%nothere", ""])
def test_what_is_no_address_is_a_local_failure(net: Net, address: str) -> None:
    assert net.ask(address) == Reply(1, Outcome.LOCAL_FAILURE, reason="bad_address")


def _ask_neighbours_once(namespace: Namespace, device: str) -> None:
    for family in ("ipv4", "ipv6"):
        namespace.sysctl(f"net.{family}.neigh.{device}.mcast_solicit", "1")
        namespace.sysctl(f"net.{family}.neigh.{device}.retrans_time_ms", "100")
