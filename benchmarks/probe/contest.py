"""One contestant's run, measured from outside: by the kernel's counts, not its own."""

import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from benchmarks.common.machine import echo_requests, usage
from benchmarks.probe.contestants import Contestant
from benchmarks.probe.matching import Matched, match
from benchmarks.probe.process import Running, Task
from benchmarks.probe.report import Report
from benchmarks.probe.targets import sample_mask
from benchmarks.probe.truth import Capture
from linkwatch.host.clock import SystemClock
from support.figures import percentile

_BEGIN_WITHIN = 60.0
_AFTER = 1.5
_LOOK_EVERY = 0.05
_FIRST = 100
KEEPS_UP = 0.95
_wait = threading.Event().wait
_clock = SystemClock()


@dataclass(frozen=True)
class Result:
    """CPU in s per ping; pings a second; memory in bytes; errors of RTTs in s, sorted.

    `wanted` pings a second were asked for, 0 standing for as many as it can. `failed` says why
    there is nothing else to say.
    """

    wanted: float = 0.0
    cpu: float = 0.0
    rate: float = 0.0
    resident: int = 0
    sent: int | None = None
    lost: int | None = None
    unknown: int = 0
    errors: Sequence[float] = ()
    odd: int = 0
    facts: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    failed: str = ""

    @property
    def keeps_up(self) -> bool:
        """Whether it pings as often as it was asked to."""
        return not self.failed and self.rate >= KEEPS_UP * self.wanted

    @property
    def error_marks(self) -> tuple[float, float, float] | None:
        """The RTT's error in s at p50 and p99, and the worst; None where there are no samples."""
        if not self.errors:
            return None
        return percentile(self.errors, 0.5), percentile(self.errors, 0.99), self.errors[-1]

    def record(self) -> dict[str, object]:
        """For JSON."""
        record = asdict(self)
        record["errors"] = self.error_marks
        record["samples"] = len(self.errors)
        return {**record, "keeps_up": self.keeps_up}


def run(contestant: Contestant, task: Task) -> Result:
    """Start it, measure it for `task.seconds` once it is warm, and end it."""
    wanted = 0.0 if "--flat-out" in task.flags else float(task.targets)
    warm_up = contestant.warm_up(task.targets)
    whole = replace(task, seconds=warm_up + task.seconds + _AFTER)
    with Capture(sample_mask(task.targets)) as capture:
        begun = echo_requests()
        running = contestant.start(whole)
        try:
            if not _has_begun(running, begun + min(_FIRST, task.targets)):
                return Result(wanted, failed="sent nothing")
            return _measure(running, capture, task.seconds, warm_up, wanted)
        except subprocess.TimeoutExpired:
            return Result(wanted, failed="did not end in time")
        except (RuntimeError, OSError, ValueError) as error:
            return Result(wanted, failed=str(error))
        finally:
            running.kill()


def _measure(
    running: Running, capture: Capture, seconds: float, warm_up: float, wanted: float
) -> Result:
    _wait(warm_up)
    running.mark()
    before, pings, since = usage(running.pid), echo_requests(), _clock.now()
    _wait(seconds)
    after, pings, until = usage(running.pid), echo_requests() - pings, _clock.now()
    report = running.finish()
    if before is None or after is None:
        return Result(wanted, failed="ended too early")
    if capture.is_flooded:
        matched = Matched()
    else:
        span = (since.wall.timestamp(), until.wall.timestamp())
        matched = match(report.samples, capture.passages(), *span)
    return Result(
        wanted=wanted,
        cpu=(after.cpu - before.cpu) / max(pings, 1),
        rate=pings / (until.monotonic - since.monotonic),
        resident=after.resident,
        sent=report.sent,
        lost=report.lost,
        unknown=report.unknown,
        errors=matched.errors,
        odd=matched.odd,
        facts=report.facts,
        note=_note(report, capture, matched),
    )


def _note(report: Report, capture: Capture, matched: Matched) -> str:
    notes = [report.note]
    if matched.odd:
        notes.append(f"{matched.odd} samples fit nothing on the wire")
    if report.samples and capture.is_flooded:
        notes.append("RTTs not checked: the capture was flooded")
    return "; ".join(filter(None, notes))


def typical(results: Sequence[Result]) -> Result:
    """The run with the median CPU, with the losses and errors of all; a failure if any failed."""
    for result in results:
        if result.failed:
            return result
    middle = sorted(results, key=lambda result: result.cpu)[(len(results) - 1) // 2]
    return replace(
        middle,
        sent=_total([result.sent for result in results]),
        lost=_total([result.lost for result in results]),
        unknown=sum(result.unknown for result in results),
        errors=tuple(sorted(error for result in results for error in result.errors)),
        odd=sum(result.odd for result in results),
    )


def _total(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _has_begun(running: Running, requests: int) -> bool:
    """Whether so many requests are seen; one that ends instead is asked why, and raises it."""
    end = _clock.now().monotonic + _BEGIN_WITHIN
    while _clock.now().monotonic < end:
        if echo_requests() >= requests:
            return True
        if running.has_ended:
            running.finish()
            return False
        _wait(_LOOK_EVERY)
    return False
