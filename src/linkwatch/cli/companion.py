"""A command that runs beside what a command of ours simulates."""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class CannotRun(Exception):  # noqa: N818  says what happened, as the operator reads it
    """The command cannot be started."""


def on_signal(handle: Callable[[signal.Signals], None]) -> None:
    """Let the running loop hand on whatever signal asks for the end."""
    for number in _END:
        asyncio.get_running_loop().add_signal_handler(number, handle, number)


async def run(command: Sequence[str], environment: Mapping[str, str], stop: asyncio.Event) -> int:
    """Run a command to its end, handing signals on; its exit code, as a shell gives it.

    `stop` asks it to end: a signal came before the command could take it, or what it runs beside
    is no more.
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

    on_signal(hand_on)
    ended, stopped = asyncio.ensure_future(child.wait()), asyncio.ensure_future(stop.wait())
    await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if not stopped.cancel():
        hand_on(signal.SIGTERM)
    code = await ended
    return code if code >= 0 else 128 - code
