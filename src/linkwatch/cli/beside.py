"""Simulated agents, and a command that runs beside them."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import typer

from linkwatch.cli.companion import CannotRun, on_signal, run
from linkwatch.config.settings import Config
from linkwatch.host.files import FilesError, state_directory
from linkwatch.host.secrets import SecretError, resolve_secret
from linkwatch.lab.agents import LabError, serve
from linkwatch.lab.secrets import LabSecretsError, provide_secrets

CANNOT_SERVE = (CannotRun, FilesError, LabError, LabSecretsError, SecretError)
"""Whatever `serve_agents` raises; each message is one line for the operator."""


def serve_agents(config: Config, base: Path, command: Sequence[str]) -> int:
    """Agents until a signal; with a command, until it ends. The exit code.

    Relative secret files lie in `base`. What is served is said on standard error.
    """
    directory = state_directory(os.environ) / "lab-secrets"
    secrets = provide_secrets(config, directory)
    environment = {**os.environ, **secrets}

    async def live() -> int:
        stop = asyncio.Event()
        on_signal(lambda _number: stop.set())
        listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        resolve = partial(resolve_secret, environ=environment, base=base)
        agents = asyncio.ensure_future(serve(config, resolve, listening.set_result))
        try:
            await _first(agents, listening)
            _announce(config, listening.result())
            if command:
                return await run(command, environment, stop)
            _hint(secrets, directory)
            await stop.wait()
            return 0
        finally:
            agents.cancel()
            await asyncio.wait({agents})

    return asyncio.run(live())


async def _first(agents: asyncio.Future[None], listening: asyncio.Future[int]) -> None:
    """Wait until the agents listen, or raise what kept them from it."""
    waiting: set[asyncio.Future[None] | asyncio.Future[int]] = {agents, listening}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if agents.done():
        agents.result()


def _announce(config: Config, count: int) -> None:
    ports = {r.snmp.port for r in config.inventory.routers.values() if r.snmp is not None}
    at = f" at UDP port {', '.join(str(port) for port in sorted(ports))}" if ports else ""
    typer.echo(f"linkwatch: {count} simulated SNMP agents answer{at}", err=True)


def _hint(secrets: Mapping[str, str], directory: Path) -> None:
    """How a daemon started elsewhere finds the secrets: by their paths, never their values."""
    if secrets:
        typer.echo("linkwatch: a daemon beside them needs", err=True)
    for name in secrets:
        value = directory if name == "CREDENTIALS_DIRECTORY" else f"$(cat '{directory / name}')"
        typer.echo(f'export {name}="{value}"', err=True)
