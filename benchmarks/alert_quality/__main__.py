"""The judge on lines of known truth: false alarms and detection times, beside other rules."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from benchmarks.alert_quality.cases import faults, quiet_lines
from benchmarks.alert_quality.page import FaultResults, QuietResults, goals, sections
from benchmarks.alert_quality.work import FaultTally, Piece, QuietTally, Size, done, pieces
from benchmarks.common import command
from benchmarks.common.goal import Verdict
from benchmarks.common.page import Page
from linkwatch.host.clock import SystemClock

FULL, QUICK = (100.0, 300), (2.0, 40)
"""Link-years of the most important quiet line, and runs of each fault."""
_MOST_YEARS, _MOST_SEED = 100_000, 1 << 31


def main(given: Sequence[str]) -> int:
    """Command line; exit code 1 where a goal was missed."""
    accepted = command.parser("benchmarks.alert_quality", __doc__)
    accepted.add_argument(
        "--years",
        type=command.whole(_MOST_YEARS),
        help=f"link-years of the most important quiet line ({FULL[0]:g}); others in proportion",
    )
    accepted.add_argument(
        "--seed", type=command.whole(_MOST_SEED, 0), default=1, help="of everything random (1)"
    )
    accepted.add_argument(
        "--quick",
        action="store_true",
        help=f"a rough look: {QUICK[0]:g} link-years, {QUICK[1]} runs of a fault",
    )
    made = command.circumstances(accepted, given)
    return command.carry_out(accepted, given, lambda chosen: _judged(chosen, made))


def _judged(chosen: argparse.Namespace, made: Mapping[str, str]) -> tuple[Page, int]:
    years, runs = QUICK if chosen.quick else FULL
    size = Size(float(chosen.years or years), runs, chosen.seed)
    clock = SystemClock()
    began = clock.now().monotonic
    quiet, found = _simulated(size, clock)
    took = clock.now().monotonic - began
    page = Page("Alert quality", {**made, "took": f"{took / 60:.1f} min"})
    page.sections = sections(quiet, found)
    missed = [goal for goal in goals(quiet, found) if goal.verdict is Verdict.MISSED]
    return page, 1 if missed else 0


def _simulated(size: Size, clock: SystemClock) -> tuple[QuietResults, FaultResults]:
    quiet = [(case, QuietTally()) for case in quiet_lines(size.years)]
    found = [(case, FaultTally()) for case in faults(size.runs)]
    work = pieces(size)
    began = clock.now().monotonic
    results: dict[Piece, QuietTally | FaultTally] = {}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        futures = {pool.submit(done, piece): piece for piece in work}
        for future in as_completed(futures):
            results[futures[future]] = future.result()
            _progress(len(results), len(work), clock.now().monotonic - began)
    sys.stderr.write("\n")
    # In the order of the pieces, whichever was done first: the same seed, the same page.
    for piece in work:
        match results[piece]:
            case QuietTally() as tally:
                quiet[piece.case][1].add(tally)
            case FaultTally() as tally:
                found[piece.case][1].add(tally)
    return quiet, found


def _progress(finished: int, all_: int, seconds: float) -> None:
    minutes, rest = divmod(round(seconds), 60)
    sys.stderr.write(f"\r{finished} of {all_} pieces, {minutes} min {rest:02d} s")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
