"""The engine writes down what waits, and has it told when its time has come, by the clock alone."""

import asyncio

from linkwatch.model.journal import DropUntold, Enqueue, KeepUntold
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.notification import Notification
from support.bench import Bench, on_bench
from support.storm import stormy, wan

SITES = 4


def probe(bench: Bench, *dead: int) -> None:
    """A second passes, and a probe of each link ends in it."""
    bench.clock.advance(1.0)
    now = bench.clock.now()
    results = [
        ProbeResult(
            wan(number),
            0,
            now.monotonic - 0.9,
            Outcome.NO_REPLY if number in dead else Outcome.ANSWERED,
            None if number in dead else 0.010,
        )
        for number in range(1, SITES + 1)
    ]
    bench.engine.probed(results, now)


def told(bench: Bench) -> list[Notification]:
    return [r.notification for r in bench.store.records if isinstance(r, Enqueue)]


def asleep(bench: Bench) -> bool:
    """Whether the engine has done what was due, and sleeps until more is."""
    left = bench.clock.sleeping()
    return bool(left) and left[0] > 0.0


def test_what_waits_is_written_and_told_by_the_clock_alone() -> None:
    async def scene(bench: Bench) -> None:
        for _ in range(20):
            probe(bench)
        probe(bench, 1)
        probe(bench, 1)
        while not told(bench):
            probe(bench, 1, 2, 3, 4)
            await bench.written()
        first = told(bench)
        assert {m.incident for m in first} == {"LW-000001"}
        while sum(isinstance(r, KeepUntold) for r in bench.store.records) < 3 * len(first):
            probe(bench, 1, 2, 3, 4)
            await bench.written()
        assert told(bench) == first, "the others wait"

        async with asyncio.TaskGroup() as tasks:
            run = tasks.create_task(bench.engine.run())
            await bench.changes.until(lambda: asleep(bench))
            while told(bench) == first:
                bench.clock.advance(1.0)
                await bench.changes.until(lambda: asleep(bench))
                await bench.written()
            run.cancel()
        digests = told(bench)[len(first) :]
        assert {m.contact for m in digests} == {m.contact for m in first}
        assert {m.incidents for m in digests} == {("LW-000002", "LW-000003", "LW-000004")}
        waited = digests[0].created_at - first[0].created_at
        assert 5.0 <= waited.total_seconds() <= 6.0

        dropped = {k for r in bench.store.records if isinstance(r, DropUntold) for k in r.keys}
        kept = {r.untold.key for r in bench.store.records if isinstance(r, KeepUntold)}
        assert dropped == kept

    on_bench(stormy(SITES, confer=True), scene)
