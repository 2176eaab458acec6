"""Probes that may not be fragmented, and probes that may not go far."""

import pytest

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Look, Probe, Reply
from support.icmp_net import ORDINARY, Net
from support.icmp_peer import collect
from support.netns import requires_root
from support.route import ROUTER, ROUTER6, SITE, SITE6, US, US6

pytestmark = requires_root

NARROW = 1300
SMALL, LARGE = 1200, 1400
"""Payloads that do and do not fit through it; a link of our own takes both."""
BOTH = pytest.mark.parametrize(("address", "router"), [(SITE, ROUTER), (SITE6, ROUTER6)])


def whole(size: int) -> Look:
    """A probe that may not be fragmented."""
    return Look(size, 34, dont_fragment=True)


@BOTH
def test_too_big_for_the_way_is_a_loss_with_its_reason_each_time(
    net: Net, address: str, router: str
) -> None:
    net.narrow(NARROW)
    for token in range(1, 4):
        lost = Reply(token, Outcome.UNREACHABLE, reason="too_big", reported_by=router)
        assert net.ask(address, token, look=whole(LARGE)) == lost
    assert net.answers(address, 4, look=whole(SMALL))


@BOTH
def test_too_big_for_our_own_interface_is_our_failure(net: Net, address: str, router: str) -> None:
    net.us.ip("link", "set", net.our_device, "mtu", str(NARROW))
    for token in range(1, 4):
        ours = Reply(token, Outcome.LOCAL_FAILURE, reason="EMSGSIZE")
        assert net.ask(address, token, look=whole(LARGE)) == ours
    assert net.answers(address, 4, look=whole(SMALL))
    assert net.send(address, 5, Look(LARGE, 34)) is None
    assert dict(net.prober.counters) == {}


@BOTH
def test_what_may_be_fragmented_is_never_lost_for_its_size(
    net: Net, address: str, router: str
) -> None:
    net.narrow(NARROW)
    # The kernel learns of it from the first; nothing of that is the line's fault.
    first = net.ask(address, 1, look=Look(LARGE, 34))
    assert first == Reply(1, Outcome.UNKNOWN, reason="too_big", reported_by=router)
    for token in range(2, 5):
        assert net.answers(address, token, look=Look(LARGE, 34))
    # What it has learnt is not held against those that may not be.
    assert net.ask(address, 5, look=whole(LARGE)) == Reply(
        5, Outcome.UNREACHABLE, reason="too_big", reported_by=router
    )


def test_one_too_big_harms_no_other_in_the_same_batch(net: Net) -> None:
    net.narrow(NARROW)
    net.us.ip("link", "set", net.our_device, "mtu", "1450")
    looks = [whole(SMALL), whole(LARGE), whole(1470), ORDINARY, Look(SMALL, 34, ttl=1)]
    probes = [
        Probe(token, (SITE, SITE6)[token // len(looks) % 2], *looks[token % len(looks)])
        for token in range(10 * len(looks))
    ]
    with net.us.entered():
        failures = net.prober.send(probes)
        replies = collect(net.prober, lambda got: len(got) + len(failures) == len(probes))
    expected = {0: "", 1: "too_big", 2: "EMSGSIZE", 3: "", 4: "ttl_exceeded"}
    reasons = {reply.token: reply.reason or "" for reply in (*failures, *replies)}
    assert reasons == {token: expected[token % len(looks)] for token in range(len(probes))}
    assert {reply.token % len(looks) for reply in failures} == {2}


@BOTH
def test_a_probe_out_of_hops_is_a_loss_with_its_reason(net: Net, address: str, router: str) -> None:
    for token, source in enumerate((None, US6 if ":" in address else US, net.our_device)):
        lost = Reply(token, Outcome.UNREACHABLE, reason="ttl_exceeded", reported_by=router)
        assert net.ask(address, token, look=Look(64, 34, source, ttl=1)) == lost
        assert net.answers(address, 10 + token, look=Look(64, 34, source, ttl=2))
    assert net.answers(address, 20)
