"""A carrier's whole network falls and comes back: the first word of it, and how many follow.

Real packets, daemon and HTTP receiver in namespaces of its own (root), every site in a conference.
"""

import argparse
import statistics
import sys
import tempfile
import time  # noqa: TID251 what is measured is real time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.common import command, place
from benchmarks.common.goal import Goal, Verdict, verdicts
from benchmarks.common.page import Page, Section, Table, say
from support.figures import percentile
from support.outage import PROVINCE, Outage, laid_out, told_by

LONGEST = 60.0
STILL = 15.0
"""s after the last word, in which none may follow."""
_FIRST, _MESSAGES = 3.0, 3
"""s to the first word of all; messages to a contact of the fall, and of the recovery."""
_MOST = 2000


def main(given: Sequence[str]) -> int:
    """Command line; exit code 1 where a goal was missed."""
    accepted = command.parser("benchmarks.storm", __doc__.splitlines()[0])
    accepted.add_argument("--links", type=command.whole(_MOST, 20), default=500, help="(500)")
    accepted.add_argument(
        "--over", type=command.seconds(60), default=5.0, help="s in which all fall, or come (5)"
    )
    made = command.circumstances(accepted, given)
    return command.carry_out(accepted, given, lambda chosen: _measured(chosen, made))


def _measured(chosen: argparse.Namespace, made: Mapping[str, str]) -> tuple[Page, int]:
    place.need_root()
    with tempfile.TemporaryDirectory() as home, laid_out(Path(home), chosen.links) as outage:
        fall = once(outage, "delete", "opened", chosen.over)
        mend = once(outage, "add", "resolved", chosen.over)
    goals = [
        Goal("first P1 accepted after the first cut", fall.first, _FIRST, "s"),
        Goal("messages to a contact of the fall, at most", max(fall.counts), _MESSAGES),
        Goal("messages to a contact of the recovery, at most", max(mend.counts), _MESSAGES),
        Goal("incidents a contact was not told of, as begun", fall.lost, 0),
        Goal("incidents a contact was not told of, as over", mend.lost, 0),
    ]
    made = {**made, "links": f"{chosen.links}, all within {chosen.over:g} s, each way"}
    page = Page("A carrier's network falls and comes back", made)
    table = Table(
        ("", "contacts", "messages: all", "to one: min", "max", "first after", "p50", "p95", "max"),
        [fall.row("fall"), mend.row("recovery")],
    )
    records = [fall.record("fall"), mend.record("recovery")]
    page.sections = [verdicts(goals), Section("Messages", [_WORDS], [table], records)]
    missed = any(goal.verdict is Verdict.MISSED for goal in goals)
    return page, 1 if missed else 0


_WORDS = (
    "One webhook takes the messages of all contacts: one for each of 20 districts, who answers for"
    " its own communes, the carrier's in the province and the operators, who hear of all. A message"
    " counts when the receiver has it. The times are of a link, from its own cut (or mend) to the"
    " message that tells the carrier's contact in the province of it; a line counts as mended after"
    " answers in a row over 5 s."
)


class Wave:
    """What came of one change of all links."""

    def __init__(self, outage: Outage, began: float, since: int, event: str) -> None:
        heard = outage.heard(since)
        self.counts = [len(messages) for messages in heard.values()]
        told = {who: [t for m in each for t in told_by(m)] for who, each in heard.items()}
        self.first = min(t.at for each in told.values() for t in each) - began
        self.lost = sum(
            len(links - {t.link for t in told.get(who, []) if event in t.events})
            for who, links in outage.expected().items()
        )
        at = {t.link: t.at for t in reversed(told[PROVINCE]) if event in t.events}
        self.times = sorted(at[link] - changed for link, changed in outage.changed_at.items())

    def row(self, name: str) -> tuple[str, ...]:
        """For people."""
        times = (statistics.median(self.times), percentile(self.times, 0.95), self.times[-1])
        counts = (len(self.counts), sum(self.counts), min(self.counts), max(self.counts))
        return (name, *map(str, counts), f"{self.first:.2f} s", *(f"{t:.2f} s" for t in times))

    def record(self, name: str) -> dict[str, object]:
        """For programs."""
        return {"wave": name, "first": self.first, "messages": self.counts, "times": self.times}


def once(outage: Outage, verb: str, event: str, seconds: float) -> Wave:
    """All links go, or come back; until everybody has heard of it, and some time longer."""
    since, began = len(outage.hook.received), time.monotonic()
    outage.change(verb, seconds)
    outage.wait(LONGEST, since, event)
    say(f"{event}: everybody has heard after {time.monotonic() - began:.1f} s")
    time.sleep(STILL)
    return Wave(outage, began, since, event)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
