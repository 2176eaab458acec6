"""`coverage`: where nobody can be told, and when."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer
from rich.table import Table
from rich.text import Text

from linkwatch.cli.client import known_swaps
from linkwatch.cli.duty import note_on_swaps
from linkwatch.cli.loading import load_valid
from linkwatch.cli.options import DEFAULT_CONFIG, Code, ConfigOption, JsonOption, SocketOption, fail
from linkwatch.cli.output import NOTHING, Cell, show, show_json, table
from linkwatch.conference.occasions import occasion, occasions
from linkwatch.host.clock import SystemClock
from linkwatch.model.coverage import Period, Shortfall
from linkwatch.model.ids import ConferenceId
from linkwatch.oncall.coverage import AHEAD, coverage, coverage_of
from linkwatch.oncall.duty import DutyBook, with_swaps
from linkwatch.oncall.shortfalls import account_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from linkwatch.model.ids import SiteId

_SHOWN = 3


class ShortfallEntry(TypedDict):
    """One line. `gap`: somebody would not be told; the rest weakens. Times null: at any time."""

    what: str
    gap: bool
    carrier: str | None
    level: str | None
    sites: list[str]
    rosters: list[str]
    contact: str | None
    conference: str | None
    since: str | None
    until: str | None
    detail: str


class CoverageDocument(TypedDict):
    """What `coverage --json` prints; times in the configured timezone."""

    since: str
    until: str
    conference: str | None
    shortfalls: list[ShortfallEntry]
    overrides_unknown: str | None


def cover(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    conference: Annotated[
        str | None,
        typer.Option("--conference", metavar="ID", help="Within its window, for its sites."),
    ] = None,
    days: Annotated[
        int, typer.Option("--days", min=1, max=366, help="How far ahead.")
    ] = AHEAD.days,
    as_json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """Where nobody can be told, and when. Exit code 1: there is a gap.

    Looks at rosters, contacts and the escalation table, a week ahead.
    """
    inventory = load_valid(config).inventory
    if conference is not None and ConferenceId(conference) not in inventory.conferences:
        fail(f"--conference: no conference is called {conference!r}")
    made, unknown = known_swaps(socket)
    book = DutyBook(with_swaps(inventory, made))
    period, found = _look(book, ConferenceId(conference) if conference else None, days)
    zone = inventory.timezone
    entries = [_entry(each, zone) for each in found]
    if as_json:
        show_json(
            CoverageDocument(
                since=_time(period.start, zone),
                until=_time(period.end, zone),
                conference=conference,
                shortfalls=entries,
                overrides_unknown=unknown or None,
            )
        )
    else:
        show(*_tables(entries, period, zone), *note_on_swaps(unknown))
    raise typer.Exit(Code.NO if any(entry["gap"] for entry in entries) else Code.FINE)


def _look(
    book: DutyBook, conference: ConferenceId | None, days: int
) -> "tuple[Period, Sequence[Shortfall]]":
    if conference is not None:
        one = occasion(book.inventory, book.inventory.conferences[conference])
        return one.period, coverage_of(book, one)
    now = SystemClock().now().wall
    period = Period(now, now + timedelta(days=days))
    return period, coverage(book, now, period, list(occasions(book.inventory, period)))


def _entry(each: Shortfall, zone: "ZoneInfo") -> ShortfallEntry:
    account = account_of(each)
    period = account.period
    return ShortfallEntry(
        what=account.what,
        gap=account.is_gap,
        carrier=account.carrier,
        level=account.level.value if account.level else None,
        sites=list(account.sites),
        rosters=list(account.rosters),
        contact=account.contact,
        conference=account.conference,
        since=_time(period.start, zone) if period else None,
        until=_time(period.end, zone) if period else None,
        detail=account.detail,
    )


def _tables(
    entries: "Sequence[ShortfallEntry]", period: Period, zone: "ZoneInfo"
) -> list[Table | str]:
    gaps = [entry for entry in entries if entry["gap"]]
    weak = [entry for entry in entries if not entry["gap"]]
    title = f"from {_minute(_time(period.start, zone))} to {_minute(_time(period.end, zone))}"
    shown: list[Table | str] = [_table(f"Gaps {title}", gaps)] if gaps else [f"no gap {title}"]
    return [*shown, _table("Weak spots", weak)] if weak else shown


def _table(title: str, entries: "Sequence[ShortfallEntry]") -> Table:
    return table(
        title,
        ("carrier", "level", "where", "from", "until", "what"),
        [_row(entry) for entry in entries],
    )


def _row(entry: ShortfallEntry) -> tuple[Cell, ...]:
    subject = f"{entry['contact']} " if entry["contact"] else ""
    during = f", during {entry['conference']}" if entry["conference"] else ""
    return (
        entry["carrier"] or NOTHING,
        entry["level"] or NOTHING,
        _listed(entry["sites"] or entry["rosters"]),
        _minute(entry["since"]),
        _minute(entry["until"]),
        Text(f"{subject}{entry['detail']}{during}", style="bold red" if entry["gap"] else ""),
    )


def _listed(names: "Sequence[SiteId | str]") -> str:
    more = len(names) - _SHOWN
    shown = ", ".join(names[:_SHOWN]) or NOTHING
    return f"{shown} and {more} more" if more > 0 else shown


def _time(at: datetime, zone: "ZoneInfo") -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")


def _minute(at: str | None) -> str:
    return at[:16].replace("T", " ") if at else NOTHING
