"""`python -m benchmarks.alert_quality`: false alarms and detection times, beside others."""

import argparse
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path

from benchmarks.alert_quality.cases import faults, quiet_lines
from benchmarks.alert_quality.page import FaultResults, QuietResults, gates, page
from benchmarks.alert_quality.work import FaultTally, Piece, QuietTally, Size, done, pieces
from benchmarks.probe.kernel import machine
from linkwatch.host.clock import SystemClock

FULL, QUICK = (100.0, 300), (2.0, 40)
"""Link-years of the most important quiet line, and runs of each fault."""


def main() -> int:
    """Command line; the exit code tells whether everything was met."""
    chosen = _arguments()
    clock = SystemClock()
    began = clock.now()
    years, runs = QUICK if chosen.quick else FULL
    size = Size(chosen.years or years, runs, chosen.seed)
    quiet, found = _simulate(size, began.monotonic, clock)
    took = clock.now().monotonic - began.monotonic
    heading = [
        "# Alert quality",
        "",
        f"Made by `python -m benchmarks.alert_quality {' '.join(sys.argv[1:])}`".rstrip() + ",",
        f"{began.wall:%Y-%m-%d %H:%M} UTC, on {machine()}, in {took / 60:.1f} min.",
        "",
    ]
    text = "\n".join(heading + page(quiet, found)) + "\n"
    if chosen.json:
        sys.stdout.write(_as_json(size, quiet, found) + "\n")
    elif chosen.output is None:
        sys.stdout.write(text)
    if chosen.output is not None:
        chosen.output.write_text(text, encoding="utf-8")
    return 0 if all(gate.is_met for gate in gates(quiet, found)) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.alert_quality", description=__doc__)
    parser.add_argument(
        "--years", type=float, help=f"link-years of the main line ({FULL[0]:g}); others in ratio"
    )
    parser.add_argument("--seed", type=int, default=1, help="of everything random (1)")
    parser.add_argument("--quick", action="store_true", help="a rough look: 2 link-years, 40 runs")
    parser.add_argument("--json", action="store_true", help="every figure, as JSON")
    parser.add_argument("--output", type=Path, help="write the page there")
    return parser.parse_args()


def _simulate(size: Size, began: float, clock: SystemClock) -> tuple[QuietResults, FaultResults]:
    quiet = [(case, QuietTally()) for case in quiet_lines(size.years)]
    found = [(case, FaultTally()) for case in faults(size.runs)]
    work = pieces(size)
    results: dict[Piece, QuietTally | FaultTally] = {}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        futures = {pool.submit(done, piece): piece for piece in work}
        for future in as_completed(futures):
            results[futures[future]] = future.result()
            _progress(len(results), len(work), clock.now().monotonic - began)
    sys.stderr.write("\n")
    # In the order of the pieces, whoever was done first: the same seed, the same page.
    for piece in work:
        match results[piece]:
            case QuietTally() as tally:
                quiet[piece.case][1].add(tally)
            case FaultTally() as tally:
                found[piece.case][1].add(tally)
    return quiet, found


def _progress(finished: int, all_: int, seconds: float) -> None:
    sys.stderr.write(
        f"\r{finished} of {all_} pieces, {seconds // 60:.0f} min {seconds % 60:02.0f} s"
    )
    sys.stderr.flush()


def _as_json(size: Size, quiet: QuietResults, found: FaultResults) -> str:
    everything = {
        "size": asdict(size),
        "gates": [asdict(gate) | {"met": gate.is_met} for gate in gates(quiet, found)],
        "quiet": [_row(case.name, tally) for case, tally in quiet],
        "faults": [_row(case.name, tally) for case, tally in found],
    }
    return json.dumps(everything, indent=1).replace("Infinity", "null")


def _row(name: str, tally: QuietTally | FaultTally) -> dict[str, object]:
    return {"name": name, **asdict(tally)}


if __name__ == "__main__":
    sys.exit(main())
