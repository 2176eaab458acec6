"""One contestant's run, measured from outside: by the kernel's counts, not its own."""

import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.probe.contestants import Contestant, Task
from benchmarks.probe.kernel import echo_requests, usage
from benchmarks.probe.report import Report
from benchmarks.probe.targets import addresses, sample_mask, sampled
from benchmarks.probe.truth import Capture
from linkwatch.host.clock import SystemClock

_BEGIN_WITHIN = 20.0
_WARM_UP = 1.5
_AFTER = 1.5
_LOOK_EVERY = 0.05
_wait = threading.Event().wait
_clock = SystemClock()


@dataclass(frozen=True)
class Result:
    """CPU in s per ping; pings a second; memory in bytes; errors of RTTs in s, sorted.

    `failed` says why there is nothing else to say.
    """

    cpu: float = 0.0
    rate: float = 0.0
    resident: int = 0
    sent: int | None = None
    lost: int | None = None
    errors: tuple[float, ...] = ()
    note: str = ""
    failed: str = ""


def run(contestant: Contestant, task: Task) -> Result:
    """Start it, measure it for `task.seconds` once it is warm, and end it."""
    whole = Task(
        task.targets, task.seconds + _WARM_UP + _AFTER, prefix=task.prefix, flags=task.flags
    )
    with Capture(sample_mask(task.targets)) as capture:
        begun = echo_requests()
        running = contestant.start(whole)
        try:
            if not _has_begun(begun + min(100, task.targets)):
                return Result(failed="sent nothing")
            _wait(_WARM_UP)
            before, pings, since = usage(running.pid), echo_requests(), _now()
            _wait(task.seconds)
            after, pings, seconds = usage(running.pid), echo_requests() - pings, _now() - since
            report = running.finish()
            if before is None or after is None:
                return Result(failed="ended too early")
        except subprocess.TimeoutExpired:
            return Result(failed="did not end in time")
        except (RuntimeError, OSError) as error:
            return Result(failed=str(error))
        finally:
            running.kill()
    return Result(
        cpu=(after.cpu - before.cpu) / max(pings, 1),
        rate=pings / seconds,
        resident=after.resident,
        sent=report.sent,
        lost=report.lost,
        errors=_errors(report, capture, sampled(addresses(task.targets))),
        note=report.note,
    )


def typical(results: Sequence[Result]) -> Result:
    """The run with the median CPU, with the losses and errors of all; a failure if any failed."""
    failed = [result for result in results if result.failed]
    if failed:
        return failed[0]
    middle = median(result.cpu for result in results[: len(results) // 2 * 2 + 1])
    chosen = min(results, key=lambda result: abs(result.cpu - middle))
    return Result(
        cpu=chosen.cpu,
        rate=chosen.rate,
        resident=chosen.resident,
        sent=_total([result.sent for result in results]),
        lost=_total([result.lost for result in results]),
        errors=tuple(sorted(error for result in results for error in result.errors)),
        note=chosen.note,
    )


def _total(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _has_begun(requests: int) -> bool:
    end = _now() + _BEGIN_WITHIN
    while _now() < end:
        if echo_requests() >= requests:
            return True
        _wait(_LOOK_EVERY)
    return False


def _now() -> float:
    return _clock.now().monotonic


def _errors(report: Report, capture: Capture, closely: Sequence[str]) -> tuple[float, ...]:
    """How far each reported RTT is from the truth; the n-th of a target belongs to its n-th."""
    return tuple(
        sorted(
            abs(told - true)
            for target in closely
            for told, true in zip(
                report.samples.get(target, ()), capture.round_trips(target), strict=False
            )
            if told is not None and true is not None
        )
    )
