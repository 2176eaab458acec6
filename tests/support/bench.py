"""An engine with its writer at work, on a clock that stands until told."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from linkwatch.model.ids import IncidentId
from linkwatch.model.incident import TimelineEntry
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Record, Restored
from linkwatch.runtime.engine import Engine
from linkwatch.runtime.state import State
from linkwatch.runtime.writer import Writer
from linkwatch.web.metrics import MetricsObserver
from support.waiting import PATIENCE, Changes, ManualClock


class Store:
    """A journal that keeps what it is given."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def write(self, records: Sequence[Record]) -> None:
        self.records.extend(records)

    def reserve_numbers(self, count: int) -> range:
        return range(1, count + 1)

    def give_back_numbers(self, first: int) -> None:
        pass

    def restore(self, closed_since: datetime) -> Restored:
        return Restored()

    def timeline(self, incident: IncidentId) -> Sequence[TimelineEntry]:
        return ()

    def close(self) -> None:
        pass


@dataclass
class Bench:
    """An engine, its writer at work, and what is written."""

    changes: Changes
    clock: ManualClock
    writer: Writer
    engine: Engine
    store: Store

    async def written(self) -> list[Record]:
        assert await self.writer.written(PATIENCE)
        return self.store.records


def on_bench(whole: Inventory, scene: Callable[[Bench], Awaitable[None]]) -> None:
    """Play a scene with an engine that has recovered."""

    async def play() -> None:
        changes = Changes()
        clock, store = ManualClock(changes), Store()
        observer = MetricsObserver(clock)
        observer.set_inventory(whole)
        writer = Writer(store, clock, lambda rows: None, observer)
        engine = Engine(
            State(whole),
            clock,
            writer,
            observer,
            probe_now=lambda request: None,
            hurry=lambda hurried: None,
        )
        async with asyncio.TaskGroup() as tasks:
            run = tasks.create_task(writer.run())
            await engine.recover()
            await scene(Bench(changes, clock, writer, engine, store))
            run.cancel()
        await writer.close()

    asyncio.run(play())
