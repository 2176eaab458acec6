"""What is simulated: lines on which nothing is wrong, and faults that begin at a known time."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.alert_quality.hidden import Chain, independent
from benchmarks.alert_quality.lines import Both, Bursty, Changing, Independent, Line, Varying
from linkwatch.judge.significance import BACKGROUND_LOSS

PER_YEAR = 0.02
"""The setting, as by default."""
HOUR, DAY = 3600.0, 86_400.0

Make = Callable[[random.Random], Line]


def background(rng: random.Random) -> Line:
    """What a healthy line is taken to lose."""
    return Independent(rng, BACKGROUND_LOSS)


@dataclass(frozen=True)
class Quiet:
    """A line that stays as it is, so that every alarm is false: `years` of it, at `interval` s."""

    name: str
    make: Make
    years: float
    interval: float = 1.0
    per_year: float = PER_YEAR
    chunk: float = 1.0
    """Years that one task simulates."""
    peers: bool = False
    """Whether the others' rules are tried on it as well."""


@dataclass(frozen=True)
class Fault:
    """From the onset on the line is as `after` says; `warm_up` and `horizon` in s.

    `chance` of loss, where the fault is one of independent losses, for the bound. The others are
    as sharp as `chain`, the line before, allows them to be.
    """

    name: str
    after: Callable[[random.Random, float], Line]
    runs: int
    chance: float | None = None
    before: Make = background
    chain: Chain = independent(BACKGROUND_LOSS)
    warm_up: float = HOUR
    horizon: float = 6 * HOUR
    peers: bool = True


BURSTS = Chain(good=198.0, bad=2.0, chance=0.5)
"""0.5 % in all: half of what is sent in a bad time of two seconds, every 200 s."""
STUTTER = Chain(good=99.5, bad=0.5, chance=1.0)
"""0.5 % in all: everything for half a second, every 100 s."""


def bursty(rng: random.Random) -> Line:
    """`BURSTS` as a line."""
    return Bursty(rng, BURSTS)


def stutter(rng: random.Random) -> Line:
    """`STUTTER` as a line."""
    return Bursty(rng, STUTTER)


def daily(rng: random.Random) -> Line:
    """20 ms at night, 30 ms at the busiest, a log-normal tail; one reply in a hundred strays."""
    return Varying(rng, lambda _: 0.001, _daily_rtt)


def _daily_rtt(at: float, rng: random.Random) -> float:
    base = 0.020 + 0.010 * math.sin(math.pi * (at % DAY) / DAY) ** 2
    stray = rng.expovariate(1 / 0.080) if rng.random() < 0.01 else 0.0
    return base + rng.lognormvariate(math.log(0.002), 0.8) + stray


def loses(chance: float) -> Callable[[random.Random, float], Line]:
    """Independent losses from the onset on."""
    return lambda rng, onset: Varying(rng, lambda _: chance, start=onset)


def on_top_of_bursts(chance: float) -> Callable[[random.Random, float], Line]:
    """Independent losses beside those of a bursty line."""
    return lambda rng, onset: Both(bursty(rng), Varying(rng, lambda _: chance, start=onset))


def congested(rng: random.Random, onset: float) -> Line:
    """A full queue: 45 ms more on average, widely spread, and 3 % lost."""

    def rtt(at: float, rng: random.Random) -> float:
        return 0.020 + rng.gammavariate(4.0, 0.045 / 4)

    return Varying(rng, lambda _: 0.03, rtt, onset)


def slower(rtt: float) -> Callable[[random.Random, float], Line]:
    """Another, longer way: the delay jumps, and has a tail."""
    return lambda rng, onset: Varying(
        rng,
        lambda _: BACKGROUND_LOSS,
        lambda at, rng: rtt + rng.lognormvariate(math.log(0.002), 0.8),
        onset,
    )


def flapping(rng: random.Random, onset: float) -> Line:
    """Dead for ten seconds in every twenty."""
    return Varying(rng, lambda at: float(at % 20.0 < 10.0), start=onset)


def wearing_out(rng: random.Random, onset: float) -> Line:
    """Loss that grows evenly from 1 % to 10 % within an hour: begun when the warning level is."""
    return Varying(rng, lambda at: 0.01 + 0.09 * min(1.0, at / HOUR), start=onset)


def filling_up(rng: random.Random, onset: float) -> Line:
    """Delay that grows evenly from 50 ms, the warning level, to 100 ms within an hour."""

    def rtt(at: float, rng: random.Random) -> float:
        return 0.050 + 0.050 * min(1.0, at / HOUR) + rng.gauss(0.0, 0.003)

    return Varying(rng, lambda _: BACKGROUND_LOSS, rtt, onset)


def line_of(fault: Fault, onset: float, rng: random.Random) -> Line:
    """The line with its fault."""
    return Changing(fault.before(rng), fault.after(rng, onset), onset)


def quiet_lines(years: float) -> tuple[Quiet, ...]:
    """Of the most important one so many years; of the others what tells as much in less time."""
    few = years / 100
    return (
        Quiet("independent loss of 0.5 %", background, years, peers=True),
        Quiet("the same loss, a probe every 5 s", background, years / 5, 5.0, chunk=5.0),
        Quiet("no loss", lambda rng: Independent(rng, 0.0), years, chunk=50.0),
        Quiet("0.5 % in bursts: half of 2 s", bursty, few, chunk=0.25, peers=True),
        Quiet("0.5 % in bursts: all of 0.5 s", stutter, few, chunk=0.25, peers=True),
        Quiet("a day's ups and downs of delay", daily, few / 5, chunk=0.05),
        Quiet("the same delay, a probe every 5 s", daily, few / 2, 5.0, chunk=0.25),
        Quiet("independent loss of 0.5 %, setting 2", background, few * 2, per_year=2.0),
        Quiet("independent loss of 0.5 %, setting 20", background, few * 2, per_year=20.0),
    )


def faults(runs: int) -> tuple[Fault, ...]:
    """Those with a bound first."""
    few = max(20, runs // 10)
    return (
        Fault("outage", loses(1.0), runs, 1.0, horizon=HOUR),
        Fault("loss of 60 %", loses(0.6), runs, 0.6),
        Fault("loss of 20 %", loses(0.2), runs, 0.2),
        Fault("loss of 10 %", loses(0.1), runs, 0.1),
        Fault("loss of 5 %", loses(0.05), runs, 0.05, horizon=DAY),
        Fault("loss of 2.5 %", loses(0.025), few, 0.025, horizon=DAY),
        Fault("loss of 1 %", loses(0.01), few, 0.01, horizon=2 * DAY),
        _on_bursty("outage of a bursty line", 1.0, few),
        _on_bursty("20 % more on a bursty line", 0.2, few),
        _on_bursty("5 % more on a bursty line", 0.05, few),
        Fault("flapping, 10 s dead of 20", flapping, few),
        Fault("loss that grows from 1 to 10 % in an hour", wearing_out, few),
        Fault("congestion: 65 ms, 3 % lost", congested, few),
        Fault("delay jumps to 60 ms", slower(0.058), few, peers=False),
        Fault("delay jumps to 120 ms", slower(0.118), few, peers=False),
        Fault("delay grows from 50 to 100 ms in an hour", filling_up, few, peers=False),
    )


def _on_bursty(name: str, chance: float, runs: int) -> Fault:
    after = on_top_of_bursts(chance)
    return Fault(name, after, runs, chance, bursty, BURSTS, warm_up=DAY, horizon=DAY)
