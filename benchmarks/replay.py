"""A recording: what it costs to make, how large it is, and how fast it is replayed."""

import argparse
import asyncio
import gc
import json
import random
import subprocess
import sys
import tempfile
import time  # noqa: TID251 what is measured is real time
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.common import command, province
from benchmarks.common.goal import Goal, figure, verdicts
from benchmarks.common.kept import read
from benchmarks.common.page import Page, Section, Table, UsageError, say
from benchmarks.judge import KNOWN, LINES, START, Lines, inventory_of, turns_of
from linkwatch.host.clock import SystemClock
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Outcome
from linkwatch.model.moment import Moment
from linkwatch.model.recording import Start, Turn
from linkwatch.model.recording import Table as Links
from linkwatch.runtime.recorder import MOST_IN_FRAME, WRITE_EVERY, Recording
from linkwatch.wire.recording import RecordingWriter, recorded_link
from linkwatch.wire.recording_frames import HEADER, FrameKind

_GATE, _MOONSHOT = 10_000.0, 100_000.0
"""Times real time, of one link at one probe a second."""
_COST_GATE = 2.0
"""µs of CPU a probe that is recorded may take."""
_SIZE_GATE = 8.0
"""Bytes a probe of a province may take."""
_PROVINCE, _COUNTRY = 480, 23_000
_TIMEOUT = 0.9


@dataclass(frozen=True)
class Replayed:
    """A recording of so many links, and what `linkwatch replay` made of it."""

    lines: Lines
    links: int
    seconds: float
    probes: int
    size: int
    took: float
    """s, of the whole command from its start to its end."""
    incidents: int

    @property
    def speed(self) -> float:
        """Times real time."""
        return self.seconds / self.took

    @property
    def each(self) -> float:
        """Bytes a probe."""
        return self.size / self.probes


def main(given: Sequence[str]) -> int:
    """Command line; exit code 1 where a goal was missed."""
    accepted = command.parser("benchmarks.replay", __doc__)
    accepted.add_argument(
        "--hours", type=command.whole(8784), default=168, help="of one link, simulated (168)"
    )
    accepted.add_argument(
        "--minutes", type=command.whole(1440), default=30, help="of a province, simulated (30)"
    )
    accepted.add_argument(
        "--links", type=command.whole(100_000), default=_COUNTRY, help="of a country (23000)"
    )
    accepted.add_argument("--seed", type=command.whole(1 << 31, 0), default=1, help="(1)")
    made = command.circumstances(accepted, given)
    return command.carry_out(accepted, given, lambda chosen: _measured(chosen, made))


def _measured(chosen: argparse.Namespace, made: Mapping[str, str]) -> tuple[Page, int]:
    with tempfile.TemporaryDirectory() as home:
        one = [_replayed(lines, 1, 3600.0 * chosen.hours, chosen, Path(home)) for lines in LINES]
        many = [
            _replayed(lines, _PROVINCE, 60.0 * chosen.minutes, chosen, Path(home))
            for lines in LINES
        ]
    taken, packed, links = _recorded(chosen)
    goals = [
        Goal("one link replayed", r.speed, _GATE, "times real time", _MOONSHOT, True, r.lines.name)
        for r in one
    ]
    goals += [
        Goal("a province's recording", r.each, _SIZE_GATE, "bytes a probe", place=r.lines.name)
        for r in many
    ]
    goals.append(Goal("recording", 1e6 * (taken + packed), _COST_GATE, "µs of CPU a probe"))
    page = Page("Record and replay", made)
    page.sections = [
        verdicts(goals),
        Section(
            "Replay", [_REPLAY], [_replay_table([*one, *many])], [_record(r) for r in one + many]
        ),
        Section(
            "Recording",
            [_RECORDING],
            [
                Table(
                    ("", "in the turn, a probe", "packed aside, a probe", "the links, once"),
                    [
                        (
                            f"{chosen.links:,} links, one probe a second each",
                            f"{taken * 1e6:.3f} µs",
                            f"{packed * 1e6:.2f} µs",
                            f"{links * 1e3:.0f} ms",
                        )
                    ],
                )
            ],
            [{"taken": taken, "packed": packed, "links": links}],
        ),
    ]
    return page, 1 if any(goal.verdict.value == "missed" for goal in goals) else 0


def _replay_table(results: Sequence[Replayed]) -> Table:
    head = ("links", "lines", "time", "probes", "bytes a probe", "took", "times real time",
            "incidents")  # fmt: skip
    return Table(
        head,
        [
            (
                str(r.links),
                r.lines.name,
                f"{r.seconds / 3600:.1f} h",
                f"{r.probes:,}",
                f"{r.each:.2f}",
                f"{r.took:.1f} s",
                figure(r.speed),
                str(r.incidents),
            )
            for r in results
        ],
    )


def _record(result: Replayed) -> dict[str, object]:
    return {
        "links": result.links,
        "lines": result.lines.name,
        "seconds": result.seconds,
        "probes": result.probes,
        "bytes": result.size,
        "took": result.took,
        "speed": result.speed,
        "incidents": result.incidents,
    }


def _replayed(
    lines: Lines, links: int, seconds: float, chosen: argparse.Namespace, home: Path
) -> Replayed:
    config = province.write(province.Size(links), home)
    inventory = read(config).inventory
    path = home / "kept.lwrec"
    say(f"{links} links, {lines.name}: recording {seconds / 3600:.1f} h")
    with path.open("wb") as file:
        for piece in _written(lines, inventory, int(seconds), random.Random(chosen.seed)):  # noqa: S311 a simulation, and the same each time
            file.write(piece)
    say(f"{links} links, {lines.name}: replaying")
    arguments = ("replay", str(path), "-c", str(config), "--json")
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 our own command
        [sys.executable, "-m", "linkwatch", *arguments], capture_output=True, check=False
    )
    took = time.monotonic() - began
    if done.returncode != 0:
        raise UsageError(f"linkwatch replay failed: {done.stderr.decode().strip()}")
    shown = json.loads(done.stdout)
    return Replayed(
        lines,
        links,
        shown["seconds"],
        shown["probes"],
        path.stat().st_size,
        took,
        len(shown["incidents"]),
    )


def _written(
    lines: Lines, inventory: Inventory, seconds: int, rng: random.Random
) -> Iterator[bytes]:
    """As the recorder writes it: a frame each few seconds, or when it has enough."""
    writer = RecordingWriter()
    links = tuple(map(recorded_link, inventory.links.values()))
    yield writer.start(Start(START, "benchmark"))
    yield writer.table(Links(links, anew=True))
    waiting: list[Turn] = []
    for second in range(seconds):
        waiting += _turns(lines, inventory, second, rng)
        full = sum(len(turn.results) for turn in waiting) >= MOST_IN_FRAME
        if full or second % int(WRITE_EVERY) == 0 or second == seconds - 1:
            waiting.sort(key=_known_at)
            ended = bisect_left(waiting, float(second + 1), key=_known_at)
            yield writer.turns(waiting[:ended])
            waiting = waiting[ended:]


def _known_at(turn: Turn) -> float:
    return turn.now.monotonic


def _turns(lines: Lines, inventory: Inventory, second: int, rng: random.Random) -> Iterator[Turn]:
    """What ends in that second: answers at once, what is lost with its time-out."""
    for results in turns_of(lines, inventory, second, rng):
        answered = [r for r in results if r.outcome is Outcome.ANSWERED]
        lost = [r for r in results if r.outcome is not Outcome.ANSWERED]
        for known, ended in ((KNOWN, answered), (_TIMEOUT, lost)):
            if ended:
                # A tick comes when the event loop has time for it.
                at = ended[0].sent_at + known + 0.001 * rng.random()
                yield Turn(Moment(at, START + timedelta(seconds=at)), ended)


def _recorded(chosen: argparse.Namespace) -> tuple[float, float, float]:
    """CPU s a probe in the turn, and aside; CPU s of the links' table, once."""
    inventory = inventory_of(chosen.links)
    say(f"{chosen.links:,} links: the recorder")
    clock = SystemClock()
    rng = random.Random(chosen.seed)  # noqa: S311 as above
    recording = Recording(clock, Start(START, "benchmark"), inventory, -1.0, lambda: None)
    turns = [turn for second in range(5) for turn in _turns(LINES[0], inventory, second, rng)]
    probes = sum(len(turn.results) for turn in turns)
    gc.collect()
    began = time.process_time()
    for turn in turns:
        recording.take(Turn(turn.now, results=turn.results))
    taken = time.process_time() - began
    spent = dict.fromkeys(FrameKind, 0.0)

    async def pack() -> None:
        at = time.process_time()
        async for piece in recording.frames():
            kind = FrameKind(piece.removeprefix(HEADER)[0])
            spent[kind] += time.process_time() - at
            at = time.process_time()

    asyncio.run(pack())
    return taken / probes, spent[FrameKind.TURNS] / probes, spent[FrameKind.TABLE]


_REPLAY = (
    "`linkwatch replay FILE --json` as a process, from its start to its end: Python's start and the"
    " configuration are in it. Each link is probed once a second; the recording is written in the"
    " recorder's own frames."
)
_RECORDING = (
    "CPU. *In the turn*: what the engine's turn takes longer; while nobody records, that is one"
    " comparison a turn. *Packed aside*: by a thread, in pieces of at most"
    f" {MOST_IN_FRAME:,} measurements."
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
