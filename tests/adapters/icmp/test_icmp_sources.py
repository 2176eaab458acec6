"""Probes from an interface or an address of our own, which may be missing, and come back."""

import contextlib
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Look, Probe, Reply
from linkwatch.probe.icmp import IcmpProber
from linkwatch.probe.icmp_clocks import Clocks
from support.icmp_peer import Sockets, collect, until_stamped
from support.netns import Namespace, requires_root

pytestmark = requires_root

SITE, SITE6 = "10.9.0.1", "fd09::1"
FIRST, FIRST6, SECOND, SECOND6 = "10.1.0.1", "fd01::1", "10.2.0.1", "fd02::1"
FAMILIES = pytest.mark.parametrize(
    ("site", "first", "second"), [(SITE, FIRST, SECOND), (SITE6, FIRST6, SECOND6)]
)
_PACKET_INFO_SIZE = 64
_NOBODY = 65534


class PushedClocks(Clocks):
    """A monotonic clock that a test pushes on."""

    pushed_ns = 0

    def monotonic_ns(self) -> int:
        return super().monotonic_ns() + self.pushed_ns

    def push(self, seconds: float) -> None:
        self.pushed_ns += int(seconds * 1e9)


class Witness:
    """Sees the echo requests that reach the site: from which address, and by which device."""

    def __init__(self, site: Namespace, family: int) -> None:
        self._site = site
        protocol, level, ask = (
            (socket.IPPROTO_ICMP, socket.IPPROTO_IP, 8)  # IP_PKTINFO
            if family == socket.AF_INET
            else (socket.IPPROTO_ICMPV6, socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO)
        )
        self._request = 8 if family == socket.AF_INET else 128
        with site.entered():
            self._raw = socket.socket(family, socket.SOCK_RAW, protocol)
        self._raw.setsockopt(level, ask, 1)
        self._raw.setblocking(False)
        self._header = 20 if family == socket.AF_INET else 0
        self._index_at = 0 if family == socket.AF_INET else 16

    def saw(self) -> tuple[str, str]:
        """The last request's source, and the site's device that it came in by.

        The kernel hands it over before it answers: after the answer it is here.
        """
        last = None
        with contextlib.suppress(BlockingIOError):
            while True:
                packet, ancillary, _, source = self._raw.recvmsg(2048, _PACKET_INFO_SIZE)
                if packet[self._header] == self._request:
                    last = source[0], ancillary[0][2]
        assert last is not None
        address, info = last
        index = int.from_bytes(info[self._index_at : self._index_at + 4], sys.byteorder)
        with self._site.entered():
            return address, socket.if_indextoname(index)

    def close(self) -> None:
        self._raw.close()


@dataclass
class Net:
    """Two cables from us to one site. Devices: ours first, then the site's."""

    us: Namespace
    site: Namespace
    first: tuple[str, str]
    second: tuple[str, str]
    prober: IcmpProber
    clocks: PushedClocks
    witnesses: dict[str, Witness]

    def ask(self, address: str, token: int, source: str | None = None) -> Reply | None:
        """Probe once and wait for what becomes of it."""
        with self.us.entered():
            failures = self.prober.send([Probe(token, address, 64, 34, source)])
            replies = failures or collect(self.prober, lambda got: len(got) > 0, 3.0)
        assert [reply.token for reply in replies] in ([token], [])
        return replies[0] if replies else None

    def answers(self, address: str, token: int, source: str | None = None) -> bool:
        """Probe once: whether it was answered."""
        reply = self.ask(address, token, source)
        return reply is not None and reply.outcome is Outcome.ANSWERED

    def lay_second_cable(self) -> None:
        """Connect us and the site a second time, by devices of the same names as before."""
        ours, theirs = self.second
        cable = ("type", "veth", "peer", "name", theirs, "netns", self.site.name)
        self.us.ip("link", "add", ours, *cable)
        self.address_second_cable()

    def address_second_cable(self) -> None:
        """Addresses on it, and the less preferred routes by it."""
        for namespace, device, host in (
            (self.us, self.second[0], 1),
            (self.site, self.second[1], 2),
        ):
            namespace.ip("address", "replace", f"10.2.0.{host}/24", "dev", device)
            namespace.ip("link", "set", device, "up")
            namespace.ip("address", "replace", f"fd02::{host}/64", "dev", device, "nodad")
        _route(self.us, "10.2.0.2", "fd02::2", self.second[0], metric=2000)


def _route(us: Namespace, via: str, via6: str, device: str, metric: int) -> None:
    for net, gateway in (("10.9.0.0/24", via), ("fd09::/64", via6)):
        us.ip("route", "replace", net, "via", gateway, "dev", device, "metric", str(metric))


@pytest.fixture
def net(sockets: Sockets) -> Iterator[Net]:
    with ExitStack() as stack:
        us = stack.enter_context(Namespace("us"))
        site = stack.enter_context(Namespace("site"))
        first = us.connect(site, f"{FIRST}/24", "10.1.0.2/24")
        us.ip("address", "add", f"{FIRST6}/64", "dev", first[0], "nodad")
        site.ip("address", "add", "fd01::2/64", "dev", first[1], "nodad")
        site.ip("address", "add", f"{SITE}/32", "dev", "lo")
        site.ip("address", "add", f"{SITE6}/128", "dev", "lo", "nodad")
        _route(us, "10.1.0.2", "fd01::2", first[0], metric=1000)
        us.sysctl("net.ipv4.ping_group_range", sockets.group_range)
        clocks = PushedClocks()
        with us.entered():
            prober = IcmpProber(kind=sockets.kind, clocks=clocks)
            stack.callback(prober.close)
            until_stamped(prober)
        witnesses = {
            SITE: Witness(site, socket.AF_INET),
            SITE6: Witness(site, socket.AF_INET6),
        }
        for witness in witnesses.values():
            stack.callback(witness.close)
        second = us.connect(site, f"{SECOND}/24", "10.2.0.2/24")
        made = Net(us, site, first, second, prober, clocks, witnesses)
        made.address_second_cable()
        yield made


def open_files() -> int:
    """How many descriptors this process has."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@FAMILIES
def test_a_probe_leaves_by_its_interface_or_from_its_address(
    net: Net, site: str, first: str, second: str
) -> None:
    witness = net.witnesses[site]
    seen = {}
    for token, source in enumerate((None, second, net.first[0], net.second[0])):
        assert net.answers(site, token, source)
        seen[source] = witness.saw()
    assert seen == {
        None: (first, net.first[1]),
        second: (second, net.first[1]),
        net.first[0]: (first, net.first[1]),
        net.second[0]: (second, net.second[1]),
    }


def test_one_batch_of_all_sources_and_both_families(net: Net) -> None:
    ways = [(SITE, None), (SITE6, net.second[0]), (SITE, SECOND), (SITE6, SECOND6)]
    ways += [(SITE6, None), (SITE, net.second[0]), (SITE, SECOND6), (SITE, "nowhere")]
    probes = [
        Probe(token, address, 64, 34, source)
        for token, (address, source) in (
            (token, ways[token % len(ways)]) for token in range(10 * len(ways))
        )
    ]
    with net.us.entered():
        failures = net.prober.send(probes)
        replies = collect(net.prober, lambda got: len(got) == 60)
    assert {(r.token % len(ways), r.outcome, r.reason) for r in failures} == {
        (6, Outcome.LOCAL_FAILURE, "EAFNOSUPPORT"),
        (7, Outcome.LOCAL_FAILURE, "ENODEV"),
    }
    assert sorted(r.token for r in replies) == [t for t in range(80) if t % len(ways) < 6]
    assert {r.outcome for r in replies} == {Outcome.ANSWERED}


@FAMILIES
def test_a_reply_by_another_interface_is_no_answer(
    net: Net, site: str, first: str, second: str
) -> None:
    """What goes out by one line and comes back by the other proves neither."""
    del first
    net.us.ip("address", "add", f"{second}/128" if ":" in second else f"{second}/32", "dev", "lo")
    net.site.ip(
        "route",
        "replace",
        f"{second}/128" if ":" in second else f"{second}/32",
        "via",
        "fd01::1" if ":" in second else FIRST,
        "dev",
        net.first[1],
    )
    assert net.answers(site, 1, second)
    assert net.ask(site, 2, net.second[0]) is None


@FAMILIES
def test_an_interface_that_goes_and_comes_back_is_our_failure_meanwhile(
    net: Net, site: str, first: str, second: str
) -> None:
    del first
    source = net.second[0]
    assert net.answers(site, 1, source)
    net.us.ip("link", "delete", source)
    gone = Reply(2, Outcome.LOCAL_FAILURE, reason="ENODEV")
    assert net.ask(site, 2, source) == gone
    net.lay_second_cable()
    net.clocks.push(1.1)
    assert net.answers(site, 3, source)
    # Between two probes of a link all of that may happen, and nobody need notice.
    net.us.ip("link", "delete", source)
    net.lay_second_cable()
    assert net.answers(site, 4, source)
    assert net.witnesses[site].saw() == (second, net.second[1])


@FAMILIES
def test_an_address_that_goes_and_comes_back_is_our_failure_meanwhile(
    net: Net, site: str, first: str, second: str
) -> None:
    del first
    assert net.answers(site, 1, second)
    cidr = f"{second}/{64 if ':' in second else 24}"
    net.us.ip("address", "delete", cidr, "dev", net.second[0])
    gone = Reply(2, Outcome.LOCAL_FAILURE, reason="EADDRNOTAVAIL")
    assert net.ask(site, 2, second) == gone
    net.address_second_cable()
    net.clocks.push(1.1)
    assert net.answers(site, 3, second)


@FAMILIES
def test_another_interface_that_takes_the_name_over_is_used(
    net: Net, site: str, first: str, second: str
) -> None:
    del first
    source = net.second[0]
    assert net.answers(site, 1, source)
    for old, new in ((source, "spare"), (net.first[0], source)):
        net.us.ip("link", "set", old, "down")
        net.us.ip("link", "set", old, "name", new)
    net.us.ip("link", "set", source, "up")
    net.us.ip("address", "replace", f"{FIRST6}/64", "dev", source, "nodad")
    _route(net.us, "10.1.0.2", "fd01::2", source, metric=500)
    assert net.answers(site, 2, source)
    seen, device = net.witnesses[site].saw()
    assert (seen != second, device) == (True, net.first[1])


def test_an_interface_is_found_by_its_other_name_too(net: Net) -> None:
    net.us.ip("link", "property", "add", "dev", net.second[0], "altname", "to-the-site")
    assert net.answers(SITE, 1, "to-the-site")
    before = open_files()
    assert net.answers(SITE, 2, "to-the-site")
    assert open_files() == before


def test_sockets_are_opened_when_wanted_and_closed_when_not(net: Net) -> None:
    looks = [
        Look(64, 34, source, whole) for source in (SECOND, net.second[0]) for whole in (False, True)
    ]
    before, token = open_files(), 0
    for _ in range(3):
        for look in looks:
            with net.us.entered():
                assert not net.prober.send([Probe(token := token + 1, SITE, *look)])
        assert open_files() == before + len(looks)
        # Another configuration, taken while the replies are under way: they still count.
        net.prober.keep([look for look in looks if look.source == SECOND])
        with net.us.entered():
            answered = collect(net.prober, lambda got: len(got) == len(looks))
        assert len(answered) == len(looks)
        net.clocks.push(16.0)
        net.prober.drain()
        assert open_files() == before + 2
        net.prober.keep([])
        net.clocks.push(16.0)
        net.prober.drain()
        assert open_files() == before
    assert net.prober.dropped() == 0


def test_a_missing_source_leaks_nothing(net: Net) -> None:
    before = open_files()
    for token, source in enumerate(["nowhere", "10.99.0.1", SECOND6] * 5):
        reply = net.ask(SITE, token, source)
        assert reply is not None
        assert reply.outcome is Outcome.LOCAL_FAILURE
        net.clocks.push(1.1)
    assert open_files() == before


def test_sources_need_no_privilege(net: Net, sockets: Sockets) -> None:
    net.us.sysctl("net.ipv4.ping_group_range", "0 2147483647")
    with net.us.entered():
        os.seteuid(_NOBODY)
        try:
            prober = IcmpProber(kind=sockets.kind)
            probes = [Probe(1, SITE, 64, 34, net.second[0]), Probe(2, SITE6, 64, 34, SECOND6)]
            assert prober.send(probes) == []
        finally:
            os.seteuid(0)
        replies = collect(prober, lambda got: len(got) == len(probes))
        prober.close()
    assert [reply.outcome for reply in replies] == [Outcome.ANSWERED] * 2
