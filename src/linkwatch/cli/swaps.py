"""`oncall override`: swaps of duty without editing the configuration."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from typer.core import TyperGroup

from linkwatch.cli.client import ask_for, fetch_swaps
from linkwatch.cli.options import ByOption, JsonOption, SocketOption, who
from linkwatch.cli.output import minute, show, show_json, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkwatch.web.rulings import RulingDocument, SwapEntry


class _RosterFirst(TyperGroup):
    """`override ROSTER ...` is short for `override add ROSTER ...`."""

    # The library does not export the types of this method.
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        known = args and args[0] in self.commands
        return super().resolve_command(ctx, args if known else ["add", *args])


app = typer.Typer(
    cls=_RosterFirst,
    no_args_is_help=True,
    help="Put somebody else on duty for a while. Kept by the daemon, over restarts too.",
)


@app.command("add")
def add(
    roster: Annotated[str, typer.Argument(metavar="ROSTER")],
    *,
    contacts: Annotated[
        list[str],
        typer.Option("--contact", metavar="ID", help="Who is on duty instead; may be repeated."),
    ],
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="End; a day is included.")],
    begin: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help='E.g. "2021-05-15T07:30". [default: now]'),
    ] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """Put others on duty. The roster's own are not told; `override ROSTER ...` is the same."""
    ruling = ask_for(
        "oncall/overrides",
        socket,
        roster=roster,
        contacts=contacts,
        from_=begin,
        until=until,
        by=who(by),
    )
    _show_ruling(ruling, "On duty instead", as_json=as_json)


@app.command("list")
def listed(as_json: JsonOption = False, socket: SocketOption = None) -> None:
    """Overrides made by command, in force and to come."""
    document = fetch_swaps(socket)
    if as_json:
        show_json(document["overrides"])
    elif document["overrides"]:
        show(_table("Overrides made by command", document["overrides"]))
    else:
        show("no override was made by command")


@app.command("remove")
def remove(
    number: Annotated[int, typer.Argument(min=1, metavar="NUMBER", help="As `list` shows it.")],
    by: ByOption = None,
    as_json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """Undo an override: the roster's own are on duty again."""
    ruling = ask_for(f"oncall/overrides/{number}/remove", socket, by=who(by))
    _show_ruling(ruling, "Removed", as_json=as_json)


def _show_ruling(ruling: "RulingDocument", title: str, *, as_json: bool) -> None:
    if as_json:
        show_json(ruling)
        return
    show(_table(title, ruling["overrides"]))
    if not ruling["recorded"]:
        show("in force, but not yet written: the store does not answer")


def _table(title: str, entries: "Sequence[SwapEntry]") -> Table:
    rows = (
        (
            str(entry["number"]),
            entry["roster"],
            entry["name"] or entry["contact"],
            minute(entry["since"]),
            minute(entry["until"]),
            entry["by"],
            "" if entry["known"] else "not in force: the configuration does not know it",
        )
        for entry in entries
    )
    return table(title, ("number", "roster", "contact", "from", "until", "by", ""), rows)
