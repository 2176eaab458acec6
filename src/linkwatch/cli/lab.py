"""`lab`: a province that is not there."""

from pathlib import Path
from typing import Annotated

import typer

from linkwatch.cli.loading import load_valid
from linkwatch.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, fail

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def lab() -> None:
    """Simulated devices, for trying out and for tests."""


@app.command(
    context_settings={"allow_interspersed_args": False},
    epilog="For example: linkwatch lab agents -s faults.yaml --then linkwatch run",
)
def agents(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    script: Annotated[
        Path | None,
        typer.Option("--script", "-s", metavar="SCRIPT", help="Their traffic and faults."),
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="Say which agents there would be, and end.")
    ] = False,
    as_json: JsonOption = False,
    then: Annotated[
        bool,
        typer.Option("--then", help="Run COMMAND beside the agents; end with it and its code."),
    ] = False,
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="COMMAND", help="What to run, with its own arguments."),
    ] = None,
) -> None:
    """Answer SNMP for the configured routers. At their addresses and ports, with made-up traffic.

    SCRIPT (docs/lab-agents.md) gives them other traffic, faults and traps, and says what happens
    on standard error when it does. The secrets the configuration refers to are made up once and
    kept in the state directory. COMMAND, and the daemon in it, finds them in its environment.
    """
    if then != bool(command):
        fail("--then and a command belong together: lab agents --then linkwatch run")
    if listing and command:
        fail("--list ends at once: it has no time for a command")
    if as_json and not listing:
        fail("--json is for --list")
    # They bring in the SNMP library: only for this command.
    from linkwatch.cli import beside, lab_listing  # noqa: PLC0415

    loaded = load_valid(config)
    try:
        course = beside.load_course(script, loaded)
        if listing:
            lab_listing.show_agents(loaded, course, as_json=as_json)
            return
        code = beside.serve_agents(loaded, config.parent, course, command or [])
    except beside.CANNOT_SERVE as error:
        fail(str(error))
    raise typer.Exit(code)


@app.command(
    context_settings={"allow_interspersed_args": False},
    epilog="For example: linkwatch lab network -s script.yaml --log truth.csv --then linkwatch run",
)
def network(
    script: Annotated[
        Path,
        typer.Option("--script", "-s", metavar="SCRIPT", help="What the network is like."),
    ],
    log: Annotated[
        Path | None,
        typer.Option("--log", metavar="FILE", help="Write what became of each request, as CSV."),
    ] = None,
    namespace: Annotated[
        str | None,
        typer.Option("--in", metavar="NAME", help="A network namespace that is there already."),
    ] = None,
    then: Annotated[
        bool,
        typer.Option("--then", help="Run COMMAND in the network; end with it and its code."),
    ] = False,
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="COMMAND", help="What to run, with its own arguments."),
    ] = None,
) -> None:
    """Answer pings as SCRIPT says. In a network namespace of its own, with a log of the truth.

    Needs root. The script and the log are described in docs/lab-network.md.
    """
    if then != bool(command):
        fail("--then and a command belong together: lab network -s SCRIPT --then linkwatch run")
    from linkwatch.cli import network as simulated  # noqa: PLC0415  only for this one

    try:
        code = simulated.serve_network(script, log, namespace, command or [])
    except simulated.CANNOT_SERVE as error:
        fail(str(error))
    raise typer.Exit(code)
