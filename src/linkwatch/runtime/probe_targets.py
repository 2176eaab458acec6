"""What a probe loop asks: each link's targets of its method."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import Method, Probing, Target
from linkwatch.ports import Look, Prepared
from linkwatch.runtime.address_book import Name
from linkwatch.timing.pace import Pace
from linkwatch.timing.patience import Patience
from linkwatch.wire.address import ip_version


@dataclass(frozen=True, slots=True)
class Watched:
    """A link as a probe loop sees it. `asked`: positions in `targets` that are of its method."""

    targets: tuple[Target, ...]
    asked: tuple[int, ...]
    probing: Probing
    look: Look


class Aim:
    """One target of a link, with all that asking it needs at hand. `pace` is its address's own."""

    __slots__ = (
        "address",
        "link",
        "look",
        "pace",
        "patience",
        "prepared",
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
        self.look = watched.look
        self.prepared: Prepared | None = None
        """Where to send; None until looked up, and for what must be looked up each time."""


def watched_links(inventory: Inventory, method: Method = Method.ICMP) -> Mapping[LinkId, Watched]:
    """The links with at least one target of this method."""
    watched = {}
    looks: dict[Look, Look] = {}
    for link in inventory.links.values():
        asked = tuple(i for i, t in enumerate(link.targets) if t.method is method)
        if asked:
            how = link.probing
            look = Look(how.size, how.dscp, link.source, how.dont_fragment, how.ttl)
            # A country's links share a few: each is kept once.
            watched[link.id] = Watched(link.targets, asked, how, looks.setdefault(look, look))
    return watched


def names_in(links: Iterable[Watched]) -> frozenset[Name]:
    """The targets that are names, not addresses."""
    return frozenset(
        Name(link.targets[i].address, link.look.version)
        for link in links
        for i in link.asked
        if ip_version(link.targets[i].address) is None
    )
