"""The one writer: commits what the engine decided, then lets the dispatcher have the messages."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from math import inf
from typing import Protocol, TypeVar

import structlog

from linkwatch.model.journal import Enqueue, Record, Restored
from linkwatch.model.moment import Moment
from linkwatch.model.notification import Notification, OutboxRow
from linkwatch.model.priority import Priority
from linkwatch.ports import Clock, Journal, StoreError
from linkwatch.runtime.backlog import Backlog

GRACE = 1.0
"""s without a commit after which urgent messages no longer wait for the store."""
FIRST_RETRY = 0.05
SLOWEST_RETRY = 2.0
_URGENT = (Priority.P1, Priority.P2)

_log = structlog.get_logger(__name__)
T = TypeVar("T")


class StoreObserver(Protocol):
    """The part of `ports.Observer` that concerns the writer."""

    def store_writable(self, writable: bool) -> None:
        """Whether the last commit succeeded."""
        ...


class Writer:
    """Group-commits in a thread of its own; a message is released once it is written.

    If nothing could be committed for `grace` s, P1 and P2 messages are released all the same, once,
    as not recorded; their records stay in the queue and are written when the store is back.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        release: Callable[[Sequence[OutboxRow]], None],
        observer: StoreObserver,
        *,
        grace: float = GRACE,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._release = release
        self._observer = observer
        self._grace = grace
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="linkwatch-writer")
        self._backlog = Backlog()
        self._arrived = asyncio.Event()
        self._written = asyncio.Event()
        self._written.set()
        self._revived = asyncio.Event()
        self._last_commit = -inf
        self._causes: set[str] = set()
        self._store_is_dead = False
        self._sent_unrecorded: set[str] = set()

    @property
    def pending(self) -> int:
        """Records not yet written."""
        return len(self._backlog)

    @property
    def writable(self) -> bool:
        """Whether the last commit succeeded; true before the first."""
        return not self._causes

    def submit(self, records: Sequence[Record], now: Moment) -> None:
        """Take what one turn decided, to be written in one commit. Never blocks."""
        if not records:
            return
        self._backlog.add(records, now.monotonic)
        self._written.clear()
        self._arrived.set()
        if self._store_is_dead:
            self._release_unrecorded(_messages(records))

    async def reserve(self, count: int) -> range:
        """New incident numbers, for good; StoreError if they cannot be had now."""
        numbers = await self._in_thread(lambda: self._journal.reserve_numbers(count))
        self._report(True, "numbers reserved")
        return numbers

    async def give_back(self, first: int) -> None:
        """Incident numbers from `first` on were never used; StoreError if that cannot be noted."""
        await self._in_thread(lambda: self._journal.give_back_numbers(first))

    async def check(self) -> None:
        """See whether the store can be written, in times when nothing has to be."""
        try:
            await self._in_thread(lambda: self._journal.write(()))
        except StoreError as error:
            self._report(False, str(error))
        else:
            self._report(True, "checked")

    async def restore(self, closed_since: datetime) -> Restored:
        """What an earlier run left; StoreError if it cannot be read now."""
        return await self._in_thread(lambda: self._journal.restore(closed_since))

    async def run(self) -> None:
        """Write until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._commit_all(), name="writer")
            tasks.create_task(self._watch(), name="writer-watch")

    async def written(self, within: float) -> bool:
        """Wait up to `within` s, with `run` still running, for all to be written; whether it is."""
        try:
            async with asyncio.timeout(within):
                await self._written.wait()
        except TimeoutError:
            return False
        return True

    async def drain(self, within: float) -> bool:
        """As `written`, for the last time; what is left is told."""
        is_written = await self.written(within)
        if not is_written:
            _log.error("stopping with records not written", records=self.pending)
        return is_written

    async def close(self) -> None:
        """Close the journal and end the thread; the last call."""
        await self._in_thread(self._journal.close)
        self._thread.shutdown()

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    async def _commit_all(self) -> None:
        wait = FIRST_RETRY
        while True:
            await self._arrived.wait()
            if await self._commit():
                wait = FIRST_RETRY
            else:
                await self._clock.sleep_until(self._clock.now().monotonic + wait)
                wait = min(2 * wait, SLOWEST_RETRY)

    async def _commit(self) -> bool:
        records = self._backlog.take()
        try:
            await self._in_thread(lambda: self._journal.write(records))
        except StoreError as error:
            self._backlog.failed()
            self._report(False, str(error))
            return False
        self._backlog.done()
        self._last_commit = self._clock.now().monotonic
        self._store_is_dead = False
        self._revived.set()
        self._report(True, f"{len(records)} records written")
        if not self.pending:
            self._arrived.clear()
            self._written.set()
        self._release_recorded(records)
        return True

    async def _watch(self) -> None:
        """Notice a store that fails, and also one that neither fails nor returns."""
        while True:
            await self._arrived.wait()
            await self._clock.sleep_until(self._overdue_at())
            if self._clock.now().monotonic < self._overdue_at():
                continue
            self._store_is_dead = True
            self._revived.clear()
            self._report(False, f"no commit for {self._grace:g} s")
            self._release_unrecorded(self._backlog.messages)
            await self._revived.wait()

    def _overdue_at(self) -> float:
        oldest = self._backlog.oldest
        return inf if oldest is None else max(oldest, self._last_commit) + self._grace

    def _release_recorded(self, records: Iterable[Record]) -> None:
        written = _messages(records)
        self._hand_over([m for m in written if m.key not in self._sent_unrecorded], recorded=True)
        self._sent_unrecorded.difference_update(m.key for m in written)

    def _release_unrecorded(self, messages: Iterable[Notification]) -> None:
        urgent = [
            m for m in messages if m.priority in _URGENT and m.key not in self._sent_unrecorded
        ]
        self._sent_unrecorded.update(m.key for m in urgent)
        if urgent:
            _log.error("messages sent before they could be recorded", keys=[m.key for m in urgent])
        self._hand_over(urgent, recorded=False)

    def _hand_over(self, messages: Sequence[Notification], *, recorded: bool) -> None:
        if messages:
            self._release(
                [OutboxRow(m, next_attempt_at=m.created_at, recorded=recorded) for m in messages]
            )

    def _report(self, writable: bool, detail: str) -> None:
        """Tell the observer; log each cause of an outage once, and its end."""
        self._observer.store_writable(writable)
        if writable and self._causes:
            self._causes.clear()
            _log.warning("store writes again", detail=detail, dropped=self._backlog.dropped)
        elif not writable and detail not in self._causes:
            self._causes.add(detail)
            _log.error("store does not write", detail=detail, waiting=self.pending)


def _messages(records: Iterable[Record]) -> list[Notification]:
    return [record.notification for record in records if isinstance(record, Enqueue)]
