"""`linkwatch` itself: the commands by name."""

from typing import Annotated

import typer

from linkwatch import __version__
from linkwatch.cli import (
    answers,
    beats,
    boost,
    configuration,
    coverage,
    daemon,
    duty,
    lab,
    maintenance,
    record,
    replay,
    situation,
    store,
    templates,
    trial,
)


def main() -> int:
    """Run the command line; the exit code."""
    code = app(standalone_mode=True)
    return int(code or 0)


app = typer.Typer(
    name="linkwatch",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Watch the links of video-conference sites and tell whoever is on duty when one fails.",
    epilog=(
        "The configuration is FILE, else $LINKWATCH_CONFIG, else config/sites.yaml. Exit codes: "
        "0 fine, 1 the answer is no, 2 bad input or configuration, 3 no daemon is running."
    ),
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"linkwatch {__version__}")
        raise typer.Exit


@app.callback()
def linkwatch(
    _version: Annotated[
        bool,
        typer.Option("--version", help="Say the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Options before the command."""


app.command("run")(daemon.run)
app.command("check-config")(configuration.check_config)
app.command("status")(situation.status)
app.command("incidents")(situation.incidents)
app.command("ack")(answers.acknowledge)
app.command("decline")(answers.decline)
app.command("resolve")(answers.resolve)
app.command("coverage")(coverage.cover)
app.command("beat-urls")(beats.beat_urls)
app.command("reload")(daemon.reload)
app.command("test-alert")(trial.try_channels)
app.command("templates")(templates.templates)
app.command("record")(record.record)
app.command("replay")(replay.replay)
app.command("schema")(configuration.schema)
app.add_typer(duty.app, name="oncall")
app.add_typer(boost.app, name="boost")
app.add_typer(maintenance.app, name="maintenance")
app.add_typer(store.app, name="store")
app.add_typer(lab.app, name="lab")
