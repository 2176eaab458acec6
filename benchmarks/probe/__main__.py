"""The ICMP engine beside other pingers: everybody installed on the same targets in one run."""

import argparse
import shlex
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.common import place
from benchmarks.common.goal import verdicts
from benchmarks.common.kept import Kept
from benchmarks.common.machine import load, machine
from benchmarks.common.page import Page, Section, UsageError, writable
from benchmarks.probe import disciplines
from benchmarks.probe.contestants import OURS, PEERS, WHOLE, Contestant
from benchmarks.probe.disciplines import Contest
from benchmarks.probe.targets import MOST
from linkwatch.host.clock import SystemClock

_COUNTS = "100,1000,5000,23000"
_LONGEST = 600.0
_MOST_REPEATS = 20


def main() -> int:
    """Command line; exit code 2 for what cannot be done."""
    try:
        chosen = _arguments()
        writable(chosen.output)
        page = _held(chosen)
    except UsageError as error:
        sys.stderr.write(f"benchmarks.probe: {error}\n")
        return 2
    page.deliver(chosen.output, as_json=chosen.json)
    return 0


def _held(chosen: argparse.Namespace) -> Page:
    peers = _wanted(chosen.only)
    page = Page("The ICMP engine, beside its peers", _made(chosen))
    with place.apart(), tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)  # a run without privileges reads there
        contest = Contest(chosen.targets, chosen.seconds, chosen.repeats, peers, Kept(Path(home)))
        sections: list[Section] = []
        for is_held, hold in _disciplines(chosen):
            if is_held:
                sections += hold(contest)
    page.sections = [verdicts(contest.goals), _who(peers), *sections]
    return page


def _disciplines(
    chosen: argparse.Namespace,
) -> Sequence[tuple[bool, Callable[[Contest], list[Section]]]]:
    return (
        (True, disciplines.once_a_second),
        (chosen.flat_out, disciplines.flat_out),
        (chosen.blocked, disciplines.blocked),
        (chosen.renders, disciplines.renders),
        (chosen.capabilities, disciplines.capabilities),
    )


def _made(chosen: argparse.Namespace) -> dict[str, str]:
    command = shlex.join(("python", "-m", "benchmarks.probe", *sys.argv[1:]))
    times = f", the median of {chosen.repeats} runs" if chosen.repeats > 1 else ""
    return {
        "made by": f"`{command}`, {SystemClock().now().wall:%Y-%m-%d %H:%M} UTC",
        "on": machine(),
        "beside": load(),
        "each figure": f"{chosen.seconds:g} s of pings{times}; CPU is user and system of the"
        " process that pings, the answering kernel's share in it, noise some ±15 %",
        "the truth": "loopback answers every ping: all loss is false. Round-trip times are held"
        " against the kernel's stamps at the loopback device, for some 200 of the targets",
    }


def _who(peers: Sequence[Contestant]) -> Section:
    words = [f"**{one.name}**: {one.settings}." for one in (OURS, WHOLE, *peers)]
    words += [
        f"Not installed, so not here: {peer.name} (`{peer.hint}`)."
        for peer in PEERS
        if not peer.installed
    ]
    return Section("Who takes part", words)


def _wanted(only: Sequence[str]) -> Sequence[Contestant]:
    """The installed peers that are wanted; UsageError where one by that name is not to be had."""
    installed = [peer for peer in PEERS if peer.installed]
    if not only:
        return installed
    known = {peer.name: peer for peer in PEERS}
    for name in only:
        if name == OURS.name:
            continue
        if name not in known:
            raise UsageError(f"--only {name}: nobody of that name; there are: {', '.join(known)}")
        if not known[name].installed:
            raise UsageError(f"--only {name}: not installed ({known[name].hint})")
    return [peer for peer in installed if peer.name in only]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.probe", description=__doc__)
    parser.add_argument(
        "--targets", type=_counts, default=_counts(_COUNTS), help=f"how many, by commas ({_COUNTS})"
    )
    parser.add_argument("--seconds", type=_seconds, default=5.0, help="measured in each run (5)")
    parser.add_argument(
        "--repeats", type=_repeats, default=1, help="runs of each, the median counts (1)"
    )
    parser.add_argument(
        "--only",
        type=lambda text: tuple(filter(None, text.split(","))),
        default=(),
        help="these peers beside linkwatch, by commas; `linkwatch` for none",
    )
    for name, what in (
        ("--flat-out", "as fast as each can"),
        ("--blocked", "the event loop held up 20 ms in every 100"),
        ("--renders", "while /metrics of the most targets is read without pause"),
        ("--capabilities", "with what the systemd unit leaves us, on differently set kernels"),
    ):
        parser.add_argument(name, action="store_true", help=f"also: {what}")
    parser.add_argument("--output", type=Path, help="write the page there, as Markdown")
    parser.add_argument("--json", action="store_true", help="JSON on standard output")
    return parser.parse_args()


def _counts(text: str) -> tuple[int, ...]:
    try:
        counts = sorted({int(word) for word in text.split(",")})
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers like 100,1000") from None
    if counts[0] < 1 or counts[-1] > MOST:
        raise argparse.ArgumentTypeError(f"from 1 to {MOST:,} targets")
    return tuple(counts)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= _LONGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is not from above 0 to {_LONGEST:g} seconds")
    return seconds


def _repeats(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_REPEATS:
        raise argparse.ArgumentTypeError(f"{text!r} is not from 1 to {_MOST_REPEATS}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
