"""Statistics that no duplicate, reordering, forgery or burst of our own can change."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Probe
from linkwatch.probe.icmp import IcmpProber
from support.icmp_peer import Peer, Sockets, collect, until_stamped
from support.netns import Namespace, requires_root

pytestmark = requires_root

US, PEER, OTHER = "10.1.0.1", "10.1.0.2", "10.1.0.3"
PROBES = 400
_FLIP = bytes(12) + b"\1"


@pytest.fixture
def us(sockets: Sockets) -> Iterator[Namespace]:
    with Namespace("us") as namespace, namespace.entered():
        namespace.sysctl("net.ipv4.ping_group_range", sockets.group_range)
        yield namespace


def test_duplicates_reordering_and_forgeries_change_no_statistic(
    us: Namespace, sockets: Sockets
) -> None:
    chance = random.Random(675)  # noqa: S311 the same disorder at every run
    with ExitStack() as stack:
        site = stack.enter_context(Namespace("site"))
        _, device = us.connect(site, f"{US}/24", f"{PEER}/24")
        site.ip("address", "add", f"{OTHER}/24", "dev", device)
        prober = IcmpProber(kind=sockets.kind)
        stack.callback(prober.close)
        peer = Peer(site)
        stack.callback(peer.close)
        requests = []
        for first in range(0, PROBES, 100):  # as many as the peer's own buffer holds
            tokens = range(first, first + 100)
            assert not prober.send([Probe(token, PEER, 64, 0) for token in tokens])
            requests += [peer.request().icmp[4:] for _ in tokens]
        answered = chance.sample(range(PROBES), PROBES * 9 // 10)
        twice = set(chance.sample(answered, PROBES // 10))
        for token in answered:
            body = requests[token]
            forged = bytes(a ^ b for a, b in zip(body, _FLIP.ljust(len(body), b"\0"), strict=True))
            peer.reply(PEER, US, forged)
            peer.reply(OTHER, US, body)
            for _ in range(2 if token in twice else 1):
                peer.reply(PEER, US, body)
        replies = collect(prober, lambda _: prober.counters.get("duplicate", 0) == len(twice))
    assert sorted(reply.token for reply in replies) == sorted(answered)
    assert {reply.outcome for reply in replies} == {Outcome.ANSWERED}
    assert dict(prober.counters) == {
        "duplicate": len(twice),
        "forged": len(answered),
        "wrong_source": len(answered),
    }


def test_a_burst_larger_than_the_buffer_loses_nothing(us: Namespace, sockets: Sockets) -> None:
    """On loopback the answers come faster than anybody could drain between two calls."""
    prober = IcmpProber(receive_buffer=65_536, kind=sockets.kind)
    tokens = range(5_000)
    assert not prober.send([Probe(token, f"127.0.1.{token % 200}", 64, 0) for token in tokens])
    replies = collect(prober, lambda got: len(got) == len(tokens))
    assert Counter(reply.token for reply in replies) == Counter(tokens)
    assert (prober.dropped(), dict(prober.counters)) == (0, {})
    prober.close()


def test_times_stay_true_after_the_kernel_has_refused_some(us: Namespace, sockets: Sockets) -> None:
    """A refused packet may or may not have been numbered: stamps must not slip by one."""
    prober = IcmpProber(kind=sockets.kind)
    until_stamped(prober)
    us.nft_drop("output", "ip daddr 127.0.0.2")
    addresses = ("127.0.0.1", "127.0.0.2", "127.0.0.3", "192.0.2.1")
    probes = [Probe(token, addresses[token % 4], 64, 0) for token in range(200)]
    failures = prober.send(probes)
    assert {(reply.token % 4, reply.reason) for reply in failures} == {
        (1, "EPERM"),
        (3, "ENETUNREACH"),
    }
    replies = collect(prober, lambda got: len(got) == 100)
    times = sorted(reply.rtt for reply in replies if reply.rtt is not None)
    assert len(times) == 100
    assert times[50] < 0.0005
    prober.close()


def test_many_shapes_and_both_families_in_one_batch(us: Namespace, sockets: Sockets) -> None:
    prober = IcmpProber(kind=sockets.kind)
    looks = [("127.0.0.1", 16), ("::1", 1400), ("nowhere", 64), ("127.0.0.9", 200), ("::1", 17)]
    probes = [Probe(token, *looks[token % 5], dscp=token) for token in range(50)]
    failures = prober.send(probes)
    assert {(reply.token % 5, reply.reason) for reply in failures} == {(2, "bad_address")}
    replies = collect(prober, lambda got: len(got) == 40)
    assert sorted(reply.token for reply in replies) == [t for t in range(50) if t % 5 != 2]
    assert dict(prober.counters) == {}
    prober.close()
