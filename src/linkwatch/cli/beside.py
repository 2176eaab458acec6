"""Simulated agents, and a command that runs beside them."""

import asyncio
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import typer

from linkwatch.config.settings import Config
from linkwatch.host.files import FilesError, state_directory
from linkwatch.host.secrets import SecretError, resolve_secret
from linkwatch.lab.agents import LabError, serve
from linkwatch.lab.secrets import LabSecretsError, provide_secrets

_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotRun(Exception):  # noqa: N818  says what happened, as the operator reads it
    """The command cannot be started."""


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
        _on_signal(lambda _number: stop.set())
        listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        resolve = partial(resolve_secret, environ=environment, base=base)
        agents = asyncio.ensure_future(serve(config, resolve, listening.set_result))
        try:
            await _first(agents, listening)
            _announce(config, listening.result())
            if command:
                return await _run(command, environment, stop)
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


def _on_signal(handle: Callable[[signal.Signals], None]) -> None:
    for number in _END:
        asyncio.get_running_loop().add_signal_handler(number, handle, number)


async def _run(command: Sequence[str], environment: Mapping[str, str], stop: asyncio.Event) -> int:
    """Run a command to its end, handing signals on; its exit code, as a shell gives it.

    `stop` is set by a signal that came before the command could take it.
    """
    try:
        # A group of its own: else Ctrl-C would reach it twice, from the terminal and from us.
        child = await asyncio.create_subprocess_exec(*command, env=environment, process_group=0)
    except OSError as error:
        raise CannotRun(f"cannot run {command[0]}: {error.strerror}") from error

    def hand_on(number: signal.Signals) -> None:
        # A terminal that hung up is a reason to end, not to read the configuration anew.
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM if number is signal.SIGHUP else number)

    _on_signal(hand_on)
    if stop.is_set():
        child.terminate()
    code = await child.wait()
    return code if code >= 0 else 128 - code
