"""Which carriers must be ready where, and when: a conference's window and the links it uses."""

from collections.abc import Iterator
from datetime import datetime

from linkwatch.conference.windows import READINESS, closes_at
from linkwatch.model.conference import Conference
from linkwatch.model.coverage import Occasion, Period
from linkwatch.model.ids import CarrierId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import SiteRole


def occasions(inventory: Inventory, period: Period) -> Iterator[Occasion]:
    """All conferences whose window touches a period."""
    for conference in inventory.conferences.values():
        if _opens_at(conference) < period.end and closes_at(conference) > period.start:
            yield occasion(inventory, conference)


def occasion(inventory: Inventory, conference: Conference) -> Occasion:
    """A conference from its window's opening until it counts as closed."""
    period = Period(_opens_at(conference), closes_at(conference))
    return Occasion(conference.id, period, frozenset(_places(inventory, conference)))


def _opens_at(conference: Conference) -> datetime:
    return conference.start - READINESS


def _places(inventory: Inventory, conference: Conference) -> Iterator[tuple[CarrierId, SiteId]]:
    """The attending sites by the links in use, and all that carries: the hub and main halls."""
    used = {attendance.site: attendance.use for attendance in conference.sites}
    for link in inventory.links.values():
        carries = inventory.sites[link.site].role is not SiteRole.SITE
        attends = link.site in used and (not used[link.site] or link.id in used[link.site])
        if attends or carries:
            yield link.carrier, link.site
