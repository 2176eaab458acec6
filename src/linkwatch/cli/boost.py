"""`boost`: raised rates, what is known of them, and a word that one was delivered."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from linkwatch.cli.client import confirm_boost, fetch_status
from linkwatch.cli.options import JsonOption, SocketOption, fail
from linkwatch.cli.output import NOTHING, megabits, moment, show, show_json, table
from linkwatch.config.badvalue import BadValueError
from linkwatch.config.units import parse_rate
from linkwatch.message.inert import printable

if TYPE_CHECKING:
    from linkwatch.web.statusentries import BoostEntry, EvidenceEntry, LinkEntry

app = typer.Typer(no_args_is_help=True, help="Raised rates: list them, or vouch for one.")


class Way(StrEnum):
    """As the site's router counts on its WAN port."""

    RECEIVE = "receive"
    TRANSMIT = "transmit"


@app.command("confirm")
def confirm(
    link: Annotated[str, typer.Argument(help="The link.", metavar="LINK")],
    *,
    rate: Annotated[str, typer.Option("--rate", help="What it carries, e.g. 100Mbps.")],
    evidence: Annotated[str, typer.Option("--evidence", help="How that is known.")],
    by: Annotated[str, typer.Option("--by", help="Who says so.")],
    direction: Annotated[
        Way | None, typer.Option("--direction", help="Only this one. [default: both]")
    ] = None,
    socket: SocketOption = None,
) -> None:
    """Vouch for a boost that is in force. E.g. after a speed test; it is kept in the journal.

    From then on the link's load is measured against that rate, at most the contracted one. Exit
    code 1: refused.
    """
    try:
        bits = parse_rate(rate)
    except BadValueError as error:
        fail(f"--rate: {error}")
    word: dict[str, str | int | None] = {
        "link": link,
        "rate": bits,
        "evidence": evidence,
        "by": by,
        "direction": direction.value if direction else None,
    }
    if confirm_boost(socket, word):
        typer.echo(printable(f"{link}: confirmed at {rate}"))
    else:
        typer.echo(printable(f"{link}: confirmed at {rate}; not yet written, the store is down"))


@app.command("list")
def list_boosts(as_json: JsonOption = False, socket: SocketOption = None) -> None:
    """The boosts in force. Normal and promised rate, whether proven, and by what."""
    document = fetch_status(socket)
    boosted = [(link, link["boost"]) for link in document["links"] if link["boost"]]
    if as_json:
        show_json([{"link": link["id"], **boost} for link, boost in boosted if boost])
        return
    now = document["at"]
    rows = [row for link, boost in boosted if boost for row in _rows(link, boost, now)]
    columns = ("link", "carrier", "direction", "normal", "promised", "proof", "evidence",
               "until", "reference", "on record")  # fmt: skip
    show(table("Boosts", columns, rows) if rows else "no boost is in force")


def _rows(link: "LinkEntry", boost: "BoostEntry", now: str) -> list[tuple[str, ...]]:
    return [
        (
            link["id"],
            link["carrier"],
            way.value,
            megabits(boost["normal"][way.value]),
            megabits(boost["promised"][way.value], none="max"),
            boost["proofs"][way.value],
            _traces(boost["evidence"], way, now),
            moment(boost["until"], now),
            boost["reference"] or NOTHING,
            boost["state"] or NOTHING,
        )
        for way in Way
        if way.value in boost["proofs"]
    ]


def _traces(evidence: "list[EvidenceEntry]", way: Way, now: str) -> str:
    told = [_trace(e, now) for e in evidence if e["direction"] in (None, way.value)]
    return "; ".join(told) or NOTHING


def _trace(entry: "EvidenceEntry", now: str) -> str:
    said = f" by {entry['by']}: {entry['text']}" if entry["by"] else ""
    return f"{entry['kind']} {megabits(entry['rate'])} at {moment(entry['at'], now)}{said}"
