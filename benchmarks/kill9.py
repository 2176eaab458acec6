"""kill -9 at any moment of open, send, acknowledge and resolve; the gateway fails at times.

Real packets, snmpd, daemon and HTTP receiver in namespaces of its own (root, Debian's snmpd). One
in ten requests is answered by 503, or read and never answered.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.common import command, place
from benchmarks.common.goal import Goal, Verdict, verdicts
from benchmarks.common.page import Page, Section, Table, UsageError, say
from support.kills import PHASES, Kill, Outcome, battlefield
from support.snmp import SNMPD

_BACK = 5.0
"""s from the start to ready again."""
_MOST = 1000
_SEEDS = 2**31 - 1


def main(given: Sequence[str]) -> int:
    """Command line; exit code 1 where a goal was missed."""
    accepted = command.parser("benchmarks.kill9", __doc__.splitlines()[0])
    accepted.add_argument("--kills", type=command.whole(_MOST), default=50, help="so many (50)")
    accepted.add_argument(
        "--seed", type=command.whole(_SEEDS), default=1, help="of all that is drawn (1)"
    )
    accepted.add_argument(
        "--failing", type=command.whole(50, 0), default=10, help="requests not taken, in %% (10)"
    )
    made = command.circumstances(accepted, given)
    return command.carry_out(accepted, given, lambda chosen: _measured(chosen, made))


def _measured(chosen: argparse.Namespace, made: Mapping[str, str]) -> tuple[Page, int]:
    place.need_root()
    if SNMPD is None:
        raise UsageError("needs snmpd: apt-get install snmpd")
    with (
        tempfile.TemporaryDirectory() as home,
        battlefield(Path(home), chosen.seed, chosen.failing / 100) as kills,
    ):
        outcome = kills.run(chosen.kills, say)
    return page_of(outcome, made)


def page_of(outcome: Outcome, made: Mapping[str, str]) -> tuple[Page, int]:
    """The page, and the exit code."""
    back = max(kill.back for kill in outcome.kills)
    goals = [
        Goal("notifications lost", len(outcome.lost), 0),
        Goal("taken twice, and not for a kill", len(outcome.unexplained), 0),
        Goal("anything else amiss", _amiss(outcome), 0),
        Goal("ready again after a kill, at worst", back, _BACK, "s"),
    ]
    gateway = outcome.gateway
    counts = {
        "kills": str(len(outcome.kills)),
        "notifications": str(outcome.notifications),
        "taken again": f"{outcome.duplicates} (in flight at a kill: {_in_flight(outcome)})",
        "gateway": f"{gateway.taken} taken, {gateway.errors} answered by 503, {gateway.silent} "
        "read and never answered",
    }
    page = Page("Killed at any moment", {**made, **counts})
    table = Table(
        ("killed in", "kills", "messages in flight", "ready again p50", "max"),
        [_row(phase, outcome.kills) for phase in PHASES if _of(phase, outcome.kills)],
    )
    records = [
        {"phase": k.phase, "in_flight": k.in_flight, "back": k.back, "faults": k.faults}
        for k in outcome.kills
    ]
    words = [_WORDS, *outcome.faults]
    page.sections = [verdicts(goals), Section("Kills", words, [table], records)]
    return page, 1 if any(goal.verdict is Verdict.MISSED for goal in goals) else 0


_WORDS = (
    "Links are cut, mended and acknowledged as drawn, and the daemon is killed meanwhile: up to 3 s"
    " after a cut, as its message is sent, within 80 ms of an acknowledgement, or 3 to 7.5 s after"
    " a mend. Then it is started again, and everybody who is to hear of it must have, of the same"
    " incident. A message is in flight where the gateway has read it and the store, copied as the"
    " kill left it, does not know its end: only these may come again."
)


def _amiss(outcome: Outcome) -> int:
    return sum(len(kill.faults) for kill in outcome.kills)


def _in_flight(outcome: Outcome) -> int:
    return sum(kill.in_flight for kill in outcome.kills)


def _of(phase: str, kills: Sequence[Kill]) -> list[Kill]:
    return [kill for kill in kills if kill.phase == phase]


def _row(phase: str, kills: Sequence[Kill]) -> tuple[str, ...]:
    some = _of(phase, kills)
    back = [kill.back for kill in some]
    flying = sum(kill.in_flight for kill in some)
    return (
        phase,
        str(len(some)),
        str(flying),
        f"{statistics.median(back):.2f} s",
        f"{max(back):.2f} s",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
