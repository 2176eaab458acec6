"""`ack`, `decline` and `resolve`: what people answer, also on behalf of somebody who phoned."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkwatch.cli.client import ask_for, fetch_status, try_for
from linkwatch.cli.options import ByOption, JsonOption, SocketOption, who
from linkwatch.cli.output import show, show_json

if TYPE_CHECKING:
    from linkwatch.web.rulings import RulingDocument

_NUMBER = re.compile(r"(?:LW-)?0*(\d{1,12})", re.IGNORECASE | re.ASCII)

IncidentArgument = Annotated[
    str, typer.Argument(metavar="ID", help="E.g. LW-000123, or 123 for short.")
]
ForOption = Annotated[
    str | None,
    typer.Option("--for", metavar="CONTACT", help="Who has it. [default: the operator on duty]"),
]


ALL = "all"


def acknowledge(
    incident: Annotated[
        str,
        typer.Argument(
            metavar="ID|all", help="E.g. LW-000123, or 123; all that --for was told of."
        ),
    ],
    *,
    on_behalf: ForOption = None,
    via: Annotated[
        str | None,
        typer.Option("--via", metavar="HOW", help="phone, link, sms_reply, telegram or command."),
    ] = None,
    eta: Annotated[
        str | None, typer.Option("--eta", metavar="DURATION", help="Until done, e.g. 45m.")
    ] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT")] = "",
    by: ByOption = None,
    as_json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """Say that somebody has it. Escalation stops until it lapses; everyone told hears who.

    Without --eta it lapses after the configured time; the holder is reminded before. `all` are the
    open incidents that --for was told of and that nobody has.
    """
    word = {"for_": on_behalf, "via": via, "eta": eta, "note": note, "by": who(by)}
    if incident != ALL:
        _show(ask_for(f"incidents/{_id(incident)}/ack", socket, **word), as_json=as_json)
        return
    if on_behalf is None:
        raise typer.BadParameter("all of whom? add --for CONTACT")
    acts = [f"incidents/{number}/ack" for number in _untaken(on_behalf, socket)]
    # One that is over by now is no reason to leave the others.
    rulings = [try_for(act, socket, **word)[1] for act in acts]
    if as_json:
        show_json(rulings)
        return
    for ruling in rulings:
        if ruling["done"]:
            _show(ruling, as_json=False)
        else:
            show(ruling["message"])
    if not rulings:
        show(f"{on_behalf} was told of nothing that nobody has")


def _untaken(contact: str, socket: Path | None) -> list[str]:
    return [
        one["id"]
        for one in fetch_status(socket)["incidents"]
        if one["holder"] is None and any(told["contact"] == contact for told in one["told"])
    ]


def decline(
    incident: IncidentArgument,
    *,
    on_behalf: Annotated[str, typer.Option("--for", metavar="CONTACT", help="Whose it is not.")],
    by: ByOption = None,
    as_json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """Say that it is not theirs. The next step of escalation is taken at once."""
    ruling = ask_for(f"incidents/{_id(incident)}/decline", socket, for_=on_behalf, by=who(by))
    _show(ruling, as_json=as_json)


def resolve(
    incident: IncidentArgument,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Goes to everyone told.")],
    by: ByOption = None,
    as_json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """Close it by hand. Whatever is measured; a change for the worse opens it again."""
    ruling = ask_for(f"incidents/{_id(incident)}/resolve", socket, reason=reason, by=who(by))
    _show(ruling, as_json=as_json)


def _id(text: str) -> str:
    """`LW-000123`, however it was written; anything else cannot be an incident's id."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"{text!r} is no incident: write e.g. LW-000123")
    return f"LW-{int(found[1]):06d}"


def _show(ruling: "RulingDocument", *, as_json: bool) -> None:
    incident = ruling["incident"]
    if as_json or incident is None:
        show_json(ruling)
        return
    holder = incident["holder"]
    line = f"{incident['id']} is {incident['status']}"
    if holder is not None:
        line += f", {holder['name'] or holder['contact']} has it until {_minute(holder['until'])}"
    show(line if ruling["recorded"] else f"{line} (not yet written: the store does not answer)")


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")
