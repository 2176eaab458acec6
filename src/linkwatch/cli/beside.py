"""Simulated agents, and a command that runs beside them."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import typer

from linkwatch.cli.agents_told import AgentsTold
from linkwatch.cli.companion import CannotRun, on_signal, run
from linkwatch.config.settings import Config
from linkwatch.host.files import FilesError, state_directory
from linkwatch.host.secrets import SecretError, resolve_secret
from linkwatch.lab.agent_loading import load_script
from linkwatch.lab.agent_model import AgentScript
from linkwatch.lab.agent_socket import LabError
from linkwatch.lab.agents import serve
from linkwatch.lab.secrets import LabSecretsError, provide_secrets
from linkwatch.message.inert import printable

CANNOT_SERVE = (CannotRun, FilesError, LabError, LabSecretsError, SecretError)
"""Whatever `serve_agents` and `load_course` raise; each message is one line for the operator."""


def load_course(path: Path | None, config: Config) -> AgentScript:
    """The script, or every mistake in it on standard error and LabError."""
    if path is None:
        return AgentScript()
    loaded = load_script(path, config.inventory)
    if loaded.script is None:
        for problem in loaded.problems:
            typer.echo(printable(str(problem)), err=True)
        raise LabError(f"{path} cannot be used")
    return loaded.script


def serve_agents(config: Config, base: Path, script: AgentScript, command: Sequence[str]) -> int:
    """Agents until a signal or their script's end; with a command, until that ends.

    The exit code. Relative secret files lie in `base`. What is served, and what the script does
    to it, is said on standard error.
    """
    directory = state_directory(os.environ) / "lab-secrets"
    secrets = provide_secrets(config, directory)
    environment = {**os.environ, **secrets}
    resolve = partial(resolve_secret, environ=environment, base=base)

    async def live() -> int:
        stop = asyncio.Event()
        on_signal(lambda _number: stop.set())
        listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        with AgentsTold() as told:
            serving = serve(
                config, resolve, told.clock, listening.set_result, script=script, audience=told
            )
            agents = asyncio.ensure_future(serving)
            agents.add_done_callback(lambda _agents: stop.set())
            try:
                await _first(agents, listening)
                told.listening(config, listening.result())
                return await _until_the_end(stop)
            finally:
                agents.cancel()
                await asyncio.wait({agents})
                if not agents.cancelled():
                    agents.result()

    async def _until_the_end(stop: asyncio.Event) -> int:
        if command:
            return await run(command, environment, stop)
        _hint(secrets, directory)
        await stop.wait()
        return 0

    return asyncio.run(live())


async def _first(agents: asyncio.Future[None], listening: asyncio.Future[int]) -> None:
    """Wait until the agents listen, or raise what kept them from it."""
    waiting: set[asyncio.Future[None] | asyncio.Future[int]] = {agents, listening}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if agents.done():
        agents.result()


def _hint(secrets: Mapping[str, str], directory: Path) -> None:
    """How a daemon started elsewhere finds the secrets: by their paths, never their values."""
    if secrets:
        typer.echo("linkwatch: a daemon beside them needs", err=True)
    for name in secrets:
        value = directory if name == "CREDENTIALS_DIRECTORY" else f"$(cat '{directory / name}')"
        typer.echo(f'export {name}="{value}"', err=True)
