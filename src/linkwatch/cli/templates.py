"""`templates`: the words of messages as files, to be changed."""

from pathlib import Path
from typing import Annotated

import typer

from linkwatch.cli.options import Code, fail
from linkwatch.message.inert import printable
from linkwatch.message.wording import TEXTS


def templates(
    directory: Annotated[
        Path, typer.Argument(metavar="DIRECTORY", help="Where to; made if it is not there.")
    ],
) -> None:
    """Write our own templates as files. To be changed, and named by `templates:`.

    A file that is there already stays as it is. Sections that you do not change can be deleted:
    ours then go on to be used, also as they become in later versions.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for (form, language), text in TEXTS.items():
            file = directory / f"{form}.{language}.txt"
            try:
                with file.open("x", encoding="utf-8") as fresh:
                    fresh.write(text)
            except FileExistsError:
                typer.echo(printable(f"{file} is there already"), err=True)
            else:
                typer.echo(printable(str(file)))
    except OSError as error:
        fail(f"{directory}: {error.strerror}", Code.NO)
