"""Hundreds of lines fall at once and come back: the first word of it, and how many follow.

Real packets, daemon and HTTP receiver in namespaces of its own (root), every site in a conference.
"""

import argparse
import statistics
import sys
import tempfile
import time  # noqa: TID251 what is measured is real time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.common import command, place
from benchmarks.common.goal import Goal, Verdict, verdicts
from benchmarks.common.page import Page, Section, Table, say
from support.figures import percentile
from support.outage import PROVINCE, Outage, laid_out

LONGEST = 60.0
STILL = 12.0
"""s after the last word, for what may follow yet."""
LOOK = 0.1
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
    goals, rows, records = [], [], []
    for name, carriers in (("one carrier", 1), ("no common cause", (chosen.links + 1) // 2)):
        say(name)
        with tempfile.TemporaryDirectory() as home:
            fall, mend = _played(Path(home), chosen.links, carriers, chosen.over)
        goals += [
            Goal("first P1 accepted after the first cut", fall.first, _FIRST, "s", place=name),
            Goal("messages of the fall to a contact", max(fall.counts), _MESSAGES, place=name),
            Goal("messages of the recovery to a contact", max(mend.counts), _MESSAGES, place=name),
            Goal("lines that somebody did not hear of", fall.missed, 0, place=name),
            Goal("ends that somebody did not hear of", mend.missed, 0, place=name),
        ]
        rows += [fall.row(f"{name}: fall"), mend.row(f"{name}: recovery")]
        records += [fall.record(f"{name}: fall"), mend.record(f"{name}: recovery")]
    made = {**made, "links": f"{chosen.links}, all within {chosen.over:g} s, each way"}
    page = Page(f"{chosen.links:,} lines fall at once, and come back", made)
    table = Table(
        ("", "contacts", "messages", "to one: min", "max", "first after", "p50", "p95", "max"), rows
    )
    page.sections = [verdicts(goals), Section("Messages", _WORDS, [table], records)]
    missed = any(goal.verdict is Verdict.MISSED for goal in goals)
    return page, 1 if missed else 0


_WORDS = (
    "All sites are in a conference of high importance. With one carrier the lines are taken for one"
    " fault; with half as many carriers as lines no three share one, and each is told: those of a"
    " district to its contact, all to the carriers' contact in the province and to the operators.",
    "One webhook takes everybody's messages; a message counts when its receiver has it. The times"
    " are of a line, from its own cut to the first message that names it as down to the contact in"
    " the province; and from its mend to the one by which its fault is over, for which it has to"
    " answer in a row over 5 s.",
)


class Wave:
    """What came of one change of all links; `times` from each link's own, `missed` what did not."""

    def __init__(self, outage: Outage, began: float, since: int, missed: int, name: str) -> None:
        self.counts = [len(messages) for messages in outage.messages(since).values()]
        self.first = min(r.at for r in outage.hook.received[since:]) - began
        self.missed = missed
        self.times = sorted(_times(outage, since, closed=name == _MEND))

    def row(self, name: str) -> tuple[str, ...]:
        """For people."""
        times = (statistics.median(self.times), percentile(self.times, 0.95), self.times[-1])
        counts = (len(self.counts), sum(self.counts), min(self.counts), max(self.counts))
        return (name, *map(str, counts), f"{self.first:.2f} s", *(f"{t:.2f} s" for t in times))

    def record(self, name: str) -> dict[str, object]:
        """For programs."""
        return {"wave": name, "first": self.first, "messages": self.counts, "times": self.times}


_FALL, _MEND = "delete", "add"


def _times(outage: Outage, since: int, *, closed: bool) -> Iterator[float]:
    """From each link's change to the message that tells the contact in the province of it."""
    incident_of = {x: t.incident for t in outage.told()[PROVINCE] for x in t.links if not t.closed}
    told = outage.told(since)[PROVINCE]
    for link, changed in outage.changed_at.items():
        named = (
            t.at
            for t in told
            if t.closed == closed
            and (t.incident == incident_of.get(link) if closed else link in t.links)
        )
        at = min(named, default=None)
        if at is not None:
            yield at - changed


def _played(home: Path, links: int, carriers: int, seconds: float) -> tuple[Wave, Wave]:
    with laid_out(home, links, carriers) as outage:
        fall = _once(outage, _FALL, outage.unnamed, seconds)
        return fall, _once(outage, _MEND, outage.unended, seconds)


def _once(outage: Outage, verb: str, missing: Callable[[], int], seconds: float) -> Wave:
    """All links go, or come back; until everybody has heard of it, and some time longer."""
    since, began = len(outage.hook.received), time.monotonic()
    outage.change(verb, seconds)
    while missing() and time.monotonic() < began + LONGEST:
        time.sleep(LOOK)
    say(f"{verb}: everybody has heard after {time.monotonic() - began:.1f} s")
    time.sleep(STILL)
    return Wave(outage, began, since, missing(), verb)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
