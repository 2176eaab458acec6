"""Loss that begins further up: what a link passes loses as much, but has not been found to yet.

How soon loss is seen is chance. So whoever is found lossy first has what it passes looked at: less
evidence is enough there, as its own is evidence of that, too.
"""

from collections.abc import Sequence
from math import log

from linkwatch.judge.charts import CLEAR_ODDS, CLEAR_SHARE
from linkwatch.judge.link import LinkJudge
from linkwatch.judge.significance import BACKGROUND_LOSS
from linkwatch.model.finding import Finding, Kind
from linkwatch.model.moment import Moment
from linkwatch.runtime.causes import key_of
from linkwatch.runtime.state import Effects, ProbeNow, State

ASKED_WITHIN = 6.0
"""s that a lossy link waits while it is in doubt what it passes loses ..."""
_PROBES, _SPACING = 24, 0.25
"""... which so many quick probes of that settle, mostly."""
_GUILTY, _INNOCENT = log(20.0), -log(CLEAR_ODDS)
"""Odds (logarithms) at which no more is asked."""


def blame(state: State, finding: Finding, now: Moment) -> Sequence[Finding]:
    """What is to be said of the next link up, of which nothing was said so far."""
    judge = _next_above(state, finding)
    if judge is None or finding.kind is not Kind.LOSS:
        return ()
    ratio, since = _seen(finding), now.monotonic_at(finding.started_at)
    odds = _odds(judge, ratio, since, now)
    return judge.take_blame(since, now) if odds is not None and odds >= _GUILTY else ()


def is_above_in_doubt(state: State, finding: Finding, now: Moment) -> bool:
    """Whether the next link up may well be what loses, or is late, as this one does."""
    judge = _next_above(state, finding)
    if judge is None or finding.kind is None:
        return False
    if finding.kind is not Kind.LOSS:
        return bool(judge.leans(finding.kind))
    odds = _odds(judge, _seen(finding), now.monotonic_at(finding.started_at), now)
    return odds is not None and _INNOCENT < odds < _GUILTY


def ask_above(state: State, finding: Finding, effects: Effects) -> None:
    """Have the next link up probed more often."""
    judge = _next_above(state, finding)
    if judge is not None:
        effects.probes.append(ProbeNow(judge.link.id, _PROBES, _SPACING))


def _next_above(state: State, finding: Finding) -> LinkJudge | None:
    link = finding.subject.link
    for above in state.causes.topology.above(link) if link is not None else ():
        judge = state.judges.get(above)
        if judge is None or not judge.is_verified:
            continue
        return judge if key_of(above) not in state.causes.bad else None
    return None


def _seen(finding: Finding) -> float:
    lost, sent = (finding.evidence.get(name, 0.0) for name in ("lost", "sent"))
    return lost / sent if sent else 0.0


def _odds(judge: LinkJudge, ratio: float, since: float, now: Moment) -> float | None:
    # What was found lossy first has lost more than the others, by chance.
    ratio /= 2
    return judge.odds_of_losing(ratio, min(BACKGROUND_LOSS, ratio * CLEAR_SHARE), since, now)
