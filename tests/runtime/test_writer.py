"""The writer: written before released; a dead store holds up neither the engine nor P1."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from linkwatch.model.ids import ChannelId, ContactId, IncidentId, LinkId
from linkwatch.model.incident import IncidentEvent, TimelineEntry
from linkwatch.model.journal import Enqueue, Note, Record, Restored
from linkwatch.model.notification import Notification, OutboxRow
from linkwatch.model.priority import Priority
from linkwatch.ports import Journal, StoreError
from linkwatch.runtime.writer import Writer
from linkwatch.store import default_url, open_journal
from support.waiting import PATIENCE, START, Changes, ManualClock


class Store:
    """A journal that can fail, or hang, at will; each call runs in the writer's thread."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self.commits: list[list[Record]] = []
        self.tried = 0
        self.failing = False
        self.open = threading.Event()
        self.open.set()
        self.threads: set[str] = set()

    def write(self, records: Sequence[Record]) -> None:
        self.threads.add(threading.current_thread().name)
        self.tried += 1
        self._tell()
        if not self.open.wait(PATIENCE):
            raise AssertionError("the test forgot to open the store")
        if self.failing:
            raise StoreError("the store could not be written: database is locked")
        self.commits.append(list(records))
        self._tell()

    def reserve_numbers(self, count: int) -> range:
        self.threads.add(threading.current_thread().name)
        if self.failing:
            raise StoreError("numbers could not be reserved: database is locked")
        return range(1, count + 1)

    def give_back_numbers(self, first: int) -> None:
        self.given_back = first

    def restore(self, closed_since: datetime) -> Restored:
        return Restored(verified=frozenset({(LinkId("a-wan"), closed_since.isoformat())}))

    def timeline(self, incident: IncidentId) -> Sequence[TimelineEntry]:
        return ()

    def close(self) -> None:
        self.threads.add(threading.current_thread().name)


class Watcher:
    """An observer of the one figure the writer gives."""

    def __init__(self) -> None:
        self.writable: list[bool] = []

    def store_writable(self, writable: bool) -> None:
        if self.writable[-1:] != [writable]:
            self.writable.append(writable)


@dataclass
class Bench:
    """A running writer and all it touches."""

    changes: Changes
    clock: ManualClock
    writer: Writer
    observer: Watcher
    released: list[OutboxRow] = field(default_factory=list)

    def submit(self, *records: Record) -> None:
        self.writer.submit(records, self.clock.now())

    async def elapse_until(self, is_so: Callable[[], bool]) -> None:
        """Let time pass, 2 s whenever somebody has gone to sleep, until it is so."""
        naps = 0

        def something_happened() -> bool:
            return is_so() or len(self.clock.naps) > naps

        await self.changes.until(something_happened)
        while not is_so():
            naps = len(self.clock.naps)
            self.clock.advance(2.0)
            await self.changes.until(something_happened)

    def keys(self, *, recorded: bool) -> list[str]:
        return [r.notification.key for r in self.released if r.recorded is recorded]


def note(number: int) -> Note:
    return Note(TimelineEntry(IncidentId("LW-000001"), START, f"step{number}"))


def message(key: str, priority: Priority = Priority.P1) -> Enqueue:
    return Enqueue(
        Notification(
            key=key,
            incident=IncidentId("LW-000001"),
            event=IncidentEvent.OPENED,
            contact=ContactId("duty"),
            channel=ChannelId("hook"),
            priority=priority,
            text="",
            body="{}",
            created_at=START,
            started_at=START,
        )
    )


def on_bench(
    scene: Callable[[Bench, Store], Awaitable[None]],
) -> None:
    """Play a scene with a store that obeys the test."""

    async def play() -> None:
        changes = Changes()
        loop = asyncio.get_running_loop()

        def tell() -> None:
            loop.call_soon_threadsafe(changes.tell)

        store = Store(tell)
        async with running(store, changes) as bench:
            await scene(bench, store)

    asyncio.run(play())


@asynccontextmanager
async def running(journal: Journal, changes: Changes) -> AsyncIterator[Bench]:
    clock, observer, released = ManualClock(changes, 100.0), Watcher(), list[OutboxRow]()

    def release(rows: Sequence[OutboxRow]) -> None:
        released.extend(rows)
        changes.tell()

    writer = Writer(journal, clock, release, observer)
    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(writer.run())
        try:
            yield Bench(changes, clock, writer, observer, released)
        finally:
            run.cancel()
            await writer.close()


def test_a_message_is_released_once_it_is_written() -> None:
    async def scene(bench: Bench, store: Store) -> None:
        store.open.clear()
        bench.submit(note(1), message("k"))
        await bench.changes.until(lambda: store.tried == 1)
        assert bench.released == []

        store.open.set()
        await bench.changes.until(lambda: bool(bench.released))

        assert store.commits == [[note(1), message("k")]]
        assert bench.released == [OutboxRow(message("k").notification, next_attempt_at=START)]
        assert bench.observer.writable == [True]

    on_bench(scene)


def test_what_comes_during_a_commit_goes_together_into_the_next() -> None:
    async def scene(bench: Bench, store: Store) -> None:
        store.open.clear()
        bench.submit(note(1))
        await bench.changes.until(lambda: store.tried == 1)
        bench.submit(note(2), note(3))
        bench.submit(message("k"))

        store.open.set()
        await bench.changes.until(lambda: bool(bench.released))

        assert store.commits == [[note(1)], [note(2), note(3), message("k")]]

    on_bench(scene)


def test_all_calls_come_from_one_thread() -> None:
    async def scene(bench: Bench, store: Store) -> None:
        assert await bench.writer.reserve(3) == range(1, 4)
        restored = await bench.writer.restore(START)
        assert restored.verified == {("a-wan", START.isoformat())}
        bench.submit(note(1))
        await bench.changes.until(lambda: bool(store.commits))

        assert len(store.threads) == 1
        assert threading.current_thread().name not in store.threads

    on_bench(scene)


def test_an_error_in_reserving_reaches_the_caller() -> None:
    async def scene(bench: Bench, store: Store) -> None:
        store.failing = True
        with pytest.raises(StoreError, match="database is locked"):
            await bench.writer.reserve(3)

    on_bench(scene)


@pytest.mark.parametrize("hangs", [True, False], ids=["hangs", "fails"])
def test_a_dead_store_holds_up_urgent_messages_for_one_second(hangs: bool) -> None:
    async def scene(bench: Bench, store: Store) -> None:
        store.failing = not hangs
        if hangs:
            store.open.clear()
        bench.submit(message("p1"), message("p2", Priority.P2), message("p3", Priority.P3))
        await bench.changes.until(lambda: 1.0 in bench.clock.sleeping())

        bench.clock.advance(0.999)
        assert bench.released == []
        bench.clock.advance(0.001)
        await bench.changes.until(lambda: bool(bench.released))
        assert bench.keys(recorded=False) == ["p1", "p2"]
        assert bench.observer.writable == [False]

        # While it is dead, nothing urgent waits at all.
        bench.submit(message("p1-later"), message("p3-later", Priority.P3))
        assert bench.keys(recorded=False) == ["p1", "p2", "p1-later"]

        store.failing = False
        store.open.set()
        await bench.elapse_until(lambda: len(bench.released) == 5)
        written = [r for commit in store.commits for r in commit]
        keys = [r.notification.key for r in written if isinstance(r, Enqueue)]
        assert keys == ["p1", "p2", "p3", "p1-later", "p3-later"]
        assert bench.keys(recorded=True) == ["p3", "p3-later"]
        assert bench.observer.writable[-1:] == [True]
        assert not bench.writer._sent_unrecorded, "what is written need not be remembered"

        # Alive again: written first, as always.
        bench.submit(message("after"))
        assert "after" not in bench.keys(recorded=False)
        await bench.changes.until(lambda: "after" in bench.keys(recorded=True))

    on_bench(scene)


def test_a_slow_store_that_commits_is_not_dead() -> None:
    async def scene(bench: Bench, store: Store) -> None:
        store.open.clear()
        bench.submit(note(1))
        await bench.changes.until(lambda: store.tried == 1 and bool(bench.clock.sleeping()))
        bench.clock.advance(0.9)
        bench.submit(message("k"))
        store.open.set()
        await bench.changes.until(lambda: bool(bench.released))

        assert bench.keys(recorded=True) == ["k"]

    on_bench(scene)


def test_retries_wait_longer_and_longer() -> None:
    async def scene(bench: Bench, store: Store) -> None:
        store.failing = True
        bench.submit(note(1))
        await bench.elapse_until(lambda: store.tried == 8)

        # The nap of 1 s is that of the watch over the store.
        waits = [nap for nap in bench.clock.naps if nap != 1.0]
        assert waits[:7] == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0]

    on_bench(scene)


def test_each_cause_of_an_outage_is_logged_once_and_so_is_its_end() -> None:
    async def scene(bench: Bench, store: Store) -> None:
        store.failing = True
        bench.submit(note(1))
        await bench.elapse_until(lambda: store.tried == 4)
        store.failing = False
        await bench.elapse_until(lambda: bool(store.commits))
        await bench.writer.drain(PATIENCE)

    with capture_logs() as logs:
        on_bench(scene)
    assert sorted((line["event"], line["detail"]) for line in logs) == [
        ("store does not write", "no commit for 1 s"),
        ("store does not write", "the store could not be written: database is locked"),
        ("store writes again", "1 records written"),
    ]


def test_drain_waits_for_the_last_commit() -> None:
    async def scene(bench: Bench, store: Store) -> None:
        assert await bench.writer.drain(0) is True
        store.open.clear()
        bench.submit(note(1))
        await bench.changes.until(lambda: store.tried == 1)
        asyncio.get_running_loop().call_soon(store.open.set)

        assert await bench.writer.drain(PATIENCE) is True
        assert store.commits == [[note(1)]]
        assert bench.writer.pending == 0

    on_bench(scene)


def test_whether_all_is_written_is_answered_in_time_and_in_silence() -> None:
    async def scene(bench: Bench, store: Store) -> None:
        store.failing = True
        bench.submit(note(1))
        assert await bench.writer.written(0.01) is False
        store.failing = False
        await bench.elapse_until(lambda: bool(store.commits))
        assert await bench.writer.written(PATIENCE) is True

    with capture_logs() as logs:
        on_bench(scene)
    assert not [line for line in logs if "stopping" in line["event"]]


def test_drain_gives_up_in_time_and_says_what_is_left() -> None:
    async def scene(bench: Bench, store: Store) -> None:
        store.failing = True
        bench.submit(note(1), note(2))
        assert await bench.writer.drain(0.01) is False

    with capture_logs() as logs:
        on_bench(scene)
    assert [line["records"] for line in logs if "stopping" in line["event"]] == [2]


def test_a_locked_database_and_its_return(tmp_path: Path) -> None:
    async def play() -> None:
        changes = Changes()
        journal = open_journal(default_url(tmp_path), now=START, busy_timeout=0.01)
        other = sqlite3.connect(journal.path, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            async with running(journal, changes) as bench:
                bench.submit(message("p1"), message("p3", Priority.P3))
                await changes.until(lambda: len(bench.clock.sleeping()) == 2)
                bench.clock.advance(1.0)
                await changes.until(lambda: bool(bench.released))
                assert bench.keys(recorded=False) == ["p1"]

                other.execute("ROLLBACK")
                await bench.elapse_until(lambda: len(bench.released) == 2)
                assert bench.keys(recorded=True) == ["p3"]
                restored = await bench.writer.restore(START)
                assert {r.notification.key for r in restored.outbox} == {"p1", "p3"}
        finally:
            other.close()

    asyncio.run(play())
