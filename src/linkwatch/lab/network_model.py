"""What a simulated network does to the packets for each address, and when that changes."""

import ipaddress
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Spread(StrEnum):
    """How delays lie around their middle."""

    UNIFORM = "uniform"
    """Anywhere within the width to either side, equally likely."""
    NORMAL = "normal"
    """Normally distributed, with the width as standard deviation."""


class ErrorKind(StrEnum):
    """What a router on the way can say instead of passing a packet on."""

    NET_UNREACHABLE = "net_unreachable"
    HOST_UNREACHABLE = "host_unreachable"
    PORT_UNREACHABLE = "port_unreachable"
    ADMIN_PROHIBITED = "admin_prohibited"
    TTL_EXCEEDED = "ttl_exceeded"


@dataclass(frozen=True, slots=True)
class Jitter:
    """The variation of the delay; `width` in ns."""

    spread: Spread = Spread.UNIFORM
    width: int = 0


@dataclass(frozen=True, slots=True)
class Loss:
    """The Gilbert-Elliott model: two states with a loss ratio each, left at random.

    `p` is the chance per packet to leave the good state, `r` that to leave the bad one. With the
    same loss in both states losses are independent.
    """

    p: float = 0.0
    r: float = 1.0
    good: float = 0.0
    bad: float = 0.0

    @classmethod
    def independent(cls, ratio: float) -> "Loss":
        """Every packet is lost with this chance, whatever became of the others."""
        return cls(good=ratio, bad=ratio)

    @property
    def share_bad(self) -> float:
        """The share of packets, in the long run, that meet the bad state."""
        return self.p / (self.p + self.r)

    @property
    def mean(self) -> float:
        """The share of packets lost in the long run."""
        return self.share_bad * self.bad + (1 - self.share_bad) * self.good


@dataclass(frozen=True, slots=True)
class Reorder:
    """This share of the answers is held back for `by` ns, so that later ones overtake them."""

    share: float = 0.0
    by: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """This share of the requests is refused by an ICMP error. `reporter`: who says so."""

    share: float
    kind: ErrorKind
    reporter: Address


@dataclass(frozen=True, slots=True)
class Hop:
    """A router on the way, and the leg that leads to it.

    `addresses`: which one tells of a request that can go no further, each as likely; empty: none
    does. `delay` (ns, of the round trip) and `loss` are those of the leg. It tells of the share
    `answers`, and of no more than `per_second`, whoever is asked for. `refuses`: it passes nothing
    on, and says so.
    """

    addresses: tuple[Address, ...] = ()
    delay: int = 0
    loss: float = 0.0
    answers: float = 1.0
    per_second: float | None = None
    refuses: ErrorKind | None = None


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the way to an address is like; `delay` (ns) is that of the round trip.

    With hops it is that of the last leg, as all else here is.
    """

    delay: int = 0
    jitter: Jitter = Jitter()
    loss: Loss = Loss()
    duplicate: float = 0.0
    reorder: Reorder = Reorder()
    refusal: Refusal | None = None
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Outage:
    """Nothing is answered in [start, end) ns after the start; None: never again."""

    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Course:
    """Behaviours in order, each from its time (ns after the start) on; the first from 0."""

    times: tuple[int, ...]
    behaviours: tuple[Behaviour, ...]
    outages: tuple[Outage, ...] = ()

    def at(self, elapsed: int) -> Behaviour:
        """The behaviour in force; what came before the start meets the first."""
        return self.behaviours[max(0, bisect_right(self.times, elapsed) - 1)]

    def out(self, elapsed: int) -> bool:
        """Whether this is the time of an outage."""
        return any(
            outage.start <= elapsed and (outage.end is None or elapsed < outage.end)
            for outage in self.outages
        )


@dataclass(frozen=True)
class Script:
    """A whole network. `duration` in ns; None: until somebody ends it."""

    seed: str
    duration: int | None
    courses: Mapping[Network, Course]

    def course(self, address: Address) -> Course | None:
        """The course of the narrowest prefix that holds the address; None: no such place."""
        for length, networks in self._by_length[address.version]:
            found = networks.get(int(address) >> (address.max_prefixlen - length))
            if found is not None:
                return found
        return None

    @cached_property
    def _by_length(self) -> Mapping[int, list[tuple[int, dict[int, Course]]]]:
        tables: dict[int, dict[int, dict[int, Course]]] = {4: {}, 6: {}}
        for network, course in self.courses.items():
            bits = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
            tables[network.version].setdefault(network.prefixlen, {})[bits] = course
        return {version: sorted(table.items(), reverse=True) for version, table in tables.items()}
