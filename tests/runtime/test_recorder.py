"""What the engine takes in is kept in its order, and the engine never waits for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from linkwatch.model.boost import Word
from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Outcome, Overdue, PollOutcome, PollResult, ProbeResult
from linkwatch.model.moment import Span
from linkwatch.model.recording import Recorded, Start, Table, Turn
from linkwatch.model.topology import ContractedRate
from linkwatch.runtime import recorder as module
from linkwatch.runtime.recorder import LOOK_EVERY, WRITE_EVERY, Recorder, Recording
from linkwatch.wire.recording import RecordingReader
from support.bench import Bench, on_bench
from support.province import INET, ROUTER, WAN, ZONE, inventory, without_link
from support.waiting import PATIENCE

MAY = Span(datetime(2021, 5, 9, tzinfo=ZONE), datetime(2021, 6, 1, tzinfo=ZONE))
BOOST = ContractedRate(100_000_000, 100_000_000, MAY)


def boosted() -> Inventory:
    whole = inventory()
    link = replace(whole.links[WAN], contracted=(*whole.links[WAN].contracted, BOOST))
    return replace(whole, links={**whole.links, WAN: link})


class Reader:
    """Takes frames as they come, and lets time pass while there are none."""

    def __init__(self, bench: Bench, frames: AsyncIterator[bytes]) -> None:
        self._bench = bench
        self._frames = frames
        self._reader = RecordingReader()
        self.found: list[Recorded] = []

    async def take_one(self) -> None:
        """The next frame, after as much time as that takes."""
        coming = asyncio.ensure_future(anext(self._frames))
        async with asyncio.timeout(PATIENCE):
            while not coming.done():
                if self._bench.clock.sleeping():
                    self._bench.clock.advance(LOOK_EVERY)
                await asyncio.wait({coming}, timeout=0.001)
        self.found += self._reader.feed(coming.result())

    async def take_all(self) -> None:
        """To the end of the recording, which has been told to end."""
        while True:
            try:
                await self.take_one()
            except StopAsyncIteration:
                return

    @property
    def turns(self) -> list[Turn]:
        return [one for one in self.found if isinstance(one, Turn)]


def begun(bench: Bench, whole: Inventory) -> tuple[Recorder, Recording, Reader]:
    recorder = Recorder(bench.clock, bench.engine, lambda: whole)
    recording = recorder.open(None)
    assert recording is not None
    return recorder, recording, Reader(bench, recording.frames())


def answer(bench: Bench, link: LinkId = WAN) -> ProbeResult:
    return ProbeResult(link, 0, bench.clock.now().monotonic, Outcome.ANSWERED, 0.01)


def test_all_that_is_measured_is_kept_in_its_order() -> None:
    whole = boosted()

    async def scene(bench: Bench) -> None:
        recorder, _, reader = begun(bench, whole)
        engine, now = bench.engine, bench.clock.now()
        poll = PollResult(ROUTER, now.wall, PollOutcome.TIMEOUT)
        late = Overdue(INET, 0, now.monotonic)
        both = [answer(bench), answer(bench, INET)]
        engine.probed(both, now)
        engine.suspected([late], now)
        engine.polled(poll, now)
        assert engine.vouch(Word(WAN, 60_000_000, "đo tốc độ", "Trực TT")) is None
        recorder.end()
        await reader.take_all()
        first, *_ = reader.found
        assert isinstance(first, Start)
        assert first.at == now.wall
        assert [type(one) for one in reader.found[:2]] == [Start, Table]
        results, overdue, polled, told, end = reader.turns
        assert list(results.results) == both
        assert list(overdue.overdue) == [late]
        assert polled.poll == poll
        assert told.evidence is not None
        assert told.evidence.by == "Trực TT"
        assert end == Turn(end.now, [])

    on_bench(whole, scene)


def test_what_was_known_before_begins_it() -> None:
    whole = boosted()

    async def scene(bench: Bench) -> None:
        bench.engine.probed([answer(bench)], bench.clock.now())
        assert bench.engine.vouch(Word(WAN, 60_000_000, "đo", "Trực")) is None
        recorder, _, reader = begun(bench, whole)
        recorder.end()
        await reader.take_all()
        first = reader.found[0]
        assert isinstance(first, Start)
        assert first.verified == ((WAN, "127.0.17.10"),)
        assert [trace.by for trace in first.evidence] == ["Trực"]

    on_bench(whole, scene)


def test_time_that_goes_by_is_kept_where_nothing_is_measured() -> None:
    async def scene(bench: Bench) -> None:
        _, _, reader = begun(bench, inventory())
        for _ in range(6):
            await reader.take_one()
        times = [turn.now.monotonic for turn in reader.turns]
        assert len(times) == 4
        assert all(b - a == WRITE_EVERY for a, b in zip(times, times[1:], strict=False))

    on_bench(inventory(), scene)


def test_another_configuration_begins_another_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINKS_IN_FRAME", 1)

    async def scene(bench: Bench) -> None:
        recorder, recording, reader = begun(bench, inventory())
        bench.engine.probed([answer(bench)], bench.clock.now())
        recording.adopt(without_link(inventory(), WAN))
        bench.engine.probed([answer(bench), answer(bench, INET)], bench.clock.now())
        recorder.end()
        await reader.take_all()
        tables = [one for one in reader.found if isinstance(one, Table)]
        assert [(t.anew, [x.id for x in t.links]) for t in tables] == [
            (True, [WAN]),
            (False, [INET]),
            (True, [INET]),
        ]
        assert [[r.link for r in turn.results] for turn in reader.turns] == [[WAN], [INET], []]

    on_bench(inventory(), scene)


def test_one_recording_at_a_time_and_another_when_it_is_closed() -> None:
    async def scene(bench: Bench) -> None:
        recorder, recording, _ = begun(bench, inventory())
        assert recorder.open(None) is None
        bench.engine.probed([answer(bench)], bench.clock.now())
        recording.close()
        recording.close()
        bench.engine.probed([answer(bench)], bench.clock.now())
        other = recorder.open(None)
        assert other is not None
        reader = Reader(bench, other.frames())
        bench.engine.probed([answer(bench, INET)], bench.clock.now())
        # What is closed late closes no other.
        recording.close()
        bench.engine.probed([answer(bench, INET)], bench.clock.now())
        recorder.end()
        await reader.take_all()
        assert [[r.link for r in turn.results] for turn in reader.turns] == [[INET], [INET], []]

    on_bench(inventory(), scene)


def test_a_slow_reader_costs_measurements_that_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 5)

    async def scene(bench: Bench) -> None:
        recorder, _, reader = begun(bench, inventory())
        for _ in range(4):
            bench.engine.probed([answer(bench), answer(bench)], bench.clock.now())
        recorder.end()
        await reader.take_all()
        assert [len(turn.results) for turn in reader.turns] == [2, 0]
        assert reader.turns[-1].dropped == 9

    on_bench(inventory(), scene)


def test_much_is_written_at_once_in_frames_of_bounded_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_IN_FRAME", 10)

    async def scene(bench: Bench) -> None:
        _, recording, reader = begun(bench, inventory())
        await reader.take_one()
        await reader.take_one()
        await reader.take_one()
        began = bench.clock.now().monotonic
        for _ in range(5):
            bench.engine.probed([answer(bench)] * 4, bench.clock.now())
        await reader.take_one()
        assert bench.clock.now().monotonic - began < WRITE_EVERY
        assert [len(turn.results) for turn in reader.turns] == [0, 4, 4]
        await reader.take_one()
        assert [len(turn.results) for turn in reader.turns] == [0, 4, 4, 4, 4]
        recording.close()

    on_bench(inventory(), scene)
