"""The duty book: who answers for a carrier at a site, and where nobody is, who one level up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from linkwatch.model.ids import CarrierId, ContactId, RosterId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.people import Roster, Swap, Turn
from linkwatch.model.topology import Level
from linkwatch.oncall.roster import on_roster

UPWARDS = (Level.COMMUNE, Level.DISTRICT, Level.PROVINCE, Level.LEADER)
EVERYWHERE = (Level.PROVINCE, Level.LEADER)
"""Levels that escalation turns to for every site, whatever its own."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Those on duty on one roster. `asked` is the level looked for, `roster.level` that found."""

    contacts: tuple[ContactId, ...]
    roster: Roster
    asked: Level

    @property
    def is_inherited(self) -> bool:
        """Whether nobody was there at the level asked for."""
        return self.roster.level is not self.asked


@dataclass(frozen=True, slots=True)
class Place:
    """Sites of one carrier and level for which the same rosters answer, from there upwards."""

    carrier: CarrierId
    level: Level
    rosters: Mapping[Level, tuple[Roster, ...]]
    sites: tuple[SiteId, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """Sites of one carrier for which the same rosters answer at one level, the first before all."""

    carrier: CarrierId
    level: Level
    rosters: tuple[Roster, ...]
    sites: tuple[SiteId, ...]


class DutyBook:
    """Rosters by carrier, level and area: what is looked up costs a site's depth, not their number.

    Of several rosters of a level the nearest area's answers first; one without areas comes last.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._general: dict[tuple[CarrierId, Level], list[Roster]] = {}
        self._local: dict[tuple[CarrierId, Level, SiteId], list[Roster]] = {}
        for roster in inventory.rosters.values():
            if roster.carrier is None:
                continue
            if not roster.areas:
                self._general.setdefault((roster.carrier, roster.level), []).append(roster)
            for area in roster.areas:
                self._local.setdefault((roster.carrier, roster.level, area), []).append(roster)

    def answering(self, carrier: CarrierId, level: Level, site: SiteId) -> tuple[Roster, ...]:
        """The carrier's rosters of a level for a site, the one that answers first before all."""
        found: dict[RosterId, Roster] = {}
        for place in self._upwards(site):
            for roster in self._local.get((carrier, level, place), ()):
                found.setdefault(roster.id, roster)
        for roster in self._general.get((carrier, level), ()):
            found.setdefault(roster.id, roster)
        return tuple(found.values())

    def on_duty(self, carrier: CarrierId, level: Level, site: SiteId, at: datetime) -> Duty | None:
        """The carrier's duty for a site, from `level` upwards; None: nobody at all."""
        for step in upwards(level):
            for roster in self.answering(carrier, step, site):
                contacts = on_roster(roster, at)
                if contacts:
                    return Duty(contacts, roster, level)
        return None

    def operators(self, at: datetime) -> tuple[ContactId, ...]:
        """Who is on duty in the operators' own room."""
        roster = self.operators_roster
        return on_roster(roster, at) if roster is not None else ()

    @property
    def operators_roster(self) -> Roster | None:
        """The operators' own roster."""
        name = self.inventory.operators.roster
        return self.inventory.rosters[name] if name is not None else None

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Wherever a carrier has a link: there is no more to look at than there are rosters."""
        found: dict[tuple[object, ...], tuple[Place, list[SiteId]]] = {}
        for carrier, site in dict.fromkeys(
            (link.carrier, link.site) for link in self.inventory.links.values()
        ):
            own = self.inventory.sites[site].level
            rosters = {level: self.answering(carrier, level, site) for level in upwards(own)}
            key = (carrier, own, *(tuple(r.id for r in chain) for chain in rosters.values()))
            place = Place(carrier, own, rosters, ())
            found.setdefault(key, (place, []))[1].append(site)
        return tuple(replace(place, sites=tuple(sites)) for place, sites in found.values())

    @cached_property
    def posts(self) -> tuple[Post, ...]:
        """All that must be manned: for each link its site's level, the province and a leader."""
        found: dict[tuple[object, ...], tuple[Post, list[SiteId]]] = {}
        for place in self.places:
            for level in dict.fromkeys((place.level, *EVERYWHERE)):
                rosters = place.rosters[level]
                key = (place.carrier, level, tuple(roster.id for roster in rosters))
                post = Post(place.carrier, level, rosters, ())
                found.setdefault(key, (post, []))[1].extend(place.sites)
        return tuple(replace(post, sites=tuple(sites)) for post, sites in found.values())

    def gaps(self, at: datetime) -> frozenset[tuple[CarrierId, Level]]:
        """Carriers that have links somewhere and nobody of that level on duty there at `at`."""
        manned: dict[RosterId, bool] = {}
        missing = set()
        for post in self.posts:
            for roster in post.rosters:
                if roster.id not in manned:
                    manned[roster.id] = bool(on_roster(roster, at))
            if not any(manned[roster.id] for roster in post.rosters):
                missing.add((post.carrier, post.level))
        return frozenset(missing)

    def _upwards(self, site: SiteId) -> Iterator[SiteId]:
        at: SiteId | None = site
        while at is not None:
            yield at
            at = self.inventory.sites[at].parent


def upwards(level: Level) -> tuple[Level, ...]:
    """A level and those above it."""
    return UPWARDS[UPWARDS.index(level) :]


def with_swaps(inventory: Inventory, swaps: Iterable[Swap]) -> Inventory:
    """The inventory with these swaps in its rosters; those that it does not know are left out."""
    turns: dict[RosterId, list[Turn]] = {}
    for swap in swaps:
        if swap.removed_at is None and swap.contact in inventory.contacts:
            turns.setdefault(swap.roster, []).append(Turn(swap.contact, swap.span))
    return replace(inventory, rosters=_with_turns(inventory.rosters, turns))


def _with_turns(
    rosters: Mapping[RosterId, Roster], turns: Mapping[RosterId, list[Turn]]
) -> Mapping[RosterId, Roster]:
    return {
        name: replace(roster, swaps=tuple(turns.get(name, ()))) for name, roster in rosters.items()
    }
