"""`maintenance`: announced work, told to the daemon without editing the configuration."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from linkwatch.cli.client import ask_for, fetch_works
from linkwatch.cli.options import ByOption, JsonOption, SocketOption, who
from linkwatch.cli.output import NOTHING, minute, show, show_json, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkwatch.web.rulings import RulingDocument
    from linkwatch.web.workentries import WorkEntry

app = typer.Typer(
    no_args_is_help=True,
    help="Announced work: what it explains is not told. It is still recorded and shown.",
)
_NUMBER = typer.Argument(min=1, metavar="NUMBER", help="As `list` shows it.")


@app.command("add")
def add(
    *,
    links: Annotated[
        list[str] | None, typer.Option("--link", metavar="ID", help="May be repeated.")
    ] = None,
    sites: Annotated[
        list[str] | None, typer.Option("--site", metavar="ID", help="All at it; may be repeated.")
    ] = None,
    carrier: Annotated[
        str | None,
        typer.Option("--carrier", metavar="ID", help="All its links, or only its links there."),
    ] = None,
    shared_risk: Annotated[
        list[str] | None,
        typer.Option("--shared-risk", metavar="NAME", help="All links that share it."),
    ] = None,
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="End; a day is included.")],
    begin: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help='E.g. "2021-05-15T22:00". [default: now]'),
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", metavar="TEXT", help="The announcing letter.")
    ] = None,
    accepted_by: Annotated[
        str | None,
        typer.Option("--accepted-by", metavar="WHO", help="Who agreed: over a conference, too."),
    ] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """Announce work. Over a conference it mutes nothing until somebody agrees to it."""
    ruling = ask_for(
        "maintenance",
        socket,
        links=links,
        sites=sites,
        carrier=carrier,
        shared_risk=shared_risk,
        from_=begin,
        until=until,
        reference=reference,
        accepted_by=accepted_by,
        by=who(by),
    )
    _show_ruling(ruling, "Announced", as_json=as_json)


@app.command("list")
def listed(as_json: JsonOption = False, socket: SocketOption = None) -> None:
    """Announced work, under way and to come. By the configuration and by command."""
    works = fetch_works(socket)["maintenance"]
    if as_json:
        show_json(works)
    elif works:
        show(works_table("Announced work", works))
    else:
        show("no work is announced")


@app.command("accept")
def accept(
    number: Annotated[int, _NUMBER],
    *,
    accepted_by: Annotated[
        str, typer.Option("--accepted-by", metavar="WHO", help="Who agreed to it.")
    ],
    by: ByOption = None,
    as_json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """Somebody agrees to it, though a conference may run over its links."""
    ruling = ask_for(f"maintenance/{number}/accept", socket, accepted_by=accepted_by, by=who(by))
    _show_ruling(ruling, "Agreed to", as_json=as_json)


@app.command("end")
def end(
    number: Annotated[int, _NUMBER],
    by: ByOption = None,
    as_json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """It is done, or called off. Faults that go on are told from now on."""
    ruling = ask_for(f"maintenance/{number}/end", socket, by=who(by))
    _show_ruling(ruling, "Ended", as_json=as_json)


def works_table(title: str, entries: "Sequence[WorkEntry]") -> Table:
    """Announced work, one line each."""
    rows = (
        (
            str(entry["number"] or NOTHING),
            entry["work"],
            _places(entry),
            minute(entry["since"]),
            minute(entry["until"]),
            entry["accepted_by"] or NOTHING,
            entry["by"] or "configuration",
            "" if entry["known"] else "the configuration does not know all of it",
        )
        for entry in entries
    )
    columns = ("number", "work", "on", "from", "until", "accepted by", "by", "")
    return table(title, columns, rows)


def _places(entry: "WorkEntry") -> str:
    places = ", ".join((*entry["links"], *entry["sites"], *entry["shared_risk"]))
    if entry["carrier"] is None:
        return places
    return f"{entry['carrier']} ({places})" if places else entry["carrier"]


def _show_ruling(ruling: "RulingDocument", title: str, *, as_json: bool) -> None:
    if as_json:
        show_json(ruling)
        return
    show(works_table(title, ruling["maintenance"]))
    if not ruling["recorded"]:
        show("in force, but not yet written: the store does not answer")
