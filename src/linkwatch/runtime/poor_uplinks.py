"""Uplinks of ours through which much is lost, or late: what links of several carriers share.

A link is excused only as far as what the others lose explains what it loses: a line that is dead
behind a lossy uplink is told as soon as its silence is longer than the uplink's loss makes likely.
"""

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from linkwatch.incident.uplink_shared import (
    ASKED,
    CHANCE,
    SLOW,
    STILL,
    Poll,
    chance_of_loss,
    explains_loss,
    explains_silence,
    shared,
)
from linkwatch.judge.link import LinkJudge
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.moment import Moment
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Metric
from linkwatch.model.uplink import Ground
from linkwatch.runtime.state import State
from linkwatch.runtime.uplinks import Poor, Watch

if TYPE_CHECKING:
    from linkwatch.model.ids import CarrierId, SiteId

REVIEW = 5.0
"""s between two looks at it ..."""
LEAST_WELL = 6
"""... and so many in a row that find it well end it."""
LOOK_BACK, LEAST_BACK = 16, 30.0
"""Probes of a link, and s at least, that a review looks back on."""
ASKED_FOR = 0.25
"""s for which others are not asked the same again."""
CONCERNED = frozenset({Kind.DOWN, Kind.LOSS, Kind.LATENCY, Kind.JITTER})
_METRICS = {Kind.LATENCY: Metric.LATENCY, Kind.JITTER: Metric.JITTER}


class Question(NamedTuple):
    """What others are asked: did you lose half of `level`, or are you late, from `since` on?"""

    kind: Kind
    level: float
    since: float

    @classmethod
    def of(cls, finding: Finding, since: float) -> "Question":
        """What is asked on account of a link's finding, or of the uplink's own."""
        known = (k for k, metric in _METRICS.items() if metric in finding.threshold)
        return cls(next(known, Kind.LOSS), finding.threshold.get(Metric.LOSS, 0.0), since)

    def is_lossy(self, ratio: float) -> bool:
        """Whether so much is what is asked for."""
        return ratio > 0 and ratio >= self.level / 2

    def chance(self, now: Moment, interval: float) -> float:
        """That a healthy link says yes, probed every `interval` s."""
        if self.kind is not Kind.LOSS:
            return SLOW
        return chance_of_loss(self.level, round((now.monotonic - self.since) / interval))


def is_shared(state: State, watch: Watch, finding: Finding, now: Moment) -> bool:
    """Whether others are bad as the link is, so that it need not be; if so, that is said."""
    link = finding.subject.link
    if link is None or finding.kind not in CONCERNED:
        return False
    judge, standing = state.judges[link], watch.poor
    if watch.rule.death is not None:
        return _was_shared(watch, finding, judge, watch.rule.death.since)
    # What was lost while the uplink was dead tells nothing of how it is now.
    since = max(now.monotonic_at(finding.started_at), watch.rule.well_since)
    if standing is not None:
        began = now.monotonic_at(standing.finding.started_at)
        since = max(began, now.monotonic - LEAST_BACK, watch.rule.well_since)
    looks = [Question.of(finding, since)]
    if standing is None and finding.kind is Kind.LOSS:
        # All may have lost something for longer than the unluckiest has lost much.
        longer = now.monotonic - _look_back(judge.interval)
        looks.append(looks[0]._replace(since=min(since, longer)))
    found = _agreed(state, watch, looks, finding, now)
    if found is None or not _is_explained(finding, judge, found, now):
        return False
    if standing is None or finding.severity > standing.finding.severity:
        said = _degraded(state, watch, finding, found)
        watch.poor = Poor(said, now.monotonic + REVIEW)
    return True


def _agreed(
    state: State, watch: Watch, looks: Sequence[Question], finding: Finding, now: Moment
) -> Poll | None:
    """What others have said to the first of the questions that shows it to be common to all."""
    interval = state.judges[finding.subject.link or watch.link.id].interval
    # Whether it goes on losing is for `review` to say: one look at a few of them may be unlucky.
    is_known = watch.poor is not None and finding.kind not in _METRICS
    doubt = CHANCE if watch.poor is None else STILL
    for question in looks:
        found = _asked(state, watch, question, now)
        if is_known or shared(found, question.chance(now, interval), doubt):
            return found
    return None


def _was_shared(watch: Watch, finding: Finding, judge: LinkJudge, died_at: float) -> bool:
    """Whether a silence that the uplink's death met may be of the loss that there was before it."""
    if watch.poor is None or finding.kind is not Kind.DOWN:
        return False
    lost = watch.poor.finding.measured.get(Metric.LOSS)
    return lost is not None and explains_silence(lost, judge.missed_until(died_at))


def review(state: State, watch: Watch, now: Moment) -> None:
    """Whether what was said of it goes on."""
    poor = watch.poor
    if poor is None or now.monotonic < poor.due:
        return
    poor.due = now.monotonic + REVIEW
    own = state.judges.get(watch.link.id)
    interval = own.interval if own is not None else 1.0
    since = max(now.monotonic - _look_back(interval), watch.rule.well_since)
    question = Question.of(poor.finding, since)
    is_still = shared(_poll(state, watch, question, now), question.chance(now, interval), STILL)
    poor.well = 0 if is_still else poor.well + 1
    if poor.well >= LEAST_WELL:
        watch.poor = None


def _look_back(interval: float) -> float:
    """s in which enough is probed to see a loss that goes on."""
    return max(LEAST_BACK, LOOK_BACK * interval)


def _is_explained(finding: Finding, judge: LinkJudge, found: Poll, now: Moment) -> bool:
    if finding.kind is Kind.DOWN:
        # What is only overdue may be late like all that comes through it.
        certain = judge.missed_until(now.monotonic - judge.link.probing.timeout)
        return explains_silence(found.lost, certain)
    if finding.kind is Kind.LOSS:
        lost, sent = (int(finding.evidence.get(name, 0.0)) for name in ("lost", "sent"))
        return explains_loss(found.lost, lost, sent)
    return True


def _asked(state: State, watch: Watch, question: Question, now: Moment) -> Poll:
    """What others say, asked just now: many links that fail together ask the same."""
    key = question._replace(since=round(question.since))
    at, found = watch.polls.get(key, (-inf, None))
    if found is None or now.monotonic - at >= ASKED_FOR:
        watch.polls = {k: v for k, v in watch.polls.items() if now.monotonic - v[0] < ASKED_FOR}
        found = _poll(state, watch, question, now)
        watch.polls[key] = (now.monotonic, found)
    return found


def _poll(state: State, watch: Watch, question: Question, now: Moment) -> Poll:
    votes: dict[CarrierId, list[tuple[SiteId, bool]]] = {}
    ratios = []
    is_asked = now.monotonic < watch.panel_until
    for carrier, links in (watch.panel if is_asked else watch.rule.sample(ASKED)).items():
        said = votes.setdefault(carrier, [])
        for link in links:
            judge = state.judges[link]
            ratio = judge.lost_share(question.since)
            if ratio is None:
                continue
            if ratio < 1.0:  # what is dead tells not how much is lost
                ratios.append(ratio)
            is_bad = question.is_lossy(ratio)
            if question.kind is not Kind.LOSS:
                is_bad = bool(judge.leans(question.kind))
            said.append((watch.rule.area(link), is_bad))
    return Poll(votes, sum(ratios) / len(ratios) if ratios else 1.0)


def _degraded(state: State, watch: Watch, finding: Finding, found: Poll) -> Finding:
    own = state.judges.get(watch.link.id)
    full = own is not None and own.interface.is_overloaded
    late = finding.kind in _METRICS
    ground = Ground.FULL if full else Ground.DELAY if late else Ground.LOSS
    return Finding(
        Subject.of_uplink(watch.link.id),
        Family.UPLINK,
        finding.severity,
        finding.started_at,
        Kind.UPLINK_DEGRADED,
        finding.measured if late else {Metric.LOSS: found.lost},
        finding.threshold,
        evidence=found.counted,
        reason=ground.value,
    )
