"""Messages between the daemon and its process for SNMP, and how they lie in a pipe.

Both ends are ours, of one version, started together; nothing a router sent is unpickled.
"""

import asyncio
import pickle
from collections.abc import Mapping
from dataclasses import dataclass

from linkwatch.model.ids import RouterId
from linkwatch.model.measurement import PollResult, Trap, TrapOutcome
from linkwatch.probe.snmp_plan import Plan

_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Take:
    """To the process: from now on by this plan."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Ask:
    """To the process: poll a router once."""

    number: int
    router: RouterId


@dataclass(frozen=True, slots=True)
class Ready:
    """From the process: it has started."""


@dataclass(frozen=True, slots=True)
class Asked:
    """From the process: what came of the `Ask` of that number."""

    number: int
    result: PollResult


@dataclass(frozen=True, slots=True)
class Trapped:
    """From the process: a router sent a notification."""

    trap: Trap


@dataclass(frozen=True, slots=True)
class Counted:
    """From the process: what became of so many datagrams that came to the trap listener."""

    outcomes: Mapping[TrapOutcome, int]


@dataclass(frozen=True, slots=True)
class Said:
    """From the process: a line for the log; `level` as `logging` has it."""

    level: int
    logger: str
    text: str


Message = Take | Ask | Ready | Asked | Trapped | Counted | Said


def packed(message: Message) -> bytes:
    """A message as it is written: its length, then itself."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(_LENGTH, "big") + body


async def receive(stream: asyncio.StreamReader) -> Message | None:
    """The next message; None at the end of the stream."""
    try:
        length = int.from_bytes(await stream.readexactly(_LENGTH), "big")
        body = await stream.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionResetError):
        return None
    message: Message = pickle.loads(body)  # noqa: S301 from our own process, over a pipe of our own
    return message
