"""The configuration for commands that need a valid one."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from linkwatch import config
from linkwatch.cli.options import Code, fail
from linkwatch.config.problem import Gravity
from linkwatch.message.inert import printable

if TYPE_CHECKING:
    from linkwatch.config.settings import Config


def load_valid(path: Path) -> "Config":
    """The configuration, or every error on standard error and exit code 2."""
    loaded = config.load(path)
    if loaded.config is None:
        for problem in loaded.problems:
            if problem.gravity is Gravity.ERROR:
                typer.echo(printable(str(problem)), err=True)
        fail(f"{path} cannot be used", Code.BAD_INPUT)
    return loaded.config
