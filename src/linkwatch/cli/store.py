"""`store`: how the store stands, copies of it, and one put back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkwatch.cli.loading import load_valid
from linkwatch.cli.options import DEFAULT_CONFIG, Code, ConfigOption, JsonOption, fail
from linkwatch.cli.output import show_json
from linkwatch.host.clock import SystemClock
from linkwatch.host.files import FilesError, state_directory
from linkwatch.message.inert import printable

if TYPE_CHECKING:
    from linkwatch.store.copies import Found, Standing

app = typer.Typer(no_args_is_help=True, help="The store: how it stands, back it up, restore it.")


@app.command("status")
def status(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Say where the store is, whether this version takes it, and which backups there are.

    Exit code 1: it does not.
    """
    from linkwatch.store import copies  # noqa: PLC0415  SQLAlchemy is large

    with _told():
        found = copies.standing(_url(config))
    if as_json:
        show_json({**_entry(found.store), "backups": [_entry(b) for b in found.backups]})
    else:
        for line in _lines(found):
            typer.echo(printable(line))
    raise typer.Exit(Code.FINE if found.store.fit.is_taken else Code.NO)


@app.command("backup")
def backup(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Copy the store. Whole, beside it, also while the daemon runs; the copy's path is printed."""
    from linkwatch.store import copies  # noqa: PLC0415

    with _told():
        typer.echo(printable(str(copies.back_up(_url(config), SystemClock().now().wall))))


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy of the store.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Put a copy in the store's place. Only while no daemon runs; what was there is kept.

    What happened since the copy was made is then not known, but no incident number comes twice.
    """
    from linkwatch.store import copies  # noqa: PLC0415

    with _told():
        done = copies.put_back(_url(config), file, SystemClock().now().wall)
    typer.echo(printable(f"{done.path}: is {file} now (schema {done.revision})"))
    if done.aside is not None:
        typer.echo(printable(f"{done.aside}: what was there before"))


def _url(config: Path) -> str:
    from linkwatch.store import default_url  # noqa: PLC0415

    url = load_valid(config).settings.store_url
    return url or default_url(state_directory(os.environ))


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be done is one line and exit code 1."""
    from linkwatch.ports import StoreError  # noqa: PLC0415

    try:
        yield
    except (StoreError, FilesError) as error:
        fail(str(error), Code.NO)


def _entry(found: "Found") -> dict[str, object]:
    return {"path": str(found.path), "revision": found.revision, "fit": found.fit.value}


def _lines(found: "Standing") -> Iterator[str]:
    from linkwatch.store.copies import Fit  # noqa: PLC0415

    revision = found.store.revision
    yield (
        f"{found.store.path}: "
        + {
            Fit.MISSING: "not there; made at the next start",
            Fit.CURRENT: f"schema {revision}, this version's",
            Fit.OLDER: f"schema {revision}, older: backed up and migrated at the next start",
            Fit.NEWER: f"schema {revision}, newer than this version knows: refused",
            Fit.FOREIGN: "no store of linkwatch's, or damaged: refused",
        }[found.store.fit]
    )
    for backup in found.backups:
        verdict = "taken" if backup.fit.is_taken else "refused"
        yield f"{backup.path}: a backup, schema {backup.revision or 'unknown'}, {verdict}"
