"""`test-alert`: a marked test through a contact's real channels."""

from typing import TYPE_CHECKING, Annotated

import typer

from linkwatch.cli.client import send_test
from linkwatch.cli.options import Code, JsonOption, SocketOption, fail
from linkwatch.cli.output import show, show_json, table

if TYPE_CHECKING:
    from linkwatch.web.acts import TriedEntry


def try_channels(
    contact: Annotated[str, typer.Argument(help="The contact.", metavar="CONTACT")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the words, send nothing.")
    ] = False,
    as_json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """Send a marked test. By each of the contact's channels, as the daemon sends alerts.

    Exit code 1: not accepted by all of them.
    """
    tried = send_test(socket, contact, dry_run=dry_run)
    if as_json:
        show_json(tried)
    elif not tried:
        fail(f"{contact} has no channels", Code.NO)
    elif dry_run:
        show(*_words(tried))
    else:
        rows = [(one["channel"], one["outcome"] or "waiting", one["detail"]) for one in tried]
        show(table(f"Test to {contact}", ("channel", "outcome", "detail"), rows))
    if not tried or not (dry_run or all(one["outcome"] == "accepted" for one in tried)):
        raise typer.Exit(Code.NO)


def _words(tried: "list[TriedEntry]") -> list[str]:
    """The same words for every channel; each takes the form that suits it."""
    one = tried[0]
    return [
        f"By: {', '.join(each['channel'] for each in tried)}; not sent",
        f"Subject: {one['subject']}",
        f"Short: {one['short']}",
        *one["text"].split("\n"),
    ]
