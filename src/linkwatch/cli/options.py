"""Options that several commands share."""

import os
from enum import IntEnum
from getpass import getuser
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from linkwatch.message.inert import printable

DEFAULT_CONFIG = Path("config/sites.yaml")

ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config", "-c", envvar="LINKWATCH_CONFIG", metavar="FILE", help="The configuration."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SocketOption = Annotated[
    Path | None,
    typer.Option(
        "--socket",
        metavar="PATH",
        help="The daemon's socket file. [default: linkwatch.sock in $RUNTIME_DIRECTORY]",
    ),
]

ByOption = Annotated[
    str | None,
    typer.Option("--by", metavar="WHO", help="Who does this. [default: the user logged in]"),
]


def who(by: str | None) -> str:
    """Whom the journal names for an act: as given, else the user behind this process."""
    return by or os.environ.get("SUDO_USER") or getuser()


class Code(IntEnum):
    """Exit codes."""

    FINE = 0
    NO = 1
    """The question was answered, and the answer is no."""
    BAD_INPUT = 2
    NO_DAEMON = 3


def fail(message: str, code: Code = Code.BAD_INPUT) -> NoReturn:
    """End the command with one line on standard error."""
    typer.echo(f"linkwatch: {printable(message)}", err=True)
    raise typer.Exit(code)
