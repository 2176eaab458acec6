"""Our prober against a network of known truth: twenty ways a link can be, IPv4 and IPv6.

    python -m benchmarks.network_truth [--rounds 300]

A TUN device in a network namespace of its own (root) answers, loses, delays, doubles, reorders and
refuses as each profile says, and logs what it did to every packet. The prober's word is held
against that log; and once more with an impostor who answers falsely in between.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.common import command
from benchmarks.common.goal import Goal, verdicts
from benchmarks.common.page import Page, Section, Table, say
from benchmarks.common.place import need_root
from linkwatch.lab.network_fate import Outcome as Fate
from linkwatch.wire.icmp import Reject
from support.figures import jitter, percentile
from support.truth import GREATEST_ERROR, PROFILES, UNEVEN, addresses
from support.truth_run import INTERVAL, Run, copies_in, run_all

_JITTER_GATE = 2.0
_MOST_ROUNDS = 10_000
_HOW = f"all profiles side by side, each probed every {1e3 * INTERVAL:.0f} ms"
_HEAD = ("profile", "family", "sent", "answered", "lost", "refused", "as in the log",
         "RTT p50 off, ms", "p95 off, ms", "jitter off", "copies of answers")  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One profile in one family; times in s, None where nothing was answered.

    `sent` to `copies` are the log's; `disagreements`: packets of which the prober says otherwise.
    `jitter_off` as a share of the true jitter, None where there is next to none.
    """

    profile: str
    family: str
    sent: int
    answered: int
    lost: int
    refused: int
    copies: int
    disagreements: int
    p50_off: float | None
    p95_off: float | None
    jitter_off: float | None


def main(given: Sequence[str]) -> int:
    """Command line; exit code 1 where the prober and the log disagree."""
    accepted = command.parser("benchmarks.network_truth", __doc__)
    accepted.add_argument(
        "--rounds",
        type=command.whole(_MOST_ROUNDS, 2),
        default=300,
        help="probes of each profile and family (300)",
    )
    made = command.circumstances(accepted, given)
    return command.carry_out(accepted, given, lambda chosen: _held(chosen.rounds, made))


def _held(rounds: int, made: Mapping[str, str]) -> tuple[Page, int]:
    need_root()
    honest, liar = (_run(rounds, impostor=impostor) for impostor in (False, True))
    rows, among_lies = list(compared(honest)), list(compared(liar))
    page = Page("The prober, held against networks of known truth", {**made, "how": _HOW})
    page.sections = [
        verdicts([*goals(honest, rows), *goals(liar, among_lies, "with an impostor, ")]),
        _profiles("Profiles", rows),
        _thrown_away("What was taken for no answer", honest),
        _profiles("Profiles, with an impostor in between", among_lies),
        _thrown_away("What was taken for no answer, with an impostor in between", liar),
        _scripts(),
    ]
    return page, int(any(row.disagreements for row in (*rows, *among_lies)))


def _run(rounds: int, *, impostor: bool) -> Run:
    who = ", with an impostor" if impostor else ""
    say(f"{2 * len(PROFILES)} links, {rounds} rounds, {rounds * INTERVAL:.0f} s{who}")
    with tempfile.TemporaryDirectory() as room:
        return run_all(Path(room) / "log.csv", rounds, impostor=impostor)


def compared(run: Run) -> Iterator[Row]:
    """Every profile in both families."""
    for version in (4, 6):
        for profile, address in addresses(version).items():
            yield _row(run, profile, f"IPv{version}", address)


def _row(run: Run, profile: str, family: str, address: str) -> Row:
    entries = run.by_address[address]
    outcomes = [entry.outcome for entry in entries]
    measured, true = run.round_trips(address)

    def off(share: float) -> float | None:
        return percentile(measured, share) - percentile(true, share) if true else None

    return Row(
        profile=profile,
        family=family,
        sent=len(entries),
        answered=outcomes.count(Fate.ANSWERED),
        lost=outcomes.count(Fate.LOST) + outcomes.count(Fate.OUTAGE),
        refused=outcomes.count(Fate.ERROR),
        copies=copies_in(entries),
        disagreements=len(run.disagreements(address)),
        p50_off=off(0.5),
        p95_off=off(0.95),
        jitter_off=_jitter_off(measured, true) if profile in UNEVEN else None,
    )


def _jitter_off(measured: Sequence[float], true: Sequence[float]) -> float | None:
    was = jitter(true)
    return jitter(measured) / was - 1 if was else None


def goals(run: Run, rows: Sequence[Row], when: str = "") -> list[Goal]:
    """Over all of them."""
    greatest = 1e3 * GREATEST_ERROR
    both = [off for row in rows for off in (row.p50_off, row.p95_off)]
    percentiles = [abs(off) for off in both if off is not None]
    jitters = [abs(row.jitter_off) for row in rows if row.jitter_off is not None]
    impostors = sum(run.lies.values()) + run.copies
    uncounted = abs(impostors - sum(run.asked.rejected.values()))
    return [
        Goal(f"{when}packets not as in the log", sum(row.disagreements for row in rows), 0.0),
        Goal(f"{when}RTT p50 and p95 off, worst", _worst(percentiles, 1e3), greatest, "ms"),
        Goal(f"{when}jitter off, worst", _worst(jitters, 100), _JITTER_GATE, "%"),
        Goal(f"{when}copies and lies that are not counted", uncounted, 0.0),
        Goal(f"{when}packets that the log missed", run.summary.missed, 0.0),
    ]


def _worst(values: Sequence[float], scale: float) -> float | None:
    return scale * max(values) if values else None


def _profiles(title: str, rows: Sequence[Row]) -> Section:
    return Section(
        title,
        ("Jitter is told where there is some; elsewhere it is no more than that of measuring.",),
        [Table(_HEAD, [_cells(row) for row in rows])],
        [asdict(row) for row in rows],
    )


def _cells(row: Row) -> tuple[str, ...]:
    agrees = "yes" if not row.disagreements else f"**no**, {row.disagreements} packets differ"
    return (
        row.profile,
        row.family,
        *(f"{count:,}" for count in (row.sent, row.answered, row.lost, row.refused)),
        agrees,
        *("-" if off is None else f"{1e3 * off:+.3f}" for off in (row.p50_off, row.p95_off)),
        "-" if row.jitter_off is None else f"{row.jitter_off:+.2%}",
        f"{row.copies:,}",
    )


def _thrown_away(title: str, run: Run) -> Section:
    """What came in and was taken for no answer, by name; names that did not occur too."""
    counted: Mapping[str, int] = run.asked.rejected
    came = Counter({**run.lies})
    came[Reject.DUPLICATE] += run.copies
    names = [reject.value for reject in Reject]
    words = "Of all profiles together, by the prober's own names."
    if run.lies:
        words += (
            " The impostor answers some requests before the network does, with a wrong cookie or"
            " from another address, and repeats some answers. What comes behind the true answer is"
            " foreign or a duplicate."
        )
    return Section(
        title,
        (words,),
        [
            Table(
                ("", "came", "counted"),
                [(name, f"{came[name]:,}", f"{counted.get(name, 0):,}") for name in names],
            )
        ],
        [{"reject": name, "came": came[name], "counted": counted.get(name, 0)} for name in names],
    )


def _scripts() -> Section:
    rows = [(name, f"`{behaviour}`") for name, behaviour in PROFILES.items()]
    words = "As they stand in a script of `linkwatch lab network`."
    return Section("What the profiles are", (words,), [Table(("profile", "behaviour"), rows)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
