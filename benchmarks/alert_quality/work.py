"""The simulation in pieces that processes share out, and their results put together again."""

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from benchmarks.alert_quality.baselines import (
    Baseline,
    SmokePing,
    big_loss,
    most_sensitive,
    some_loss,
)
from benchmarks.alert_quality.cases import (
    HOUR,
    PER_YEAR,
    Fault,
    Quiet,
    faults,
    line_of,
    quiet_lines,
)
from benchmarks.alert_quality.hidden import Chain, independent
from benchmarks.alert_quality.watched import Rise, Watched
from linkwatch.judge.significance import BACKGROUND_LOSS, SECONDS_PER_YEAR
from linkwatch.model.thresholds import Severity

USUAL: Sequence[Baseline] = (
    SmokePing("someloss", some_loss),
    SmokePing("bigloss", big_loss),
)
"""As its manual has them."""
NEW = 6 * HOUR
_RUNS = 20
_SLOW = 5.0
"""s between probes by default outside conferences."""
_JITTER = 60.0


@dataclass(frozen=True)
class Size:
    """How much is simulated, from which seed."""

    years: float
    runs: int
    seed: int


@dataclass(frozen=True)
class Piece:
    """A part of one case: its position in the table, and which part."""

    size: Size
    is_fault: bool
    case: int
    part: int


@dataclass
class QuietTally:
    """False alarms on a quiet line, by kind, and those of the others' rules."""

    years: float = 0.0
    rounds: float = 0.0
    probes: int = 0
    alarms: Counter[str] = field(default_factory=Counter)
    new: int = 0
    """Of the alarms those within `NEW` of a part's beginning: little was known of the line."""
    parts: int = 0
    peers: Counter[str] = field(default_factory=Counter)

    @property
    def per_year(self) -> float:
        """False alarms per link-year on a line that is known."""
        return (sum(self.alarms.values()) - self.new) / self.years

    def add(self, other: "QuietTally") -> None:
        """Put a part in."""
        self.years += other.years
        self.rounds += other.rounds
        self.probes += other.probes
        self.alarms += other.alarms
        self.new += other.new
        self.parts += other.parts
        self.peers += other.peers


@dataclass
class FaultTally:
    """Each run's time from the onset (s), infinite where nothing came within the horizon."""

    seconds: list[float] = field(default_factory=list)
    probes: list[float] = field(default_factory=list)
    critical: list[float] = field(default_factory=list)
    critical_probes: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    """Seconds with a probe every 5 s."""
    kinds: Counter[str] = field(default_factory=Counter)
    peers: dict[str, list[float]] = field(default_factory=dict)

    def add(self, other: "FaultTally") -> None:
        """Put a part in."""
        self.seconds += other.seconds
        self.probes += other.probes
        self.critical += other.critical
        self.critical_probes += other.critical_probes
        self.slow += other.slow
        self.kinds += other.kinds
        for name, seconds in other.peers.items():
            self.peers.setdefault(name, []).extend(seconds)


@lru_cache
def equals(background: Chain) -> tuple[Baseline, ...]:
    """The others' rules as sharp as our false alarms on this line allow them to be."""
    return most_sensitive(background, PER_YEAR)


def pieces(size: Size) -> list[Piece]:
    """All there is to do."""
    found = [
        Piece(size, False, case, part)
        for case, quiet in enumerate(quiet_lines(size.years))
        for part in range(math.ceil(quiet.years / quiet.chunk - 1e-9))
    ]
    found += [
        Piece(size, True, case, part)
        for case, fault in enumerate(faults(size.runs))
        for part in range(math.ceil(fault.runs / _RUNS))
    ]
    return found


def done(piece: Piece) -> QuietTally | FaultTally:
    """Simulate one piece."""
    if not piece.is_fault:
        quiet = quiet_lines(piece.size.years)[piece.case]
        return _quiet(quiet, piece.part, piece.size.seed)
    fault = faults(piece.size.runs)[piece.case]
    tally = FaultTally()
    for run in range(piece.part * _RUNS, min(fault.runs, (piece.part + 1) * _RUNS)):
        _fault(fault, run, piece.size.seed, tally)
    return tally


def _quiet(case: Quiet, part: int, seed: int) -> QuietTally:
    years = min(case.chunk, case.years - part * case.chunk)
    until = years * SECONDS_PER_YEAR
    rng = random.Random(f"{seed} {case.name} {part}")  # noqa: S311 a simulation, not a secret
    watched = Watched(case.make(rng), case.interval, case.per_year, rng)
    watched.run(until)
    alarms = [rise for rise in watched.rises if rise.before is Severity.OK]
    tally = QuietTally(years, until / case.interval, watched.sent, parts=1)
    tally.alarms.update(rise.kind.value for rise in alarms)
    tally.new = sum(rise.at < NEW for rise in alarms)
    for peer in (*equals(independent(BACKGROUND_LOSS)), *USUAL) if case.peers else ():
        own = random.Random(f"{seed} {case.name} {part} {peer.name}")  # noqa: S311 as above
        tally.peers[peer.name] += sum(1 for _ in peer.alarms(case.make(own), until, own))
    return tally


def _fault(case: Fault, run: int, seed: int, tally: FaultTally) -> None:
    first, critical, sent = _watch(case, f"{seed} {case.name} {run}", 1.0)
    tally.seconds.append(first.at if first else math.inf)
    tally.probes.append(first.probes - sent if first else math.inf)
    tally.critical.append(critical.at if critical else math.inf)
    tally.critical_probes.append(critical.probes - sent if critical else math.inf)
    if first:
        tally.kinds[first.kind.value] += 1
    slow, _, _ = _watch(case, f"{seed} {case.name} {run} slow", _SLOW)
    tally.slow.append(slow.at if slow else math.inf)
    for peer in equals(case.chain) if case.peers else ():
        text = f"{seed} {case.name} {run} {peer.name}"
        rng = random.Random(text)  # noqa: S311 a simulation, not a secret
        onset = case.warm_up + rng.random() * SmokePing.STEP
        alarms = peer.alarms(line_of(case, onset, rng), onset + case.horizon, rng)
        after = next((at - onset for at in alarms if at >= onset), math.inf)
        tally.peers.setdefault(peer.name, []).append(after)


def _watch(case: Fault, text: str, interval: float) -> tuple[Rise | None, Rise | None, int]:
    """The first rise after the onset, the first that is critical, and the probes sent before."""
    rng = random.Random(text)  # noqa: S311 a simulation, not a secret
    onset = case.warm_up + rng.random() * _JITTER
    watched = Watched(line_of(case, onset, rng), interval, PER_YEAR, rng)
    watched.run(onset)
    sent = watched.sent
    watched.run(onset + case.horizon, Severity.CRITICAL)
    rises = [Rise(r.at - onset, *r[1:]) for r in watched.rises if r.at >= onset]
    critical = next((r for r in rises if r.severity is Severity.CRITICAL), None)
    return next(iter(rises), None), critical, sent
