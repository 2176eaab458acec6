"""What a probe loop asks: each link's targets of its method, and the addresses behind names."""

import asyncio
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import Method, Probing, Target
from linkwatch.ports import Prepared, Resolver
from linkwatch.timing.pace import Pace
from linkwatch.timing.patience import Patience


@dataclass(frozen=True, slots=True)
class Watched:
    """A link as a probe loop sees it. `asked`: positions in `targets` that are of its method."""

    targets: tuple[Target, ...]
    asked: tuple[int, ...]
    probing: Probing


class Aim:
    """One target of a link, with all that asking it needs at hand. `pace` is its address's own."""

    __slots__ = (
        "address",
        "link",
        "pace",
        "patience",
        "prepared",
        "probing",
        "spacing",
        "target",
        "timeout",
    )

    def __init__(self, link: LinkId, target: int, watched: Watched, pace: Pace) -> None:
        self.link = link
        self.target = target
        self.timeout = watched.probing.timeout
        self.spacing = 1 / watched.probing.max_pps
        self.pace = pace
        self.patience = Patience(self.timeout)
        self.address = watched.targets[target].address
        self.probing = watched.probing
        self.prepared: Prepared | None = None
        """Where to send; None until looked up, and for what must be looked up each time."""


def watched_links(inventory: Inventory, method: Method = Method.ICMP) -> Mapping[LinkId, Watched]:
    """The links with at least one target of this method."""
    watched = {}
    for link in inventory.links.values():
        asked = tuple(i for i, t in enumerate(link.targets) if t.method is method)
        if asked:
            watched[link.id] = Watched(link.targets, asked, link.probing)
    return watched


def names_in(links: Iterable[Watched]) -> frozenset[str]:
    """The targets that are names, not addresses."""
    return frozenset(
        link.targets[i].address
        for link in links
        for i in link.asked
        if not is_address(link.targets[i].address)
    )


class AddressBook:
    """The last known address of each name. A look-up that fails never takes one away."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._known: dict[str, str | None] = {}

    def keep_only(self, names: frozenset[str]) -> None:
        """Forget all other names."""
        self._known = {n: address for n, address in self._known.items() if n in names}

    def address(self, target: str) -> str | None:
        """An address itself, a name's address or None; KeyError before the first look-up."""
        return target if is_address(target) else self._known[target]

    def missing(self, names: frozenset[str]) -> frozenset[str]:
        """Those that have no address yet."""
        return frozenset(name for name in names if self._known.get(name) is None)

    async def look_up(self, names: frozenset[str]) -> None:
        """Ask for all of them at once; an address that is still among a name's own stays."""
        await asyncio.gather(*(self._look_up(name) for name in names))

    async def _look_up(self, name: str) -> None:
        addresses = await self._resolver.resolve(name)
        known = self._known.get(name)
        if known is None or (addresses and known not in addresses):
            self._known[name] = addresses[0] if addresses else None


@lru_cache(maxsize=1 << 16)
def is_address(text: str) -> bool:
    """Whether this is an IP address, not a name."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
