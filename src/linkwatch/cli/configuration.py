"""`check-config` and `schema`: the configuration, without a daemon."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkwatch import config
from linkwatch.cli.options import DEFAULT_CONFIG, Code, JsonOption
from linkwatch.cli.output import show_json
from linkwatch.config.problem import Gravity, Problem
from linkwatch.host.clock import SystemClock
from linkwatch.message.inert import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkwatch.model.inventory import Inventory


def check_config(
    file: Annotated[
        Path,
        typer.Argument(envvar="LINKWATCH_CONFIG", metavar="FILE", help="The configuration."),
    ] = DEFAULT_CONFIG,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 on warnings too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check a configuration. Every problem is printed as file:line:col: path: message (hint).

    Exit code 2: errors, the daemon would not start. Secrets are checked for their form only.
    """
    loaded = config.load(file, SystemClock().now().wall)
    if as_json:
        show_json([asdict(problem) for problem in loaded.problems])
    else:
        for problem in loaded.problems:
            typer.echo(printable(_line(problem)))
        if loaded.config is not None:
            typer.echo(printable(_summary(file, loaded.config.inventory)))
    typer.echo(printable(_count(loaded.problems)), err=True)
    raise typer.Exit(_code(loaded.problems, strict))


def schema() -> None:
    """Print the configuration's JSON Schema. For editors that complete and check YAML."""
    show_json(config.json_schema())


def _line(problem: Problem) -> str:
    return f"{problem} [warning]" if problem.gravity is Gravity.WARNING else str(problem)


def _summary(file: Path, inventory: "Inventory") -> str:
    return (
        f"{file}: sites {len(inventory.sites)}, links {len(inventory.links)}, "
        f"routers {len(inventory.routers)}, contacts {len(inventory.contacts)}, "
        f"conferences {len(inventory.conferences)}"
    )


def _count(problems: "Sequence[Problem]") -> str:
    errors = sum(problem.gravity is Gravity.ERROR for problem in problems)
    return f"errors: {errors}, warnings: {len(problems) - errors}"


def _code(problems: "Sequence[Problem]", strict: bool) -> Code:
    if any(problem.gravity is Gravity.ERROR for problem in problems):
        return Code.BAD_INPUT
    return Code.NO if strict and problems else Code.FINE
