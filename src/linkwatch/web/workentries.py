"""Announced work in the words of the API; times with the offset of the configured timezone."""

from datetime import datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from linkwatch.model.inventory import Inventory
from linkwatch.model.maintenance import Maintenance, UnderWork


class WorkEntry(TypedDict):
    """Announced work that is not over. `number` null: by the configuration.

    `known`: the configuration has all that it names.
    """

    number: int | None
    work: str
    links: list[str]
    sites: list[str]
    carrier: str | None
    shared_risk: list[str]
    since: str | None
    until: str | None
    reference: str | None
    accepted_by: str | None
    by: str | None
    made_at: str | None
    known: bool


class OnLinkEntry(TypedDict):
    """Work under way on a link: its name, and until when."""

    work: str
    until: str | None


class UnderWorkEntry(OnLinkEntry):
    """The work that a fault falls into; `bearing`: `muted`, `over_conference` or `outlasted`."""

    bearing: str


def work_entry(work: Maintenance, inventory: Inventory) -> WorkEntry:
    """As it is listed."""
    zone = inventory.timezone
    return WorkEntry(
        number=work.number,
        work=work.name,
        links=sorted(work.links),
        sites=sorted(work.sites),
        carrier=work.carrier,
        shared_risk=sorted(work.shared_risk),
        since=_maybe(work.span.start, zone),
        until=_maybe(work.ended_at or work.span.end, zone),
        reference=work.reference,
        accepted_by=work.accepted_by,
        by=work.by or None,
        made_at=_maybe(work.made_at, zone),
        known=_is_known(work, inventory),
    )


def on_link_entry(work: Maintenance | None, zone: ZoneInfo) -> OnLinkEntry | None:
    """What is under way on a link."""
    if work is None:
        return None
    return OnLinkEntry(work=work.name, until=_maybe(work.span.end, zone))


def under_work_entry(under: UnderWork | None, zone: ZoneInfo) -> UnderWorkEntry | None:
    """What work means for an incident."""
    if under is None:
        return None
    until = _maybe(under.until, zone)
    return UnderWorkEntry(work=under.work, until=until, bearing=under.bearing.value)


def _is_known(work: Maintenance, inventory: Inventory) -> bool:
    named = work.links <= inventory.links.keys() and work.sites <= inventory.sites.keys()
    return named and (work.carrier is None or work.carrier in inventory.carriers)


def _maybe(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat(timespec="seconds") if at is not None else None
