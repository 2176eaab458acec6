"""One link: its targets, its load and its silence, put together into findings."""

from collections.abc import Iterable, Sequence

from linkwatch.judge.significance import false_alarm_chance
from linkwatch.judge.target import Symptom, TargetJudge
from linkwatch.judge.utilisation import UtilisationJudge
from linkwatch.model.finding import Family, Finding, Kind, LinkState
from linkwatch.model.measurement import AnsweredRun, InterfaceSample, Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.thresholds import Metric, Severity
from linkwatch.model.topology import Link, Method, Place, Target

TargetKey = tuple[str, Method, int | None]

_JUDGED = frozenset({Method.ICMP, Method.TCP, Method.PUSH})
LEAST_SILENCE = 10.0
"""Shorter silences of our own are not worth a word, whatever the interval."""


class LinkJudge:
    """Follows one link. Every call that takes a measurement returns the findings that changed.

    A link is judged at its far end: by the site's own targets where any of them ever answered,
    else by the carrier's. Among those the best one counts: whatever crosses to it proves the
    line, while a router that answers few pings proves nothing. Down is when all of them are.
    """

    def __init__(self, link: Link, verified: Iterable[str], per_year: float, now: Moment) -> None:
        self.link = link
        known = frozenset(verified)
        self._targets = {_key(t): TargetJudge(t.address in known) for t in _probed(link)}
        self._utilisation = UtilisationJudge()
        self._chance = false_alarm_chance(per_year, link.probing.interval)
        self._told_at = now.monotonic
        self._silent = False
        self._restored = False
        self._doubt = 0
        self._said: dict[Family, Finding] = {}

    def replace(self, link: Link, verified: Iterable[str], per_year: float, now: Moment) -> None:
        """Follow the link's new form; targets that stayed keep all that is known of them."""
        kept, known = self._targets, frozenset(verified)
        self._targets = {
            _key(t): kept.get(_key(t)) or TargetJudge(t.address in known) for t in _probed(link)
        }
        self.link = link
        self._chance = false_alarm_chance(per_year, link.probing.interval)
        standing = self._said.get(Family.QUALITY)
        if standing is not None and standing.kind is not None:
            # A new address must meet the clear rule as the old one would have had to.
            self._take_over(standing, [t for k, t in self._targets.items() if k not in kept], now)

    def restore(self, finding: Finding, now: Moment) -> None:
        """Stand where an earlier run stood: unknown until fresh probes meet the clear rule."""
        self._said[finding.family] = finding
        if finding.family is Family.QUALITY:
            self._restored = True
            self._take_over(finding, self._targets.values(), now)
        elif finding.family is Family.NO_DATA:
            self._silent = True
        elif finding.direction is not None:
            since = now.monotonic_at(finding.started_at)
            self._utilisation.restore(finding.direction, finding.severity, since)

    def take(self, result: ProbeResult, now: Moment) -> Sequence[Finding]:
        """Take the end of one probe."""
        target = self._target(result.target)
        if target is None or not result.outcome.tells:
            return ()
        self._told_at = now.monotonic
        before = target.changes
        wanted = target.take(result, self.link.thresholds, self._chance, now.monotonic)
        self._wonder(target, wanted)
        if target.changes == before and not self._silent and not self._restored:
            return ()
        self._silent = False
        return self._changes(now, Family.QUALITY, Family.NO_DATA)

    def take_run(self, run: AnsweredRun, now: Moment) -> Sequence[Finding]:
        """Take many answers in one go: what `take` would have made of each in its turn.

        `now` is the turn of the last; each is known as long after it was sent as that one.
        """
        findings: list[Finding] = []
        for number, result in enumerate(run.results()):
            target = self._target(result.target)
            at_peace = not (self._silent or self._restored) and target is not None
            if target is not None and at_peace and target.is_calm(run.rtt, self.link.thresholds):
                target.skip(run.probes - number, run.last_sent_at, run.rtt)
                self._told_at = now.monotonic
                self._wonder(target, 0)
                break
            findings += self.take(result, now.before(run.last_sent_at - result.sent_at))
        return findings

    def suspect(self, overdue: Overdue, now: Moment) -> Sequence[Finding]:
        """A reply is overdue."""
        target = self._target(overdue.target)
        if target is None:
            return ()
        before = target.changes
        self._wonder(target, target.suspect(overdue.sent_at, self._chance, now.monotonic))
        return () if target.changes == before else self._changes(now, Family.QUALITY)

    def take_sample(self, sample: InterfaceSample, now: Moment) -> list[Finding]:
        """Take one reading of the interface that carries the link."""
        self._utilisation.take(sample, self.link, now.monotonic, now.wall)
        return self._changes(now, Family.UTILISATION)

    def lose_sight(self) -> None:
        """The router has been silent for too long: its figures are not known any more."""
        self._utilisation.lose_sight()

    def advance(self, now: Moment) -> list[Finding]:
        """What silence alone has brought about."""
        if not self._targets or now.monotonic < self.next_due():
            return []
        self._silent = True
        return self._changes(now, Family.NO_DATA)

    def next_due(self) -> float:
        """When `advance` has something to say if nothing is heard until then (monotonic s)."""
        probing = self.link.probing
        return self._told_at + max(LEAST_SILENCE, 3 * probing.interval + probing.timeout)

    def doubt(self) -> int:
        """How many quick probes would settle what the last call raised, 0 where it raised none."""
        wanted, self._doubt = self._doubt, 0
        return wanted

    def _wonder(self, target: TargetJudge, wanted: int) -> None:
        # A target that does not speak for the link is no reason to ask it more often.
        self._doubt = wanted if wanted and target in self._pool() else 0

    @property
    def families(self) -> frozenset[Family]:
        """What can be found wrong with the link as it is configured."""
        probed = {Family.QUALITY, Family.NO_DATA} if self._targets else set()
        return frozenset(probed | ({Family.UTILISATION} if self.link.interface else set()))

    @property
    def is_verified(self) -> bool:
        """Whether any target has ever answered."""
        return any(t.verified for t in self._targets.values())

    def is_target_verified(self, address: str) -> bool:
        """Whether the target at this address has ever answered."""
        return any(t.verified for key, t in self._targets.items() if key[0] == address)

    @property
    def state(self) -> LinkState:
        """The state as shown."""
        if not self.is_verified and not self._stands(Family.QUALITY):
            return LinkState.UNVERIFIED
        if self._silent or self._restored or not self.is_verified:
            return LinkState.UNKNOWN
        worst = self._worst()
        if worst is not None:
            return LinkState.DOWN if worst.kind is Kind.DOWN else LinkState.DEGRADED
        return LinkState.DEGRADED if self._stands(Family.UTILISATION) else LinkState.UP

    @property
    def best(self) -> TargetJudge | None:
        """The target whose figures stand for the link; None before any has answered."""
        return min(self._pool(), key=lambda t: t.loss or 0.0, default=None)

    @property
    def utilisation(self) -> UtilisationJudge:
        """Load by direction."""
        return self._utilisation

    def _worst(self) -> Symptom | None:
        pool = self._pool()
        if not pool:
            return None
        if all(t.down for t in pool):
            # The fault began when the last of them fell silent.
            return max(pool, key=lambda t: t.down_since).symptom(self.link.thresholds)
        symptoms = [t.symptom(self.link.thresholds) for t in pool]
        return min(symptoms, key=lambda s: s.severity if s else Severity.OK)

    def _pool(self) -> list[TargetJudge]:
        """The targets that speak for the link: the living at its far end, else all of them."""
        verified = [t for t in _probed(self.link) if self._targets[_key(t)].verified]
        far = [t for t in verified if t.place is Place.SITE] or verified
        judges = [self._targets[_key(t)] for t in far]
        return [t for t in judges if not t.down] or judges

    def _take_over(self, standing: Finding, targets: Iterable[TargetJudge], now: Moment) -> None:
        if standing.kind is not None:
            for target in targets:
                since = now.monotonic_at(standing.started_at)
                target.restore(standing.kind, standing.severity, since)

    def _stands(self, family: Family) -> bool:
        said = self._said.get(family)
        return said is not None and said.severity is not Severity.OK

    def _target(self, position: int) -> TargetJudge | None:
        targets = self.link.targets
        return self._targets.get(_key(targets[position])) if position < len(targets) else None

    def _changes(self, now: Moment, *families: Family) -> list[Finding]:
        changed = []
        for family in families:
            finding = self._find(family, now)
            said = self._said.get(family)
            if said is None and finding.severity is Severity.OK:
                continue
            if said is None or _differs(said, finding):
                self._said[family] = finding
                changed.append(finding)
        return changed

    def _find(self, family: Family, now: Moment) -> Finding:
        match family:
            case Family.QUALITY:
                return self._quality(now)
            case Family.NO_DATA:
                return self._no_data(now)
            case Family.UTILISATION:
                return self._load(now)

    def _quality(self, now: Moment) -> Finding:
        standing = self._said.get(Family.QUALITY)
        if standing is not None and not self.is_verified:
            # Nothing has answered at the new address yet: what was wrong is not over.
            return standing
        symptom = self._worst()
        if symptom is None:
            self._restored = False
            since = min((t.good_since for t in self._pool()), default=now.monotonic)
            return Finding(self.link.id, Family.QUALITY, Severity.OK, now.wall_at(since))
        if any(t.is_settled(self._chance) for t in self._pool()):
            self._restored = False
        return Finding(
            self.link.id,
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
        quality = self._said.get(Family.QUALITY)
        known_down = quality is not None and quality.kind is Kind.DOWN
        # Who was told that the link is down learns nothing from our not seeing it either.
        if not self._silent or not self.is_verified or known_down:
            return Finding(self.link.id, Family.NO_DATA, Severity.OK, since)
        return Finding(self.link.id, Family.NO_DATA, Severity.CRITICAL, since, Kind.NO_DATA)

    def _load(self, now: Moment) -> Finding:
        direction, severity, since = self._utilisation.worst()
        if severity is Severity.OK:
            since = self._utilisation.good_since
            return Finding(self.link.id, Family.UTILISATION, Severity.OK, now.wall_at(since))
        level = self.link.thresholds.utilisation.level(severity)
        ratio = self._utilisation.ratio[direction]
        contracted = self._utilisation.contracted[direction]
        return Finding(
            self.link.id,
            Family.UTILISATION,
            severity,
            now.wall_at(since),
            Kind.UTILISATION,
            {} if ratio is None else {Metric.UTILISATION: ratio},
            {} if level is None else {Metric.UTILISATION: level},
            direction,
            {} if contracted is None else {"contracted": float(contracted)},
        )


def _key(target: Target) -> TargetKey:
    return (target.address, target.method, target.port)


def _probed(link: Link) -> list[Target]:
    return [t for t in link.targets if t.method in _JUDGED]


def _differs(said: Finding, finding: Finding) -> bool:
    return (said.severity, said.kind, said.direction) != (
        finding.severity,
        finding.kind,
        finding.direction,
    )
