"""The ICMP engine beside other pingers: everybody installed on the same targets in one run."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.common import command, place
from benchmarks.common.goal import verdicts
from benchmarks.common.kept import Kept
from benchmarks.common.page import Page, Section, UsageError
from benchmarks.probe import disciplines
from benchmarks.probe.contestants import OURS, PEERS, WHOLE, Contestant
from benchmarks.probe.disciplines import Contest
from benchmarks.probe.targets import MOST

_COUNTS = "100,1000,5000,23000"
_LONGEST = 600.0


def main(given: Sequence[str]) -> int:
    """Command line."""
    accepted = _accepted()
    made = command.circumstances(accepted, given)
    return command.carry_out(accepted, given, lambda chosen: (_held(chosen, made), 0))


def _held(chosen: argparse.Namespace, made: Mapping[str, str]) -> Page:
    peers = _wanted(chosen.only)
    page = Page("The ICMP engine, beside its peers", {**made, **_how(chosen)})
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


def _how(chosen: argparse.Namespace) -> dict[str, str]:
    times = f", the median of {chosen.repeats} runs" if chosen.repeats > 1 else ""
    return {
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


def _accepted() -> argparse.ArgumentParser:
    parser = command.parser("benchmarks.probe", __doc__)
    parser.add_argument(
        "--targets",
        type=command.counts(MOST),
        default=_COUNTS,
        help=f"how many, by commas ({_COUNTS})",
    )
    parser.add_argument(
        "--seconds", type=command.seconds(_LONGEST), default=5.0, help="measured in each run (5)"
    )
    parser.add_argument(
        "--repeats", type=command.whole(20), default=1, help="runs of each, the median counts (1)"
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
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
