"""`python -m benchmarks.probe`: everybody installed on the same targets, a page of results."""

import argparse
import math
import sys
from pathlib import Path

from benchmarks.probe import page, place
from benchmarks.probe.contest import Result, run, typical
from benchmarks.probe.contestants import OURS, PEERS, Contestant, Task
from benchmarks.probe.kernel import machine
from benchmarks.probe.page import Gate
from linkwatch.host.clock import SystemClock

_KEEPS_UP = 0.5
_FLAT_OUT_TARGETS = 1000
_BLOCKED = ("--blocked",)
_COUNTRY = 20_000
_CPU_GATE = 12.0
_RATE_GATE = 50_000.0
_ERROR_GATES = (5.0, 60.0, 500.0)
_HELD_UP_GATES = (math.inf, 60.0, math.inf)


def main() -> None:
    """Command line."""
    chosen = _arguments()
    alone = place.enter()
    began = SystemClock().now().wall
    lines = [
        "# Probing, beside its peers",
        "",
        f"Made by `python -m benchmarks.probe {' '.join(sys.argv[1:])}`".rstrip() + ",",
        f"{began:%Y-%m-%d %H:%M} UTC, on {machine()}.",
        "" if alone else "Not in a namespace of its own (needs root): others' pings are counted.",
    ]
    lines += _missing()
    gates: list[Gate] = []
    sections = _everybody(chosen, gates)
    if chosen.flat_out:
        sections += _flat_out(chosen, gates)
    if chosen.blocked:
        sections += _blocked(chosen, gates)
    if chosen.capabilities:
        sections += _service_like(chosen)
    lines += ["", "## Our targets", "", *page.verdicts(gates), *sections]
    text = "\n".join(lines) + "\n"
    if chosen.output is None:
        sys.stdout.write(text)
    else:
        chosen.output.write_text(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.probe", description=__doc__)
    counts = "100,1000,5000,23000"
    parser.add_argument("--targets", default=counts, help=f"how many, several times ({counts})")
    parser.add_argument("--seconds", type=float, default=5.0, help="measured in each run (5)")
    parser.add_argument("--repeats", type=int, default=1, help="runs of each; the median counts")
    parser.add_argument("--only", default="", help="names of the contestants wanted, by commas")
    parser.add_argument("--flat-out", action="store_true", help="also: as fast as each can")
    parser.add_argument(
        "--blocked", action="store_true", help="also: the event loop held up 20 ms in every 100"
    )
    parser.add_argument(
        "--capabilities", action="store_true", help="also: with what the systemd unit leaves us"
    )
    parser.add_argument("--output", type=Path, help="write the page there")
    return parser.parse_args()


def _counts(chosen: argparse.Namespace) -> list[int]:
    return [int(count) for count in chosen.targets.split(",")]


def _contestants(chosen: argparse.Namespace) -> list[Contestant]:
    wanted = set(filter(None, chosen.only.split(",")))
    peers = [peer for peer in PEERS if peer.installed and (not wanted or peer.name in wanted)]
    return [OURS, *peers]


def _missing() -> list[str]:
    return [
        f"Not installed, so not here: {peer.name} (`{peer.hint}`)."
        for peer in PEERS
        if not peer.installed
    ]


def _everybody(chosen: argparse.Namespace, gates: list[Gate]) -> list[str]:
    lines: list[str] = []
    by_count: dict[int, dict[str, Result]] = {}
    slow: dict[str, int] = {}
    for count in sorted(_counts(chosen)):
        results = by_count[count] = {}
        for contestant in _contestants(chosen):
            name = contestant.name
            if name in slow:
                results[name] = Result(failed=f"not tried: too slow for {slow[name]:,}")
                continue
            results[name] = _measured(contestant, Task(count, chosen.seconds), chosen.repeats)
            if results[name].rate < _KEEPS_UP * count:
                slow[name] = count
        lines += ["", f"## {count:,} targets, one ping a second each", ""]
        lines += page.table(results, OURS.name)
        gates += _gates(f"{count:,} targets", results[OURS.name])
    return ["", "## How cost grows with targets", "", *page.growth(by_count), *lines]


def _gates(what: str, result: Result) -> list[Gate]:
    lost = Gate(f"{what}, false loss", float(result.lost or 0), 0, "probes")
    cpu = Gate(f"{what}, CPU a ping", result.cpu * 1e6, _CPU_GATE, "µs")
    own = [cpu] if result.rate > _COUNTRY else []
    return [lost, *own, *page.error_gates(what, result, _ERROR_GATES)]


def _flat_out(chosen: argparse.Namespace, gates: list[Gate]) -> list[str]:
    task = Task(_FLAT_OUT_TARGETS, chosen.seconds, flags=("--flat-out",))
    results = {
        contestant.name: _measured(contestant, task, chosen.repeats)
        for contestant in _contestants(chosen)
        if contestant.flat_out
    }
    ours = results[OURS.name]
    gates.append(Gate("flat out, pings/s", ours.rate, _RATE_GATE, "/s", at_least=True))
    gates.append(Gate("flat out, false loss", float(ours.lost or 0), 0, "probes"))
    title = f"## Flat out, {_FLAT_OUT_TARGETS:,} targets"
    return ["", title, "", *page.table(results, OURS.name)]


def _blocked(chosen: argparse.Namespace, gates: list[Gate]) -> list[str]:
    lines = ["", "## The event loop held up 20 ms in every 100", ""]
    lines += ["Only pingers that live in an asyncio loop.", ""]
    contestants = [contestant for contestant in _contestants(chosen) if contestant.asyncio]
    for count in _counts(chosen):
        task = Task(count, chosen.seconds, flags=_BLOCKED)
        some = contestants if count <= _FLAT_OUT_TARGETS else contestants[:1]
        results = {one.name: _measured(one, task, chosen.repeats) for one in some}
        lines += ["", f"### {count:,} targets", "", *page.table(results, OURS.name)]
        what = f"loop held up, {count:,} targets"
        gates += page.error_gates(what, results[OURS.name], _HELD_UP_GATES)
    return lines


def _service_like(chosen: argparse.Namespace) -> list[str]:
    lines = ["", "## With what the systemd unit leaves: CAP_NET_RAW alone", ""]
    prefix = place.service_like()
    user = "an ordinary user" if "--reuid" in prefix else "this user without other capabilities"
    lines.append(f"Run as {user} (`{' '.join(prefix)}`).")
    results = {}
    for name, groups in (("raw sockets", place.CLOSED), ("datagram sockets", place.OPEN)):
        place.ping_groups(groups)
        for count in _counts(chosen):
            task = Task(count, chosen.seconds, prefix=prefix)
            results[f"{name}, {count:,} targets"] = _measured(OURS, task, chosen.repeats)
    first = next(iter(results))
    return [*lines, "", *page.table(results, first)]


def _measured(contestant: Contestant, task: Task, repeats: int) -> Result:
    sys.stderr.write(f"{contestant.name}: {task.targets} targets {' '.join(task.flags)}\n")
    return typical([run(contestant, task) for _ in range(repeats)])


if __name__ == "__main__":
    main()
