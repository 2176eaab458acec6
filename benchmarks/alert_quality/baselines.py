"""What peers would have said of the same line: their usual rules, asked at their usual times.

Each is told of a loss the moment it could know of it; what its notifier adds is left out.
"""

import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from benchmarks.alert_quality.hidden import Chain
from benchmarks.alert_quality.lines import Line
from linkwatch.judge.significance import SECONDS_PER_YEAR

_TIMEOUT = 1.0


class Baseline(Protocol):
    """A rule and its schedule."""

    @property
    def name(self) -> str:
        """As in the table."""
        ...

    def alarms(self, line: Line, until: float, rng: random.Random) -> Iterator[float]:
        """When it alarms: the beginning of each alarm (s)."""
        ...


class Misses:
    """So many consecutive misses, one probe a second."""

    def __init__(self, misses: int) -> None:
        self._misses = misses
        self.name = f"{misses} misses in a row at 1 Hz"

    def alarms(self, line: Line, until: float, rng: random.Random) -> Iterator[float]:
        at, run = rng.random(), 0
        while at < until:
            free = line.free(at, 1.0)
            if free:
                line.passed(free)
                at, run = at + free, 0
                continue
            run = run + 1 if line.lost(at) else 0
            if run == self._misses:
                yield at + _TIMEOUT
            at += 1

    def per_year(self, chain: Chain) -> float:
        """Its false alarms per link-year, computed."""
        now = dict(chain.told(chain.start))[False]
        for _ in range(self._misses):
            now = dict(chain.told(chain.later(now, 1.0)))[True]
        return SECONDS_PER_YEAR * sum(now)


class Prometheus:
    """avg_over_time(probe_success[1m]) below a level for 1m; scraped and evaluated every 15 s."""

    _SCRAPE, _WINDOW = 15.0, 4
    _TRUE = 5
    """Evaluations in a row: the first of them is a minute before the last."""

    def __init__(self, lost: int) -> None:
        self._lost = lost
        self.name = f"avg_over_time(probe_success[1m]) < {1.25 - lost / self._WINDOW:g} for 1m"

    def alarms(self, line: Line, until: float, rng: random.Random) -> Iterator[float]:
        at, lag = rng.random() * self._SCRAPE, rng.random() * self._SCRAPE
        window = deque([False] * self._WINDOW, self._WINDOW)
        true = 0
        while at < until:
            free = 0 if true or any(window) else line.free(at, self._SCRAPE)
            if free:
                line.passed(free)
                at += free * self._SCRAPE
                continue
            window.append(line.lost(at))
            true = true + 1 if sum(window) >= self._lost else 0
            if true == self._TRUE:
                yield at + lag
            at += self._SCRAPE

    def per_year(self, chain: Chain) -> float:
        """Its false alarms per link-year, computed.

        The last samples and the evaluations in a row as a chain, followed until it is steady.
        """
        chances = {((False,) * self._WINDOW, 0): chain.start}
        alarms = 0.0
        for _ in range(60):
            after: dict[tuple[tuple[bool, ...], int], tuple[float, float]] = {}
            alarms = 0.0
            for (window, true), now in chances.items():
                for lost, (good, bad) in chain.told(chain.later(now, self._SCRAPE)):
                    seen = (*window[1:], lost)
                    held = true + 1 if sum(seen) >= self._lost else 0
                    alarms += (good + bad) * (held == self._TRUE)
                    key = (seen, min(held, self._TRUE + 1))
                    before = after.get(key, (0.0, 0.0))
                    after[key] = (before[0] + good, before[1] + bad)
            chances = after
        return alarms * SECONDS_PER_YEAR / self._SCRAPE


Steps = Sequence[int]
"""Pings lost in each step, the last one last."""
Pattern = Callable[[Steps], bool]


class SmokePing:
    """20 pings a second apart every 300 s, and an alert pattern over the losses of its steps."""

    STEP, PINGS = 300.0, 20
    _KEPT = 30

    def __init__(self, name: str, pattern: Pattern) -> None:
        self.name = f"SmokePing {name}"
        self._pattern = pattern

    def alarms(self, line: Line, until: float, rng: random.Random) -> Iterator[float]:
        step, alarmed = rng.random() * self.STEP, False
        steps = deque([0] * self._KEPT, self._KEPT)
        while step < until:
            steps.append(self._ping(line, step))
            before, alarmed = alarmed, steps[-1] > 0 and self._pattern(list(steps))
            if alarmed and not before:
                yield step + self.PINGS + _TIMEOUT
            step += self.STEP

    def _ping(self, line: Line, step: float) -> int:
        if line.free(step, 1.0) >= self.PINGS:
            line.passed(self.PINGS)
            return 0
        return sum(line.lost(step + ping) for ping in range(self.PINGS))


def some_loss(steps: Steps) -> bool:
    """The pattern `>0%,*12*,>0%,*12*,>0%` of SmokePing's manual: loss three times within hours."""
    earlier = [number for number in range(2, 2 + 13) if steps[-number] > 0]
    return steps[-1] > 0 and any(steps[-n - 1 - m] > 0 for n in earlier for m in range(13))


def big_loss(steps: Steps) -> bool:
    """The pattern `==0%,==0%,==0%,==0%,>0%,>0%,>0%`: it suddenly begins to lose."""
    return all(steps[-n] > 0 for n in (1, 2, 3)) and not any(steps[-n] for n in (4, 5, 6, 7))


def lost_in_a_step(pings: int) -> Pattern:
    """So many pings of one step, or more."""
    return lambda steps: steps[-1] >= pings


def most_sensitive(chain: Chain, allowed: float) -> tuple[Baseline, ...]:
    """Each rule set as sharply as gives no more false alarms per link-year than allowed."""
    scraped = next(p for n in range(1, 5) if (p := Prometheus(n)).per_year(chain) <= allowed)
    misses = next(m for n in range(1, 60) if (m := Misses(n)).per_year(chain) <= allowed)
    steps = SECONDS_PER_YEAR / SmokePing.STEP
    pings = next(n for n in range(1, 22) if steps * _lost_at_least(chain, n) <= allowed)
    percent = 100 * pings / SmokePing.PINGS
    return scraped, SmokePing(f">={percent:g}% in a step", lost_in_a_step(pings)), misses


def _lost_at_least(chain: Chain, pings: int) -> float:
    """The chance that a step of SmokePing loses so many pings."""
    by_lost = {0: chain.start}
    for _ in range(SmokePing.PINGS):
        after: dict[int, tuple[float, float]] = {}
        for lost, now in by_lost.items():
            for is_lost, (good, bad) in chain.told(chain.later(now, 1.0)):
                before = after.get(lost + is_lost, (0.0, 0.0))
                after[lost + is_lost] = (before[0] + good, before[1] + bad)
        by_lost = after
    return sum(sum(chances) for lost, chances in by_lost.items() if lost >= pings)
