"""One link: its targets, its interface and its silence, put together into findings."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import inf, log

from linkwatch.judge.baseline import Baseline, tightened
from linkwatch.judge.interface import InterfaceJudge
from linkwatch.judge.reach import Reach
from linkwatch.judge.said import Said
from linkwatch.judge.significance import false_alarm_chance
from linkwatch.judge.silence import LEAST_PROBES
from linkwatch.judge.target import TargetJudge
from linkwatch.judge.targets import Targets
from linkwatch.model.finding import Family, Finding, Kind, LinkState
from linkwatch.model.measurement import AnsweredRun, Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity
from linkwatch.model.topology import Link, Place
from linkwatch.model.usual import UsualDelay

_PROBED = frozenset({Family.QUALITY, Family.NO_DATA})
"""Families that probes tell of; the interface has its own."""
LEAST_SILENCE = 10.0
"""Shorter silences of our own are not worth a word, whatever the interval."""


class LinkJudge:
    """Follows one link. Every call that takes a measurement returns the findings that changed."""

    __slots__ = ("_chance", "_doubt", "_limits", "_paced_at", "_restored", "_said", "_silent",
                 "_subject", "_targets", "_told_at", "_unusual", "_usual", "hurried", "interface",
                 "link")  # fmt: skip

    def __init__(self, link: Link, verified: Iterable[str], per_year: float, now: Moment) -> None:
        self.link = link
        self._subject = Subject.of_link(link.id)
        self._targets = Targets()
        self._targets.follow(link, frozenset(verified))
        self.interface = InterfaceJudge(link)
        """What the router tells of the link."""
        self._usual = Baseline()
        self._unusual: float | None = None
        self._limits = link.thresholds
        self.hurried = False
        """Whether the link is probed at its conference interval."""
        self._chance = false_alarm_chance(per_year, self.interval)
        self._told_at = self._paced_at = now.monotonic
        self._silent = True
        """Whether nothing has been heard: for too long, or yet."""
        self._restored = False
        self._doubt = 0
        self._said = Said()

    def replace(self, link: Link, verified: Iterable[str], per_year: float, now: Moment) -> None:
        """Follow the link's new form; targets that stayed keep all that is known of them."""
        added = self._targets.follow(link, frozenset(verified))
        self.link, self._limits = link, tightened(link.thresholds, self._unusual)
        self._chance = false_alarm_chance(per_year, self.interval)
        self.interface.replace(link)
        standing = self._said.standing(Family.QUALITY)
        if standing is not None and standing.kind is not None:
            # A new address must meet the clear rule as the old one would have had to.
            self._take_over(standing, added, now)

    def hurry(self, hurried: bool, per_year: float, now: Moment) -> None:
        """Follow the pace of the probes: each carries its share of what chance may do in a year.

        Silence is reckoned anew: nothing more was due at the former pace.
        """
        self.hurried = hurried
        self._chance = false_alarm_chance(per_year, self.interval)
        self._paced_at = now.monotonic

    def restore(self, finding: Finding, now: Moment) -> None:
        """Stand where an earlier run stood: unknown until fresh probes meet the clear rule."""
        if finding.family not in _PROBED:
            self.interface.restore(finding, now)
            return
        self._said.restore(finding)
        if finding.family is Family.QUALITY:
            self._restored = True
            self._take_over(finding, self._targets, now)
        else:
            self._silent = True

    def pass_by(self, result: ProbeResult, now: Moment) -> bool:
        """Take an answer that changes nothing but counts and windows; any other is for `take`.

        Returns whether it was one. `take` would have made the same of it.
        """
        rtt, position = result.rtt, result.target
        known = self._targets.by_position
        if rtt is None or self._silent or self._restored or position >= len(known):
            return False
        target = known[position]
        if target is None or not target.calm.add(rtt, result.sent_at):
            return False
        self._told_at = now.monotonic
        self._doubt = 0
        return True

    def take(self, result: ProbeResult, now: Moment) -> Sequence[Finding]:
        """Take the end of one probe."""
        target = self._targets.at(result.target)
        if target is None or not result.outcome.tells:
            return ()
        self._told_at = now.monotonic
        before = target.changes
        wanted = target.take(result, self._limits, self._chance, now.monotonic)
        self._wonder(target, wanted)
        if target.changes == before and not self._silent and not self._restored:
            return ()
        self._silent = False
        return self._said.news((self._quality(now), self._no_data(now)))

    def take_run(self, run: AnsweredRun, now: Moment) -> Sequence[Finding]:
        """Take many answers in one go: what `take` would have made of each in its turn.

        `now` is the turn of the last; each is known as long after it was sent as that one.
        """
        findings: list[Finding] = []
        for number, result in enumerate(run.results()):
            target = self._targets.at(result.target)
            at_peace = not (self._silent or self._restored) and target is not None
            if target is not None and at_peace and target.calm.holds(run.rtt):
                target.skip(run, number, self._limits)
                self._told_at = now.monotonic
                self._wonder(target, 0)
                break
            findings += self.take(result, now.before(run.last_sent_at - result.sent_at))
        return findings

    def suspect(self, overdue: Overdue, now: Moment) -> Sequence[Finding]:
        """A reply is overdue."""
        target = self._targets.at(overdue.target)
        if target is None:
            return ()
        before = target.changes
        self._wonder(target, target.suspect(overdue.sent_at, self._chance, now.monotonic))
        return () if target.changes == before else self._said.news((self._quality(now),))

    def advance(self, now: Moment) -> list[Finding]:
        """What silence alone has brought about."""
        if not self._targets or now.monotonic < self.next_due():
            return []
        self._silent = True
        return self._said.news((self._no_data(now),))

    def next_due(self) -> float:
        """When `advance` has something to say if nothing is heard until then (monotonic s)."""
        silence = max(LEAST_SILENCE, 3 * self.interval + self.link.probing.timeout)
        return max(self._told_at, self._paced_at) + silence

    def compare(self, local: datetime) -> UsualDelay | None:
        """Learn what is usual at this local time, and judge by it from the next probe on.

        What is now known, to be kept; None where nothing was learnt.
        """
        best = self._targets.best
        if self.link.thresholds.above_usual is None or best is None:
            return None
        (median,) = best.rtt(0.5)
        taught = median is not None and self._is_lesson(median)
        if taught and median is not None:
            self._usual.learn(median, local)
        self._judge_by(local)
        return self._usual.kept(self.link.id) if taught else None

    def remember(self, usual: UsualDelay, local: datetime) -> None:
        """Go on with what an earlier run knew of the usual delay."""
        self._usual = Baseline.of(usual)
        self._judge_by(local)

    def _judge_by(self, local: datetime) -> None:
        deviations = self.link.thresholds.above_usual
        self._unusual = None if deviations is None else self._usual.level(local, deviations)
        limits = tightened(self.link.thresholds, self._unusual)
        if limits != self._limits:
            self._limits = limits
            self._targets.watch()

    def _is_lesson(self, median: float) -> bool:
        """Whether nothing is wrong by the operators' own levels: what is only unusual may become
        usual, by and by.
        """
        if self._silent or self._restored:
            return False
        worst, limits = self._targets.worst(self._limits), self.link.thresholds.latency
        is_unusual = worst is not None and worst.kind is Kind.LATENCY
        return (worst is None or is_unusual) and limits.severity(median) is Severity.OK

    def doubt(self) -> int:
        """How many quick probes would settle what the last call raised, 0 where it raised none."""
        wanted, self._doubt = self._doubt, 0
        return wanted

    @property
    def interval(self) -> float:
        """s from one probe to the next, as it is now."""
        return self.link.probing.every(hurried=self.hurried)

    def _wonder(self, target: TargetJudge, wanted: int) -> None:
        # A target that does not speak for the link is no reason to ask it more often.
        alone = len(self._targets) == 1
        self._doubt = wanted if wanted and (alone or target in self._targets.pool()) else 0

    @property
    def families(self) -> frozenset[Family]:
        """What can be found wrong with the link as it is configured."""
        return self.interface.families | (_PROBED if self._targets else frozenset())

    @property
    def is_verified(self) -> bool:
        """Whether any target has ever answered."""
        return self._targets.is_any_verified

    def is_target_verified(self, address: str) -> bool:
        """Whether the target at this address has ever answered."""
        return self._targets.is_verified(address)

    @property
    def state(self) -> LinkState:
        """The state as shown."""
        if not self.is_verified and not self._said.stands(Family.QUALITY):
            return LinkState.UNVERIFIED
        if self.is_unseen or not self.is_verified:
            return LinkState.UNKNOWN
        worst = self._targets.worst(self._limits)
        if worst is not None:
            return LinkState.DOWN if worst.kind is Kind.DOWN else LinkState.DEGRADED
        return LinkState.DEGRADED if self.interface.is_overloaded else LinkState.UP

    @property
    def heard_at(self) -> float:
        """When the latest probe that was answered had been sent (monotonic s), by those targets
        that we ask; -inf: none.
        """
        latest = -inf
        for target in self._targets.asked:  # spelt out: a country's links are gone through at once
            at = target.answered_at
            latest = max(latest, at)
        return latest

    @property
    def silent_since(self) -> float:
        """When the last of its targets fell silent (monotonic s); inf: not all are."""
        return max((t.silent_since for t in self._targets.asked), default=inf)

    @property
    def missed_at(self) -> float:
        """When its latest probe that was overdue or lost had been sent (monotonic s), by targets
        that we ask; -inf: none.
        """
        return max((t.missed_at for t in self._targets.asked), default=-inf)

    def missed_until(self, at: float) -> int:
        """Of the probes missed in a row, those sent until then (monotonic s)."""
        pool = self._targets.pool()
        return min((target.misses - target.missed_since(at) for target in pool), default=0)

    @property
    def is_bad(self) -> bool:
        """Whether what was last said of its probes is that something is wrong."""
        return self._said.stands(Family.QUALITY) or self._said.stands(Family.NO_DATA)

    def is_dead_since(self, at: float) -> bool:
        """Whether probes sent after `at` (monotonic s) alone show that nothing gets through."""
        since = max(at, self.heard_at)
        pool = self._targets.pool()
        return bool(pool) and all(t.down and t.missed_since(since) >= LEAST_PROBES for t in pool)

    def lost_share(self, since: float) -> float | None:
        """Of the probes sent since then (monotonic s), how many were lost; None: it tells nothing,
        as it was down before, or was not heard.
        """
        best = self._targets.best
        if best is None or self.is_unseen:
            return None
        if best.down:
            return 1.0 if best.down_since >= since else None
        lost = best.lost_since(since)
        if lost is None:
            return 0.0
        return lost.bad / (lost.sent + max(0.0, lost.since - since) / self.interval)

    def odds_of_losing(
        self, ratio: float, rather_than: float, since: float, now: Moment
    ) -> float | None:
        """By what was lost of the probes sent since then (monotonic s), how much likelier it is
        that so many are lost than the others (both above 0): the logarithm of the ratio.

        None: it tells nothing, as it is down, or was not heard.
        """
        counted = self._counted(since, now)
        if counted is None or not ratio > rather_than > 0:
            return None
        bad, good = counted
        return bad * log(ratio / rather_than) + good * log((1 - ratio) / (1 - rather_than))

    def take_blame(self, since: float, now: Moment) -> Sequence[Finding]:
        """What passes it loses since then (monotonic s), and so does it: that is its fault.

        As far as it lost so much that it is one by its own levels.
        """
        best, counted = self._targets.best, self._counted(since, now)
        if best is None or counted is None or self._restored:
            return ()
        bad, good = counted
        severity = self._limits.loss.severity(bad / max(1.0, bad + good))
        best.take_blame(since, severity, now.monotonic)
        return self._said.news((self._quality(now),))

    def _counted(self, since: float, now: Moment) -> tuple[int, float] | None:
        """Probes lost and answered of those sent since then, about; None: it tells nothing."""
        best = self._targets.best
        if best is None or best.down or self.is_unseen:
            return None
        lost = best.lost_since(since)
        if lost is None:
            return 0, max(0.0, now.monotonic - since) / self.interval
        return lost.bad, lost.sent - lost.bad + max(0.0, lost.since - since) / self.interval

    def leans(self, kind: Kind) -> bool | None:
        """Whether its last replies are as late, or as unsteady, as would be wrong if it went on."""
        best = self._targets.best
        if best is None or best.down or self.is_unseen:
            return None
        return best.leans(kind, self._limits)

    def replies_are_bad(self, kind: Kind) -> bool | None:
        """Whether its last few replies are late, or unsteady, though it may be about to be cleared.

        None: it tells nothing.
        """
        best = self._targets.best
        if best is None or best.down or self.is_unseen:
            return None
        return best.replies_are_bad(kind, self._limits)

    def forgive(self, now: Moment) -> Sequence[Finding]:
        """What was lost and late of late was not the link's fault."""
        for target in self._targets:
            target.forgive()
        return self._said.news((self._quality(now),))

    def overlook(self, since: float, until: float, now: Moment, *, lost: bool) -> Sequence[Finding]:
        """What was sent between them (monotonic s) came to nothing for another's sake: whoever fell
        silent then has not shown yet that it is down. `lost`: it counts as loss all the same.
        """
        for target in self._targets:
            target.overlook(since, until, lost=lost)
        return self._said.news((self._quality(now),))

    @property
    def is_unseen(self) -> bool:
        """Whether nothing is heard of it: its probes tell nothing, or it is not known yet."""
        return self._silent or self._restored

    @property
    def loses(self) -> bool:
        """Whether probes are being lost, more than by chance."""
        quality = self._said.standing(Family.QUALITY)
        return quality is not None and quality.kind is Kind.LOSS

    @property
    def reach(self) -> Reach:
        """How far probes get now."""
        return Reach.UNSEEN if self.is_unseen else self._targets.reach

    def answered(self, place: Place) -> tuple[str, float] | None:
        """Which target there answered the latest probe, and when that was sent (monotonic s).

        None where none has ever answered.
        """
        return self._targets.answered(place)

    @property
    def answered_at(self) -> float:
        """When the latest probe that was answered had been sent (monotonic s); -inf: none."""
        return self._targets.answered_at

    @property
    def misses(self) -> int:
        """Probes lost or overdue in a row, by all targets that speak for the link."""
        return self._targets.misses

    @property
    def best(self) -> TargetJudge | None:
        """The target whose figures stand for the link; None before any has answered."""
        return self._targets.best

    def _take_over(self, standing: Finding, targets: Iterable[TargetJudge], now: Moment) -> None:
        if standing.kind is not None:
            for target in targets:
                since = now.monotonic_at(standing.started_at)
                target.restore(standing.kind, standing.severity, since)

    def _quality(self, now: Moment) -> Finding:
        standing = self._said.standing(Family.QUALITY)
        if standing is not None and not self.is_verified:
            # Nothing has answered at the new address yet: what was wrong is not over.
            return standing
        symptom = self._targets.worst(self._limits)
        if symptom is None:
            self._restored = False
            since = min((t.good_since for t in self._targets.pool()), default=now.monotonic)
            return Finding(self._subject, Family.QUALITY, Severity.OK, now.wall_at(since))
        if any(t.is_settled(self._chance) for t in self._targets.pool()):
            self._restored = False
        return Finding(
            self._subject,
            Family.QUALITY,
            symptom.severity,
            now.wall_at(symptom.started_at),
            symptom.kind,
            symptom.measured,
            symptom.threshold,
            evidence=symptom.evidence,
        )

    def _no_data(self, now: Moment) -> Finding:
        since = now.wall_at(self._told_at)
        quality = self._said.standing(Family.QUALITY)
        known_down = quality is not None and quality.kind is Kind.DOWN
        # Who was told that the link is down learns nothing from our not seeing it either.
        if not self._silent or not self.is_verified or known_down:
            return Finding(self._subject, Family.NO_DATA, Severity.OK, since)
        return Finding(self._subject, Family.NO_DATA, Severity.CRITICAL, since, Kind.NO_DATA)
