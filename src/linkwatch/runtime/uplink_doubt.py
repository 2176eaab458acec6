"""Whether a link that is bad may be so for an uplink of ours, of which not enough is known yet.

An uplink that loses a part is seen by what its links lose, and a lost probe is known as lost only
when its time is over. By then the unluckiest of many lines would have been told. So where links of
several carriers miss something just now, more than chance has it, a line waits for the others.
"""

from math import inf
from typing import TYPE_CHECKING

from linkwatch.incident.uplink_shared import ASKED, Poll, chance_of_loss, shared
from linkwatch.judge.link import LinkJudge
from linkwatch.model.finding import Finding, Kind
from linkwatch.model.moment import Moment
from linkwatch.runtime.state import Effects, ProbeNow, State
from linkwatch.runtime.uplinks import Watch

if TYPE_CHECKING:
    from linkwatch.model.ids import CarrierId, SiteId

OUTAGE_WAITS = 2.0
"""s that a dead line waits: no longer than for what it passes."""
LOSS_WAITS = 6
"""Intervals that a lossy line waits: as many probes of each of the others."""
BEFORE = 1.0
"""s before a line falls silent in which others may have missed the first."""
DOUBT = 1e-2
"""The chance that so many healthy links of one carrier miss something meanwhile: two must."""
PANEL, QUICK = 12, (16, 0.25)
"""Links of each carrier that are asked, how often, and the s between."""
PANEL_FOR = 60.0
"""s for which they speak for all."""
LEAST_HEARD = 0.2
"""Of a carrier's links, those that have answered since."""
ASKED_FOR = 0.1
"""s for which others are not asked the same again."""


def patience(state: State, watch: Watch, finding: Finding, now: Moment) -> float:
    """How long (s) the finding waits for the fate of the uplink's other links; 0: not at all."""
    link, kind = finding.subject.link, finding.kind
    if link is None or kind not in (Kind.DOWN, Kind.LOSS) or watch.rule.death is not None:
        return 0.0
    interval = state.judges[link].interval
    if not _may_be_lossy(state, watch, now.monotonic_at(finding.started_at), now, interval):
        return 0.0
    return OUTAGE_WAITS if kind is Kind.DOWN else LOSS_WAITS * interval


def ask_panel(watch: Watch, now: Moment, effects: Effects) -> None:
    """Have some of each carrier's links asked at once: at their own pace it would take too long."""
    if watch.poor is not None or now.monotonic < watch.panel_until:
        return
    watch.panel = watch.rule.sample(PANEL)
    watch.panel_until = now.monotonic + PANEL_FOR
    asked = (link for links in watch.panel.values() for link in links)
    effects.probes += [ProbeNow(link, *QUICK) for link in asked]


def _may_be_lossy(state: State, watch: Watch, fell_at: float, now: Moment, interval: float) -> bool:
    """`_is_doubtful`, asked just now: many links that fail together ask the same."""
    key = (round(fell_at), interval)
    at, known = watch.doubts.get(key, (-inf, False))
    if now.monotonic - at < ASKED_FOR:
        return known
    said = _is_doubtful(state, watch, fell_at, now.monotonic, interval)
    recent = {k: v for k, v in watch.doubts.items() if now.monotonic - v[0] < ASKED_FOR}
    watch.doubts = recent | {key: (now.monotonic, said)}
    return said


def _is_doubtful(state: State, watch: Watch, fell_at: float, now: float, interval: float) -> bool:
    lapse = watch.rule.lapse
    since = max(fell_at - BEFORE, watch.rule.well_since, lapse.until if lapse else -inf)
    votes: dict[CarrierId, list[tuple[SiteId, bool]]] = {}
    for carrier, links in watch.rule.sample(ASKED).items():
        judges = [state.judges[link] for link in links]
        # Where nobody is heard any more, nothing is lost in part.
        if sum(judge.answered_at > fell_at for judge in judges) < LEAST_HEARD * len(judges):
            continue
        votes[carrier] = [(watch.rule.area(j.link.id), _misses(j, since)) for j in judges]
    chance = chance_of_loss(0.0, round((now - since) / interval))
    return shared(Poll(votes, 0.0), chance, DOUBT, least_share=0.0)


def _misses(judge: LinkJudge, since: float) -> bool:
    """Whether it has missed anything since then (monotonic s), and nothing before."""
    return judge.missed_at >= since and judge.silent_since >= since
