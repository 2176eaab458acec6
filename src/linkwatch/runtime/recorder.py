"""Keeps what the engine takes in, as frames for whoever asked for a recording.

Inside a turn all that happens is that it is put on a list; packing is done by a thread, in pieces
that hold up nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from itertools import islice
from math import inf

from linkwatch import __version__
from linkwatch.model.inventory import Inventory
from linkwatch.model.moment import Moment
from linkwatch.model.recording import Start, Table, Turn
from linkwatch.ports import Clock
from linkwatch.runtime.engine import Engine
from linkwatch.wire.recording import RecordingWriter, recorded_link

LOOK_EVERY = 0.25
WRITE_EVERY = 5.0
"""s between two frames where little is measured: so much is lost if we are killed."""
MOST_IN_FRAME = 20_000
"""Measurements; packing them holds the interpreter for a few ms."""
MOST_WAITING = 500_000
"""Measurements that may wait for a reader who is slow."""
LINKS_IN_FRAME = 500


class Recorder:
    """One recording at a time."""

    def __init__(self, clock: Clock, engine: Engine, inventory: Callable[[], Inventory]) -> None:
        self._clock = clock
        self._engine = engine
        self._inventory = inventory
        self._under_way: Recording | None = None

    def open(self, seconds: float | None) -> "Recording | None":
        """Begin one, for so long; None while there is another. Whoever opens it closes it."""
        if self._under_way is not None and not self._under_way.is_over:
            return None
        now = self._clock.now()
        verified, evidence = self._engine.known(now)
        start = Start(now.wall, __version__, verified, evidence)
        until = inf if seconds is None else now.monotonic + seconds
        untap = self._engine.untap
        self._under_way = Recording(self._clock, start, self._inventory(), until, untap)
        self._engine.tap = self._under_way
        return self._under_way

    def end(self) -> None:
        """Let the one under way come to its end."""
        if self._under_way is not None:
            self._under_way.end()


class Recording:
    """What is measured from now on. `frames` is for one reader, who closes it."""

    def __init__(
        self,
        clock: Clock,
        start: Start,
        inventory: Inventory,
        until: float,
        untap: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._start = start
        self._waiting: list[Turn | Inventory] = [inventory]
        self._measurements = 0
        self._dropped = 0
        self._until = until
        self._untap = untap
        self.is_over = False

    def take(self, turn: Turn) -> None:
        """Keep what one turn of the engine took in."""
        count = len(turn.results) + len(turn.overdue) + 1
        if self._measurements + count > MOST_WAITING:
            self._dropped += count
            return
        self._measurements += count
        self._waiting.append(turn)

    def adopt(self, inventory: Inventory) -> None:
        """Another configuration is in force from here on."""
        self._waiting.append(inventory)

    def end(self) -> None:
        """Let `frames` end with what has been taken so far."""
        self._until = -inf

    def close(self) -> None:
        """Take no more; harmless when it is over already."""
        if not self.is_over:
            self.is_over = True
            self._untap()

    async def frames(self) -> AsyncIterator[bytes]:
        """The recording, in pieces that belong together, until it ends."""
        writer = RecordingWriter()
        yield writer.start(self._start)
        due = self._clock.now().monotonic
        while True:
            now = self._clock.now()
            ended = now.monotonic >= self._until
            if ended or now.monotonic >= due or self._measurements >= MOST_IN_FRAME:
                due = now.monotonic + WRITE_EVERY
                for piece in _pieces(self._taken(now)):
                    yield await asyncio.to_thread(_packed, writer, piece)
            if ended:
                return
            await self._clock.sleep_until(now.monotonic + LOOK_EVERY)

    def _taken(self, now: Moment) -> Sequence[Turn | Inventory]:
        """All that waits, and that time has gone by until now."""
        waiting, self._waiting = self._waiting, []
        self._measurements = 0
        dropped, self._dropped = self._dropped, 0
        return [*waiting, Turn(now, dropped=dropped)]


def _pieces(waiting: Sequence[Turn | Inventory]) -> Iterator[Table | list[Turn]]:
    """As much as goes into a frame each."""
    turns: list[Turn] = []
    count = 0
    for one in waiting:
        if isinstance(one, Turn):
            turns.append(one)
            count += len(one.results) + len(one.overdue) + 1
        if turns and (count >= MOST_IN_FRAME or not isinstance(one, Turn)):
            yield turns
            turns, count = [], 0
        if not isinstance(one, Turn):
            yield from _tables(one)
    if turns:
        yield turns


def _tables(inventory: Inventory) -> Iterator[Table]:
    links = iter(inventory.links.values())
    anew = True
    while chunk := list(islice(links, LINKS_IN_FRAME)):
        yield Table(tuple(recorded_link(link) for link in chunk), anew)
        anew = False


def _packed(writer: RecordingWriter, piece: Table | list[Turn]) -> bytes:
    return writer.table(piece) if isinstance(piece, Table) else writer.turns(piece)
