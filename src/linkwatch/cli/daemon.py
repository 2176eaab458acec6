"""`run` and `reload`: the daemon."""

import typer

from linkwatch.cli.client import request_reload
from linkwatch.cli.options import DEFAULT_CONFIG, Code, ConfigOption, JsonOption, SocketOption
from linkwatch.cli.output import show_json
from linkwatch.message.inert import printable


def run(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Run the daemon in the foreground. Until SIGTERM or Ctrl-C; SIGHUP makes it reload.

    Logs go to standard error: JSON lines, or colours on a terminal. Exit code 2: the configuration
    has errors; all are printed.
    """
    from linkwatch.app.main import run as live  # noqa: PLC0415  all there is: only for this command

    raise typer.Exit(live(config))


def reload(socket: SocketOption = None, as_json: JsonOption = False) -> None:
    """Make the daemon reload its configuration. Waits for its verdict.

    Exit code 1: it was refused, the old one stays in force; the problems are printed.
    """
    taken, summary, problems = request_reload(socket)
    if as_json:
        show_json({"taken": taken, "summary": summary, "problems": problems})
    else:
        word = "taken" if taken else "refused, the old configuration stays in force"
        typer.echo(printable(f"{word}: {summary}" if summary else word))
        for problem in problems:
            typer.echo(printable(problem))
    raise typer.Exit(Code.FINE if taken else Code.NO)
