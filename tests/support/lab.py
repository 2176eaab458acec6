"""Simulated routers with a script, and time that goes by when a test says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from linkwatch.config.settings import Config
from linkwatch.lab import agents
from linkwatch.lab.agent_clock import LabClock, Timekeeper
from linkwatch.lab.agent_happening import Happening
from linkwatch.lab.agent_loading import parse_script
from linkwatch.lab.agent_model import AgentScript
from linkwatch.lab.router import SimulatedRouter
from linkwatch.model.ids import RouterId
from linkwatch.ports import Poller
from support.snmp import poller_for, resolve
from support.waiting import PATIENCE, Changes, ManualClock


def scripted(text: str, new: Config) -> AgentScript:
    """The script in a text, which is right."""
    loaded = parse_script(text, Path("script"), new.inventory)
    assert [str(problem) for problem in loaded.problems] == []
    assert loaded.script is not None
    return loaded.script


class Heard:
    """An audience that keeps what it was told."""

    def __init__(self) -> None:
        self.opened_so_far: list[tuple[int, int]] = []
        self.words: list[tuple[str, str]] = []

    def opened(self, count: int, of: int) -> None:
        self.opened_so_far.append((count, of))

    def happened(self, router: SimulatedRouter, happening: Happening) -> None:
        self.words.append((router.router.id, happening.words))


@dataclass
class Lab:
    """Agents that answer over UDP, the poller that asks them, and the time of both."""

    clock: ManualClock
    changes: Changes
    keeper: Timekeeper
    routers: dict[RouterId, SimulatedRouter]
    poller: Poller
    heard: Heard
    running: asyncio.Future[None]

    async def pass_time(self, seconds: float) -> None:
        """Let it become that much later, and happen all that is due by then."""
        is_late = asyncio.Event()
        self.keeper.at(self.keeper.clock.now() + seconds, is_late.set)
        self.clock.advance(seconds)
        await asyncio.wait_for(is_late.wait(), PATIENCE)


@asynccontextmanager
async def lab(new: Config, text: str) -> AsyncIterator[Lab]:
    """The routers of this configuration, with a script."""
    changes = Changes()
    manual = ManualClock(changes)
    time, script, heard = LabClock(manual), scripted(text, new), Heard()
    simulated = agents.simulate(new, time, script)
    poller = await poller_for(new, manual)
    with agents.answering(
        simulated, resolve, time, traps_to=script.traps_to, audience=heard
    ) as keeper:
        running = asyncio.ensure_future(keeper.run())
        try:
            routers = {one.router.id: one for one in simulated}
            yield Lab(manual, changes, keeper, routers, poller, heard, running)
        finally:
            keeper.end()
            await asyncio.wait([running], timeout=PATIENCE)
        running.result()
