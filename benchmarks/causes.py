"""Faults of a province with a known network: what opens, who is told, how soon, and nothing else.

Real packets, the daemon and a webhook's receiver in namespaces of its own (root). 60 sites, all in
a conference: lines die as a script says, alone, with all that passes them, or with all of their
carrier's.
"""

import argparse
import statistics
import sys
import tempfile
import time  # noqa: TID251 what is measured is real time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path

from benchmarks.common import command, place
from benchmarks.common.goal import Goal, Verdict, verdicts
from benchmarks.common.page import Page, Section, Table, say
from support.figures import percentile
from support.known_faults import (
    LASTS,
    MENDED,
    OVER_TOO,
    Fault,
    core_down,
    district_cut,
    flapping_parent,
    line_cut,
    parent_back_first,
    power_cut,
    two_at_once,
)
from support.known_province import CARRIERS, DISTRICTS, OPERATORS, communes, districts, inet
from support.known_run import Lived, Told, live_through
from support.uplink_field import UplinkField, uplinks_laid_out

WARM = 25.0
"""s of the network before the first fault: the daemon starts, and sees each line well for a while.
"""
LOSS = 0.2
"""% of all pings that are lost anyway."""
LONGEST, STILL, WELL = 60.0, 8.0, 5.0
"""s to a word of the uplink at most; after it, in which no other may come; and before all of it."""
SLOT = LASTS + MENDED
CONGESTED, DEAD = "the Centre's Internet uplink congested", "the Centre's Internet uplink dead"
DEAD_TOO = f"{CONGESTED}, then dead"
_GATE, _MOONSHOT = 2.5, 2.0
"""s at p95, and at p99."""
_MOST = DISTRICTS - 1


def main(given: Sequence[str]) -> int:
    """Command line; exit code 1 where a goal was missed."""
    accepted = command.parser("benchmarks.causes", __doc__.splitlines()[0])
    accepted.add_argument(
        "--times", type=command.whole(_MOST), default=3, help="of each fault but the flapping (3)"
    )
    made = command.circumstances(accepted, given)
    return command.carry_out(accepted, given, lambda chosen: _measured(chosen, made))


def _measured(chosen: argparse.Namespace, made: Mapping[str, str]) -> tuple[Page, int]:
    place.need_root()
    faults = list(plan(chosen.times))
    say(f"{len(faults)} faults in {faults[-1].end:.0f} s")
    with tempfile.TemporaryDirectory() as home:
        lived = live_through(Path(home), faults, LOSS)
    lines = [_line(told) for told in lived.told]
    wrong = list(lived.wrong)
    for number in range(chosen.times):
        say(f"the Centre's Internet uplink, {number + 1} of {chosen.times}")
        with tempfile.TemporaryDirectory() as home, uplinks_laid_out(Path(home)) as field:
            lines += of_uplink(field, congested=number == 0)
            wrong += besides(field)
    for one in wrong:
        say(f"not as it was to be: {one}")
    return _page(lines, wrong, {**made, "network": _network(lived)})


def plan(times: int) -> Iterator[Fault]:
    """One after the other, each when the last is over."""
    at = WARM
    for n in range(times):
        here, there = districts()[n], districts()[n + 1]
        commune = communes(there)[1]
        yield district_cut(here, at)
        yield core_down(CARRIERS[n % 2], at + SLOT)
        yield power_cut(commune, at + 2 * SLOT)
        # Of the same carrier, which has two faults then and not one.
        line = inet(communes(there)[2])
        yield two_at_once(district_cut(here, at + 3 * SLOT), line_cut(line, at + 3 * SLOT))
        yield parent_back_first(there, at + 4 * SLOT)
        at += 5 * SLOT + OVER_TOO
    yield flapping_parent(districts()[-1], at)


@dataclass(frozen=True)
class Line:
    """One incident: `seconds` from its cause until the last of its people had the first word.

    `prompt`: nothing has to be waited for.
    """

    fault: str
    what: str
    people: Sequence[str]
    events: Sequence[str]
    seconds: float
    prompt: bool = True


def of_uplink(field: UplinkField, *, congested: bool) -> Iterator[Line]:
    """The Centre's own line fills up first, or not, and then dies beyond its gateway."""
    field.daemon.wait(LONGEST, lambda: set(field.daemon.links().values()) == {"up"})
    time.sleep(WELL)
    with ExitStack() as stack:
        if congested:
            began = time.monotonic()
            stack.enter_context(field.congested())
            yield _heard(field, CONGESTED, "uplink_degraded", began)
        began = time.monotonic()
        stack.enter_context(field.dead_beyond_the_gateway())
        yield _heard(field, DEAD_TOO if congested else DEAD, "uplink_down", began)


def besides(field: UplinkField) -> Iterator[str]:
    """What was told of anything but the uplink, or to others than its people, or not to them."""
    reasons = [incident["reason"] for incident in field.daemon.status()["incidents"]]
    if len(reasons) != 1:
        yield f"uplink: {len(reasons)} incidents are open"
        return
    told: dict[str, set[str]] = {}
    for received in field.hook.received:
        told.setdefault(received.what[1], set()).add(received.what[2])
    for kind, people in told.items():
        meant = {OPERATORS} if kind.startswith("uplink_") else set()
        # Behind a queue that is full the gateway, too, is heard by chance: whose it is stays open.
        if (kind, reasons[0]) == ("uplink_down", "access"):
            meant.add("vnpt-tinh")
        if people != meant:
            yield f"uplink: told of {kind} ({reasons[0]}): {', '.join(sorted(people))}"


def _heard(field: UplinkField, fault: str, kind: str, began: float) -> Line:
    """Waits for the word, and some time longer."""
    since = len(field.hook.received)
    field.hook.within(LONGEST, lambda received: received.what[1] == kind)
    time.sleep(STILL)
    words = [r for r in field.hook.received[since:] if r.what[1] == kind]
    people = sorted({r.what[2] for r in words})
    first = [next(r.at for r in words if r.what[2] == who) - began for who in people]
    events = [r.what[0] for r in words if r.what[2] == OPERATORS]
    return Line(fault, kind, people, events, max(first, default=inf), fault != CONGESTED)


def _line(told: Told) -> Line:
    due = told.due
    what = f"{due.subject.partition(':')[0]} {due.kind}{'' if due.prompt else ', a child left'}"
    people = sorted(told.events)
    events = told.events[people[0]] if people else ()
    seconds = max(told.first.values(), default=inf)
    return Line(told.fault, what, people, events, seconds, due.prompt)


def _network(lived: Lived) -> str:
    counts = ", ".join(f"{count:,} {what}" for what, count in sorted(lived.requests.items()))
    return f"121 lines, {LOSS:g} % of pings lost anyway; pings: {counts}"


def _page(lines: Sequence[Line], wrong: Sequence[str], made: Mapping[str, str]) -> tuple[Page, int]:
    prompt = [line.seconds for line in lines if line.prompt]
    goals = [
        Goal("cut to the last of its webhooks, p95", percentile(prompt, 0.95), _GATE, "s"),
        Goal(
            "cut to the last of its webhooks, p99", percentile(prompt, 0.99), None, "s", _MOONSHOT
        ),
        Goal("incidents, contacts and words too many or missing", len(wrong), 0),
    ]
    page = Page("One fault, one page", made)
    by_what: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        by_what.setdefault((line.fault, line.what), []).append(line)
    table = Table(_HEAD, [_row(*what, some) for what, some in by_what.items()])
    records = [asdict(line) for line in lines]
    words = [_WORDS, *(f"Not as it was to be: {one}." for one in wrong)]
    page.sections = [verdicts(goals), Section("Faults", words, [table], records)]
    missed = goals[0].verdict is Verdict.MISSED or bool(wrong)
    return page, 1 if missed else 0


def _row(fault: str, what: str, lines: Sequence[Line]) -> tuple[str, ...]:
    seconds = sorted(line.seconds for line in lines)
    shown = (statistics.median(seconds), percentile(seconds, 0.95), seconds[-1])
    events = ", ".join(dict.fromkeys(", ".join(line.events) for line in lines))
    people = ", ".join(lines[0].people)
    return (fault, what, str(len(lines)), *(f"{s:.2f} s" for s in shown), people, events)


_HEAD = ("fault", "incident", "times", "p50", "p95", "max", "told (the first time)", "each heard")
_WORDS = (
    "60 sites with a WAN and an Internet line each, of two carriers, probed once a second for a"
    " conference. A time is that from the cut, by the network's own log, until the last of those"
    " who are to be told has the first word, at the webhook's receiver. Every incident in the store"
    " and every word to anybody is held against what the fault is to cause. Not held to the goal is"
    " what has to wait: a line still down when its parent is well has as long as a recovery takes"
    " (counted from the parent's mend), and it takes more pings to tell loss than an outage."
    " `updated` says how far the fault reaches, once that is known. Each message goes by itself"
    " (`digests: false`): there is a fault every quarter of a minute."
)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
