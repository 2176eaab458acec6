"""Windows and judge at a country's rate: CPU of one sample a second of each link."""

import argparse
import gc
import random
import sys
import tempfile
import time  # noqa: TID251 what is measured is real time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.common import command, province
from benchmarks.common.goal import Goal, verdicts
from benchmarks.common.kept import read
from benchmarks.common.page import Page, Section, Table, say
from linkwatch.judge.link import LinkJudge
from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.runtime.events import Numbered, Probed
from linkwatch.runtime.state import State
from linkwatch.runtime.step import step

_GATE = 0.5
"""Of one core."""
_MOST_LINKS = 100_000
_TEMPLATE = 480
_NUMBERS = 1_000_000
"""Of incidents, more than can be opened."""
TURNS = 50
"""Of the probe loop in a second."""
_WARM = 75
"""s, after which all windows are full."""
KNOWN = 0.02
"""s from sending a probe until its end is known."""
START = datetime(2021, 5, 15, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Lines:
    """What all links do: lose so much, and answer in `rtt` s and a log-normal tail else."""

    name: str
    loss: float
    rtt: float
    tail: float = 0.002
    has_goal: bool = False

    def result(self, link: LinkId, sent_at: float, rng: random.Random) -> ProbeResult:
        """The end of one probe."""
        if rng.random() < self.loss:
            return ProbeResult(link, 0, sent_at, Outcome.NO_REPLY)
        rtt = self.rtt + self.tail * rng.lognormvariate(0, 0.8)
        return ProbeResult(link, 0, sent_at, Outcome.ANSWERED, rtt)


LINES = (
    Lines("healthy: 0.5 % lost, 20 ms", 0.005, 0.020, has_goal=True),
    Lines("all lose 10 %", 0.1, 0.020),
    Lines("all slow and unsteady", 0.005, 0.400, 0.050),
)

Take = Callable[[Sequence[ProbeResult], Moment], None]


def main(given: Sequence[str]) -> int:
    """Command line; exit code 1 where the goal was missed."""
    accepted = command.parser("benchmarks.judge", __doc__)
    accepted.add_argument(
        "--links", type=command.whole(_MOST_LINKS), default=23_000, help="how many (23000)"
    )
    accepted.add_argument(
        "--seconds", type=command.whole(600), default=30, help="measured, simulated (30)"
    )
    accepted.add_argument("--seed", type=command.whole(1 << 31, 0), default=1, help="(1)")
    made = command.circumstances(accepted, given)
    return command.carry_out(accepted, given, lambda chosen: _measured(chosen, made))


def _measured(chosen: argparse.Namespace, made: Mapping[str, str]) -> tuple[Page, int]:
    inventory = inventory_of(chosen.links)
    rows, records, goals = [], [], []
    for lines in LINES:
        figures = []
        for who, make in (("judge", _judge), ("engine", _engine)):
            say(f"{chosen.links:,} links, {lines.name}: {who}")
            each = _seconds_each(lines, inventory, make(inventory), chosen)
            figures += [f"{each * 1e6:.2f} µs", f"{100 * each * chosen.links:.1f} %"]
            records.append({"lines": lines.name, "who": who, "seconds_each": each})
            if lines.has_goal:
                what = f"{chosen.links:,} links at one sample a second, share of one core"
                goals.append(Goal(what, each * chosen.links, _GATE, place=who))
        rows.append((lines.name, *figures))
    head = ("", "judge, a sample", "of a core", "with the engine, a sample", "of a core")
    page = Page("The judge at a country's rate", made)
    page.sections = [
        verdicts(goals),
        Section("CPU", [_WORDS], [Table(head, rows)], records),
    ]
    return page, 1 if any(goal.verdict.value == "missed" for goal in goals) else 0


def inventory_of(links: int) -> Inventory:
    """A province's, with as many links as are wanted: copies of its own."""
    with tempfile.TemporaryDirectory() as home:
        small = read(province.write(province.Size(_TEMPLATE), Path(home))).inventory
    models = tuple(small.links.values())
    copies = (
        replace(models[number % len(models)], id=LinkId(f"l{number}")) for number in range(links)
    )
    return replace(small, links={link.id: link for link in copies})


def _judge(inventory: Inventory) -> Take:
    start = Moment(0.0, START)
    judges = {
        link.id: LinkJudge(link, (), inventory.false_alarms_per_link_year, start)
        for link in inventory.links.values()
    }

    def take(results: Sequence[ProbeResult], now: Moment) -> None:
        for result in results:
            judge = judges[result.link]
            if not judge.pass_by(result, now):
                judge.take(result, now)

    return take


def _engine(inventory: Inventory) -> Take:
    state = State(inventory)
    start = Moment(0.0, START)
    state.adopt(inventory, start)
    step(state, Numbered(range(1, _NUMBERS)), start)

    def take(results: Sequence[ProbeResult], now: Moment) -> None:
        step(state, Probed(tuple(results)), now)

    return take


def _seconds_each(
    lines: Lines, inventory: Inventory, take: Take, chosen: argparse.Namespace
) -> float:
    """CPU s of one sample, once the windows are full."""
    rng = random.Random(chosen.seed)  # noqa: S311 a simulation, and the same each time
    gc.collect()
    gc.freeze()
    spent = 0.0
    for second in range(_WARM + chosen.seconds):
        for number, turn in enumerate(turns_of(lines, inventory, second, rng)):
            seconds = second + number / TURNS + KNOWN
            now = Moment(seconds, START + timedelta(seconds=seconds))
            began = time.process_time()
            take(turn, now)
            spent += time.process_time() - began if second >= _WARM else 0.0
    gc.unfreeze()
    measured: int = chosen.seconds
    return spent / (measured * len(inventory.links))


def turns_of(
    lines: Lines, inventory: Inventory, second: int, rng: random.Random
) -> Iterator[Sequence[ProbeResult]]:
    """The turns of the probe loop in that second: the ends of a probe of each link."""
    links = list(inventory.links)
    size = -(-len(links) // TURNS)
    for number, first in enumerate(range(0, len(links), size)):
        sent_at = second + number / TURNS
        yield [lines.result(link, sent_at, rng) for link in links[first : first + size]]


_WORDS = (
    "Every link's probes end one a second, in the probe loop's turns of 20 ms; their making is not"
    " counted. *Judge*: windows, charts and verdicts. *With the engine*: incidents and their"
    " records too, which the writer then stores."
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
