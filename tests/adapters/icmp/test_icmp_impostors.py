"""What is not an answer is counted under its name and never taken for one."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Probe, Reply
from linkwatch.probe.icmp import IcmpProber
from support.icmp_net import undated
from support.icmp_peer import SOCKETS, Peer, Request, Sockets, collect
from support.netns import Namespace, requires_root

pytestmark = requires_root

US, PEER, OTHER = "10.1.0.1", "10.1.0.2", "10.1.0.3"


class Wire:
    """Us and a peer that does by hand what a kernel would do."""

    def __init__(self, stack: ExitStack, sockets: Sockets) -> None:
        self.us = stack.enter_context(Namespace("us"))
        site = stack.enter_context(Namespace("site"))
        _, device = self.us.connect(site, f"{US}/24", f"{PEER}/24")
        site.ip("address", "add", f"{OTHER}/24", "dev", device)
        self.us.sysctl("net.ipv4.ping_group_range", sockets.group_range)
        with self.us.entered():
            self.prober = IcmpProber(kind=sockets.kind)
        stack.callback(self.prober.close)
        self.peer = Peer(site)
        stack.callback(self.peer.close)

    def request(self, token: int = 1, size: int = 64, dscp: int = 34) -> Request:
        """Send one probe and hand over what arrives at the peer."""
        with self.us.entered():
            assert not self.prober.send([Probe(token, PEER, size, dscp)])
        return self.peer.request()

    def until(self, name: str, count: int = 1) -> list[Reply]:
        """Drain until so many impostors of this name have been counted."""
        with self.us.entered():
            replies = collect(
                self.prober, lambda _: self.prober.counters.get(name, 0) >= count, 3.0
            )
        assert self.prober.counters.get(name) == count, dict(self.prober.counters)
        return replies

    def answered(self, request: Request) -> list[Reply]:
        """Answer it properly after all, and take the answer in."""
        self.peer.reply(PEER, US, request.icmp[4:])
        with self.us.entered():
            return collect(self.prober, lambda got: len(got) > 0, 3.0)


@pytest.fixture(params=SOCKETS, ids=str)
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    with ExitStack() as stack:
        yield Wire(stack, request.param)


def assert_still_open(wire: Wire, request: Request) -> None:
    """The probe has not ended: its true answer is still taken."""
    assert [(r.token, r.outcome) for r in wire.answered(request)] == [(1, Outcome.ANSWERED)]


def test_a_reply_with_a_wrong_mac_is_forged(wire: Wire) -> None:
    request = wire.request()
    body = bytearray(request.icmp[4:])
    body[12] ^= 1  # identifier 2, sequence 2, token 8, then the MAC
    wire.peer.reply(PEER, US, bytes(body))
    assert wire.until("forged") == []
    assert_still_open(wire, request)


def test_a_true_reply_from_another_host_is_of_the_wrong_source(wire: Wire) -> None:
    request = wire.request()
    wire.peer.reply(OTHER, US, request.icmp[4:])
    assert wire.until("wrong_source") == []
    assert_still_open(wire, request)


def test_a_second_reply_is_a_duplicate(wire: Wire) -> None:
    request = wire.request()
    for _ in range(3):
        wire.peer.reply(PEER, US, request.icmp[4:])
    assert [reply.outcome for reply in wire.until("duplicate", 2)] == [Outcome.ANSWERED]


def test_a_reply_to_somebody_else_is_foreign(wire: Wire) -> None:
    request = wire.request()
    wire.peer.reply(PEER, US, request.icmp[4:8] + b"0123456789abcdef" * 3)
    assert wire.until("foreign") == []
    assert_still_open(wire, request)


def test_a_reply_without_room_for_the_cookie_is_too_short(wire: Wire) -> None:
    request = wire.request()
    wire.peer.reply(PEER, US, request.icmp[4:23])
    assert wire.until("too_short") == []
    assert_still_open(wire, request)


def test_an_error_that_quotes_eight_bytes_is_matched_by_sequence(wire: Wire) -> None:
    request = wire.request()
    wire.peer.error(OTHER, US, 3, 1, request.packet[:28])
    with wire.us.entered():
        replies = collect(wire.prober, lambda got: len(got) > 0)
    expected = Reply(1, Outcome.UNREACHABLE, reason="host_unreachable", reported_by=OTHER)
    assert [undated(reply, 5.0) for reply in replies] == [expected]


def test_an_error_with_a_forged_quote_ends_nothing(wire: Wire) -> None:
    request = wire.request()
    quoted = bytearray(request.packet)
    quoted[20 + 8 + 8] ^= 1
    wire.peer.error(OTHER, US, 3, 1, bytes(quoted))
    assert wire.until("forged") == []
    assert_still_open(wire, request)


def test_an_error_after_the_answer_is_a_duplicate(wire: Wire) -> None:
    request = wire.request()
    assert_still_open(wire, request)
    wire.peer.error(OTHER, US, 11, 0, request.packet)
    assert wire.until("duplicate") == []


def test_a_redirect_is_no_failure(wire: Wire) -> None:
    wire.us.sysctl("net.ipv4.conf.all.accept_redirects", "0")
    request = wire.request()
    wire.peer.error(OTHER, US, 5, 1, request.packet)
    assert_still_open(wire, request)


@pytest.mark.parametrize("dscp", [0, 34, 63])
def test_the_probe_carries_its_dscp_and_size(wire: Wire, dscp: int) -> None:
    request = wire.request(size=100, dscp=dscp)
    assert request.tos == dscp << 2
    assert len(request.icmp) == 8 + 100


def test_the_sequence_is_the_tokens_and_the_identifier_the_sockets(wire: Wire) -> None:
    first, second = wire.request(token=5), wire.request(token=(7 << 16) + 6)
    assert (first.icmp[6:8], second.icmp[6:8]) == (b"\0\5", b"\0\6")
    assert first.icmp[4:6] == second.icmp[4:6]


def test_a_foreign_pinger_beside_us_does_no_harm(wire: Wire) -> None:
    with wire.us.entered():
        other = IcmpProber()
    try:
        for token in range(1001, 1051):
            with wire.us.entered():
                assert not other.send([Probe(token, PEER, 64, 0)])
            wire.peer.reply(PEER, US, wire.peer.request().icmp[4:])
        assert_still_open(wire, wire.request())
        # The kernel has held all of them back, and does not count that as our being too slow.
        assert dict(wire.prober.counters) == {}
        assert wire.prober.dropped() == 0
    finally:
        other.close()
