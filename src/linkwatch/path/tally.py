"""The pings of one trace and what came back for them, put together hop by hop.

Whoever answers may call itself what it likes: what could be no router's address is counted as an
answer of nobody's. Nothing is ever sent to an address that was learnt here.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field

from linkwatch.model.path import Hop, Trace, TraceNow

MOST_ROUTERS = 4
"""Routers remembered of one hop: so many ways beside each other are told apart."""


@dataclass(slots=True)
class _Heard:
    asked: int = 0
    expired: int = 0
    arrived: int = 0
    refused: int = 0
    routers: list[str] = field(default_factory=list)
    refusing: list[str] = field(default_factory=list)
    soonest: float | None = None

    def answered(self, after: float | None) -> None:
        if after is not None and after >= 0 and (self.soonest is None or after < self.soonest):
            self.soonest = after

    def hop(self) -> Hop:
        return Hop(
            self.asked,
            self.expired,
            self.arrived,
            self.refused,
            tuple(self.routers),
            tuple(self.refusing),
            self.soonest,
        )


class Tally:
    """Counts the pings of one trace by how many hops they could go. `after` in s, if known."""

    def __init__(self, wanted: TraceNow, address: str, began_at: float) -> None:
        self._wanted = wanted
        self._address = address
        self._began_at = began_at
        self._hops: dict[int, _Heard] = {}
        self._is_ours = False

    def asked(self, ttls: Iterable[int]) -> None:
        """These are on their way."""
        for ttl in ttls:
            self._at(ttl).asked += 1

    def failed(self, ttl: int) -> None:
        """One could not be sent, or our own host says that it cannot be delivered."""
        self._at(ttl).asked -= 1
        self._is_ours = True

    def dropped(self) -> None:
        """This host had no room for some of what came in."""
        self._is_ours = True

    def expired(self, ttl: int, by: str | None, after: float | None) -> None:
        """A router said that it could go no further."""
        heard = self._at(ttl)
        heard.expired += 1
        heard.answered(after)
        self._remember(heard.routers, by)

    def refused(self, ttl: int, by: str | None, after: float | None) -> None:
        """A router said that it knows no way on, or may not pass it on."""
        heard = self._at(ttl)
        heard.refused += 1
        heard.answered(after)
        self._remember(heard.refusing, by)

    def arrived(self, ttl: int, after: float | None) -> None:
        """The target answered."""
        heard = self._at(ttl)
        heard.arrived += 1
        heard.answered(after)

    @property
    def distance(self) -> int | None:
        """In how many hops the target was reached so far; None: it was not yet."""
        return min((ttl for ttl, heard in self._hops.items() if heard.arrived), default=None)

    def silent(self, ttl: int) -> bool:
        """Whether nothing has come back from there."""
        heard = self._hops.get(ttl)
        return heard is None or not (heard.expired or heard.arrived or heard.refused)

    def outstanding(self, ttls: Iterable[int]) -> bool:
        """Whether an answer from any of these may still come."""
        return any(
            heard.asked > heard.expired + heard.arrived + heard.refused
            for ttl in ttls
            if (heard := self._hops.get(ttl)) is not None
        )

    def trace(self, ended_at: float) -> Trace:
        """All of it; beyond where the target was reached there is nothing."""
        longest = max(self._hops, default=0)
        end = min(self.distance or longest, longest)
        nothing = Hop()
        hops = (
            self._hops[ttl].hop() if ttl in self._hops else nothing for ttl in range(1, end + 1)
        )
        return Trace(
            self._wanted, self._address, self._began_at, ended_at, tuple(hops), self._is_ours
        )

    def _at(self, ttl: int) -> _Heard:
        return self._hops.setdefault(ttl, _Heard())

    def _remember(self, routers: list[str], by: str | None) -> None:
        name = router(by, self._address)
        if name is not None and name not in routers and len(routers) < MOST_ROUTERS:
            routers.append(name)


def router(by: str | None, target: str) -> str | None:
    """The address as it is written, if it could be a router's on the way to `target`."""
    try:
        address, asked = ipaddress.ip_address(by or ""), ipaddress.ip_address(target)
    except ValueError:
        return None
    if address.version != asked.version or address.is_multicast or address.is_unspecified:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        # The zone is our own interface, and no part of a router's name.
        address = ipaddress.IPv6Address(address.packed)
    return str(address)
