"""Rosters: who is on duty for a carrier at a site, and where nobody is, who one level up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from linkwatch.model.ids import CarrierId, ContactId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.people import Roster, Rotation
from linkwatch.model.topology import Level

UPWARDS = (Level.COMMUNE, Level.DISTRICT, Level.PROVINCE, Level.LEADER)


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody on duty. `asked` is the level looked for, `roster.level` the one found."""

    contact: ContactId
    roster: Roster
    asked: Level

    @property
    def is_inherited(self) -> bool:
        """Whether nobody was there at the level asked for."""
        return self.roster.level is not self.asked


def on_roster(roster: Roster, at: datetime) -> ContactId | None:
    """Who has the duty at `at`: an override before the schedule, the rotation or the standing."""
    for turn in (*roster.overrides, *roster.schedule):
        if turn.span.contains(at):
            return turn.contact
    if roster.rotation is not None:
        return _in_rotation(roster.rotation, at)
    return roster.standing


def on_duty(
    inventory: Inventory, carrier: CarrierId, level: Level, site: SiteId, at: datetime
) -> Duty | None:
    """The carrier's duty contact for a site, from `level` upwards; None: nobody at all."""
    for step in UPWARDS[UPWARDS.index(level) :]:
        for roster in _rosters(inventory, carrier, step, site):
            contact = on_roster(roster, at)
            if contact is not None:
                return Duty(contact, roster, level)
    return None


def gaps(inventory: Inventory, at: datetime) -> frozenset[tuple[CarrierId, Level]]:
    """Carrier and level pairs whose links need somebody at `at` and have nobody of that level."""
    missing = set()
    for link in inventory.links.values():
        level = inventory.sites[link.site].level
        found = on_duty(inventory, link.carrier, level, link.site, at)
        if found is None or found.is_inherited:
            missing.add((link.carrier, level))
    return frozenset(missing)


def next_handover(inventory: Inventory, after: datetime) -> datetime | None:
    """The next instant at which any roster may change hands."""
    return min(
        (edge for r in inventory.rosters.values() for edge in _edges(r, after)), default=None
    )


def _rosters(
    inventory: Inventory, carrier: CarrierId, level: Level, site: SiteId
) -> Iterator[Roster]:
    """The carrier's rosters of a level that answer for the site, the nearest area first."""
    chain = list(_upwards(inventory, site))
    mine = [r for r in inventory.rosters.values() if r.carrier == carrier and r.level is level]
    for place in chain:
        yield from (r for r in mine if place in r.areas)
    yield from (r for r in mine if not r.areas)


def _upwards(inventory: Inventory, site: SiteId) -> Iterator[SiteId]:
    at: SiteId | None = site
    while at is not None:
        yield at
        at = inventory.sites[at].parent


def _in_rotation(rotation: Rotation, at: datetime) -> ContactId | None:
    if at < rotation.start:
        return None
    turns = (at - rotation.start) // timedelta(seconds=rotation.shift)
    return rotation.members[turns % len(rotation.members)]


def _edges(roster: Roster, after: datetime) -> Iterator[datetime]:
    for turn in (*roster.overrides, *roster.schedule):
        yield from (e for e in (turn.span.start, turn.span.end) if e is not None and e > after)
    rotation = roster.rotation
    if rotation is not None:
        shift = timedelta(seconds=rotation.shift)
        turns = max(0, (after - rotation.start) // shift + 1)
        yield rotation.start + turns * shift
