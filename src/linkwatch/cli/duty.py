"""`oncall`: who is on duty, and where nobody is."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer
from rich.table import Table

from linkwatch.cli.loading import load_valid
from linkwatch.cli.options import DEFAULT_CONFIG, Code, ConfigOption, JsonOption, fail
from linkwatch.cli.output import NOTHING, moment, show, show_json, table
from linkwatch.config.badvalue import BadValueError
from linkwatch.config.localtime import parse_start
from linkwatch.host.clock import SystemClock
from linkwatch.model.ids import ContactId, LinkId
from linkwatch.model.topology import Level
from linkwatch.oncall.duty import UPWARDS, gaps, next_handover, on_duty, on_roster

if TYPE_CHECKING:
    from linkwatch.model.inventory import Inventory
    from linkwatch.model.people import Roster


class DutyEntry(TypedDict):
    """One line: a roster, or a link's level. `contact` null: nobody.

    `inherited`: nobody was on duty at that level, so it is somebody from a higher one.
    """

    carrier: str | None
    level: str
    areas: list[str]
    roster: str | None
    contact: str | None
    name: str | None
    phones: list[str]
    until: str | None
    inherited: bool


class GapEntry(TypedDict):
    """A carrier whose links have nobody of their level on duty."""

    carrier: str
    level: str


class OncallDocument(TypedDict):
    """What `oncall --json` prints; times in the configured timezone."""

    at: str
    link: str | None
    duty: list[DutyEntry]
    gaps: list[GapEntry]


def oncall(
    config: ConfigOption = DEFAULT_CONFIG,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help='E.g. "2021-05-15T07:30". [default: now]'),
    ] = None,
    link: Annotated[
        str | None, typer.Option("--link", metavar="ID", help="Who answers for this link.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Who is on duty. By the configuration's rosters; exit code 1: there is a gap."""
    inventory = load_valid(config).inventory
    when = _instant(at, inventory)
    document = _by_roster(inventory, when) if link is None else _by_level(inventory, link, when)
    if as_json:
        show_json(document)
    else:
        show(_duty_table(document), *(_gap_line(gap) for gap in document["gaps"]))
    raise typer.Exit(Code.NO if document["gaps"] else Code.FINE)


def _instant(text: str | None, inventory: "Inventory") -> datetime:
    if text is None:
        return SystemClock().now().wall.astimezone(inventory.timezone)
    try:
        return parse_start(text, inventory.timezone).astimezone(inventory.timezone)
    except BadValueError as error:
        fail(f"--at: {error}")


def _by_roster(inventory: "Inventory", at: datetime) -> OncallDocument:
    """Every roster and who has it; the gaps of all links."""
    return OncallDocument(
        at=at.isoformat(timespec="seconds"),
        link=None,
        duty=[
            _entry(inventory, roster, on_roster(roster, at), roster.level, at)
            for roster in inventory.rosters.values()
        ],
        gaps=[GapEntry(carrier=c, level=level.value) for c, level in sorted(gaps(inventory, at))],
    )


def _by_level(inventory: "Inventory", link_id: str, at: datetime) -> OncallDocument:
    """Who answers for one link, from its site's level upwards."""
    link = inventory.links.get(LinkId(link_id))
    if link is None:
        fail(f"--link: no link is called {link_id!r}")
    own = inventory.sites[link.site].level
    entries = []
    for level in UPWARDS[UPWARDS.index(own) :]:
        duty = on_duty(inventory, link.carrier, level, link.site, at)
        if duty is None:
            entries.append(_nobody(link.carrier, level))
        else:
            entries.append(_entry(inventory, duty.roster, duty.contact, level, at))
    is_gap = entries[0]["contact"] is None or entries[0]["inherited"]
    return OncallDocument(
        at=at.isoformat(timespec="seconds"),
        link=link.id,
        duty=entries,
        gaps=[GapEntry(carrier=link.carrier, level=own.value)] if is_gap else [],
    )


def _entry(
    inventory: "Inventory",
    roster: "Roster",
    contact_id: ContactId | None,
    level: Level,
    at: datetime,
) -> DutyEntry:
    contact = inventory.contacts[contact_id] if contact_id is not None else None
    until = next_handover(replace(inventory, rosters={roster.id: roster}), at)
    return DutyEntry(
        carrier=roster.carrier,
        level=level.value,
        areas=list(roster.areas),
        roster=roster.id,
        contact=contact_id,
        name=contact.name if contact else None,
        phones=list(contact.phones) if contact else [],
        until=until.astimezone(at.tzinfo).isoformat(timespec="seconds") if until else None,
        inherited=roster.level is not level,
    )


def _nobody(carrier: str, level: Level) -> DutyEntry:
    return DutyEntry(
        carrier=carrier,
        level=level.value,
        areas=[],
        roster=None,
        contact=None,
        name=None,
        phones=[],
        until=None,
        inherited=False,
    )


def _duty_table(document: OncallDocument) -> Table:
    rows = (
        (
            entry["carrier"] or "operators",
            entry["level"],
            ", ".join(entry["areas"]) or "all",
            (entry["name"] or "NOBODY") + (" (from a higher level)" if entry["inherited"] else ""),
            ", ".join(entry["phones"]) or NOTHING,
            moment(entry["until"], document["at"]),
            entry["roster"] or NOTHING,
        )
        for entry in document["duty"]
    )
    subject = f", link {document['link']}" if document["link"] else ""
    return table(
        f"On duty at {document['at']}{subject}",
        ("carrier", "level", "area", "contact", "phone", "until", "roster"),
        rows,
    )


def _gap_line(gap: GapEntry) -> str:
    return f"gap: {gap['carrier']} has nobody of its own on duty at {gap['level']} level"
