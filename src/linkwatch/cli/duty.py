"""`oncall`: who is on duty, and where nobody is."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer
from rich.table import Table

from linkwatch.cli import swaps
from linkwatch.cli.client import known_swaps
from linkwatch.cli.loading import load_valid
from linkwatch.cli.options import DEFAULT_CONFIG, Code, ConfigOption, JsonOption, SocketOption, fail
from linkwatch.cli.output import NOTHING, moment, show, show_json, table
from linkwatch.config.badvalue import BadValueError
from linkwatch.config.localtime import parse_start
from linkwatch.host.clock import SystemClock
from linkwatch.model.ids import ContactId, LinkId
from linkwatch.model.topology import Level
from linkwatch.oncall.duty import DutyBook, upwards, with_swaps
from linkwatch.oncall.roster import next_change, on_roster

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
    """What `oncall --json` prints; times in the configured timezone.

    `overrides_unknown`: why those made by command are not in it; null: they are.
    """

    at: str
    link: str | None
    duty: list[DutyEntry]
    gaps: list[GapEntry]
    overrides_unknown: str | None


app = typer.Typer()
app.add_typer(swaps.app, name="override")


@app.callback(invoke_without_command=True)
def oncall(
    context: typer.Context,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="TIME", help='E.g. "2021-05-15T07:30". [default: now]'),
    ] = None,
    link: Annotated[
        str | None, typer.Option("--link", metavar="ID", help="Who answers for this link.")
    ] = None,
    as_json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """Who is on duty. Exit code 1: there is a gap.

    By the rosters of the configuration and, where a daemon runs, its overrides made by command.
    """
    if context.invoked_subcommand is not None:
        return
    inventory = load_valid(config).inventory
    when = _instant(at, inventory)
    made, unknown = known_swaps(socket)
    book = DutyBook(with_swaps(inventory, made))
    document = _by_roster(book, when) if link is None else _by_level(book, link, when)
    document["overrides_unknown"] = unknown or None
    if as_json:
        show_json(document)
    else:
        show(
            _duty_table(document),
            *(_gap_line(gap) for gap in document["gaps"]),
            *note_on_swaps(unknown),
        )
    raise typer.Exit(Code.NO if document["gaps"] else Code.FINE)


def note_on_swaps(unknown: str) -> list[str]:
    """What a listing leaves out where no daemon could be asked."""
    return [f"without overrides made by command: {unknown}"] if unknown else []


def _instant(text: str | None, inventory: "Inventory") -> datetime:
    if text is None:
        return SystemClock().now().wall.astimezone(inventory.timezone)
    try:
        return parse_start(text, inventory.timezone).astimezone(inventory.timezone)
    except BadValueError as error:
        fail(f"--at: {error}")


def _by_roster(book: DutyBook, at: datetime) -> OncallDocument:
    """Every roster and who has it; the gaps of all links."""
    return OncallDocument(
        at=at.isoformat(timespec="seconds"),
        link=None,
        duty=[
            entry
            for roster in book.inventory.rosters.values()
            for entry in _entries(book, roster, on_roster(roster, at), roster.level, at)
        ],
        gaps=[GapEntry(carrier=c, level=level.value) for c, level in sorted(book.gaps(at))],
        overrides_unknown=None,
    )


def _by_level(book: DutyBook, link_id: str, at: datetime) -> OncallDocument:
    """Who answers for one link, from its site's level upwards."""
    link = book.inventory.links.get(LinkId(link_id))
    if link is None:
        fail(f"--link: no link is called {link_id!r}")
    own = book.inventory.sites[link.site].level
    entries = []
    for level in upwards(own):
        duty = book.on_duty(link.carrier, level, link.site, at)
        if duty is None:
            entries.append(_nobody(link.carrier, level, None, at))
        else:
            entries += _entries(book, duty.roster, duty.contacts, level, at)
    is_gap = entries[0]["contact"] is None or entries[0]["inherited"]
    return OncallDocument(
        at=at.isoformat(timespec="seconds"),
        link=link.id,
        duty=entries,
        gaps=[GapEntry(carrier=link.carrier, level=own.value)] if is_gap else [],
        overrides_unknown=None,
    )


def _entries(
    book: DutyBook,
    roster: "Roster",
    contacts: tuple[ContactId, ...],
    level: Level,
    at: datetime,
) -> list[DutyEntry]:
    """A line for each contact on duty; one that says nobody where there is none."""
    nobody = _nobody(roster.carrier, level, roster, at)
    return [
        DutyEntry(
            **{
                **nobody,
                "contact": contact.id,
                "name": contact.name,
                "phones": list(contact.phones),
                "inherited": roster.level is not level,
            }
        )
        for contact in (book.inventory.contacts[name] for name in contacts)
    ] or [nobody]


def _nobody(carrier: str | None, level: Level, roster: "Roster | None", at: datetime) -> DutyEntry:
    until = next_change(roster, at) if roster else None
    return DutyEntry(
        carrier=carrier,
        level=level.value,
        areas=list(roster.areas) if roster else [],
        roster=roster.id if roster else None,
        contact=None,
        name=None,
        phones=[],
        until=until.astimezone(at.tzinfo).isoformat(timespec="seconds") if until else None,
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
