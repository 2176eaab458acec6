"""A simulated network, and a command that runs in it."""

import asyncio
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import typer

from linkwatch.cli.companion import CannotRun, on_signal, run
from linkwatch.lab.network_loading import load_script
from linkwatch.lab.network_log import Summary
from linkwatch.lab.network_model import Script
from linkwatch.lab.network_namespace import LabNetworkError
from linkwatch.lab.network_process import RunningNetwork
from linkwatch.message.inert import printable

CANNOT_SERVE = (CannotRun, LabNetworkError)
"""Whatever `serve_network` raises; each message is one line for the operator."""


def serve_network(
    path: Path, log: Path | None, namespace: str | None, command: Sequence[str]
) -> int:
    """A network until a signal or its script's end; with a command, until that ends.

    The exit code. What it does is said on standard error.
    """
    script = _script(path)
    if os.geteuid() != 0:
        raise LabNetworkError("lab network must be run by root: it makes a network namespace")
    if command and shutil.which(command[0]) is None:
        raise CannotRun(f"cannot run {command[0]}: no such program")
    with RunningNetwork(script, log, namespace) as network:
        code = asyncio.run(_live(script, network, command))
        summary = network.end()
    _account(summary)
    return code


def _script(path: Path) -> Script:
    loaded = load_script(path)
    if loaded.script is None:
        for problem in loaded.problems:
            typer.echo(printable(str(problem)), err=True)
        raise LabNetworkError(f"{path} cannot be used")
    return loaded.script


async def _live(script: Script, network: RunningNetwork, command: Sequence[str]) -> int:
    stop = asyncio.Event()
    on_signal(lambda _number: stop.set())
    _announce(script, network.namespace)
    loop = asyncio.get_running_loop()
    loop.add_reader(network.fileno(), stop.set)
    try:
        if command:
            inside = ["ip", "netns", "exec", network.namespace, *command]
            return await run(inside, os.environ, stop)
        await stop.wait()
        return 0
    finally:
        loop.remove_reader(network.fileno())


def _announce(script: Script, namespace: str) -> None:
    count = len(script.courses)
    noun = "address or prefix answers" if count == 1 else "addresses and prefixes answer"
    typer.echo(f"linkwatch: {count} {noun} in the network namespace {namespace}", err=True)
    typer.echo(f"linkwatch: to go there: ip netns exec {namespace} COMMAND", err=True)


def _account(summary: Summary) -> None:
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(summary.requests.items()))
    typer.echo(f"linkwatch: echo requests: {told or 'none'}", err=True)
    if summary.ignored:
        other = ", ".join(f"{count} {what}" for what, count in sorted(summary.ignored.items()))
        typer.echo(f"linkwatch: other packets: {other}", err=True)
    if summary.missed:
        typer.echo(
            f"linkwatch: too fast to be seen: {summary.missed}; the log lacks them", err=True
        )
