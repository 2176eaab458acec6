"""What a router tells of one link: whether its interface is there, how full it is, and how fast."""

from dataclasses import dataclass
from datetime import tzinfo

from linkwatch.judge.boost import BoostJudge
from linkwatch.judge.month import Month
from linkwatch.judge.said import Said
from linkwatch.judge.slots import Slots
from linkwatch.judge.utilisation import UtilisationJudge
from linkwatch.model.boost import Evidence
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.load import MonthLoad
from linkwatch.model.measurement import InterfaceFault, InterfaceSample
from linkwatch.model.moment import Moment
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Metric, Severity
from linkwatch.model.topology import Link

POLLS = 2
"""A router that has just begun anew may not know all its interfaces at the first poll."""

_KINDS = {
    InterfaceFault.MISSING: Kind.INTERFACE_MISSING,
    InterfaceFault.AMBIGUOUS: Kind.INTERFACE_AMBIGUOUS,
}


@dataclass(frozen=True, slots=True)
class Read:
    """What a reading came to: findings that changed, and what is to be kept over restarts."""

    findings: list[Finding]
    evidence: list[Evidence]
    loads: list[MonthLoad]


class InterfaceJudge:
    """Follows the interface that carries one link; each call returns the findings that changed."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._subject = Subject.of_link(link.id)
        self.utilisation = UtilisationJudge()
        self.fault: InterfaceFault | None = None
        """Why the last poll of the router did not show the interface; None: it did."""
        self.boost = BoostJudge()
        self.month = Month(link.id)
        self._slots = Slots()
        self._is_fresh = True
        self._faulty = 0
        self._faulty_since = 0.0
        self._said = Said()

    def replace(self, link: Link) -> None:
        """Follow the link's new form."""
        self.link = link

    def restore(self, finding: Finding, now: Moment) -> None:
        """Stand where an earlier run stood."""
        self._said.restore(finding)
        since = now.monotonic_at(finding.started_at)
        if finding.family is Family.INTERFACE:
            self._faulty, self._faulty_since = POLLS, since
            self.fault = next((f for f, kind in _KINDS.items() if kind is finding.kind), None)
        elif finding.family is Family.BANDWIDTH:
            self.boost.restore(finding, self.link, now.wall)
        elif finding.direction is not None:
            self.utilisation.restore(finding.direction, finding.severity, since)

    def take(self, sample: InterfaceSample, now: Moment, zone: tzinfo, *, loses: bool) -> Read:
        """Take one reading of the interface. `loses`: probes are being lost on the link."""
        self.fault, self._faulty = None, 0
        counts = self._counts(sample)
        evidence: list[Evidence] = []
        loads: list[MonthLoad] = []
        for slot in self._slots.add(sample, now.wall, loses=loses) if counts else ():
            evidence += self.boost.take(slot, self.link)
            loads += self.month.take(slot, zone)
        contract = self.boost.contract(self.link, now.wall)
        limits = self.link.thresholds.utilisation
        self.utilisation.take(sample, contract, limits, now.monotonic, counts=counts)
        findings = (self._identity(now), self._load(now), self._bandwidth(now))
        return Read(self._said.news(findings), evidence, loads)

    def take_fault(self, fault: InterfaceFault, now: Moment) -> list[Finding]:
        """The router answered, but has no such interface, or more than one."""
        if not self._faulty:
            self._faulty_since = now.monotonic
        self._faulty += 1
        self.fault = fault
        self.utilisation.lose_sight()
        return self._said.news((self._identity(now),))

    def review(self, now: Moment) -> list[Finding]:
        """Time has passed, or something was told: what that alone changes."""
        return self._said.news((self._bandwidth(now),))

    def lose_sight(self) -> None:
        """The router has been silent for too long: its figures are not known any more."""
        self.utilisation.lose_sight()

    @property
    def families(self) -> frozenset[Family]:
        """What can be found wrong with the link as it is configured."""
        reads = {Family.UTILISATION, Family.INTERFACE} if self.link.interface else set()
        return frozenset(reads | ({Family.BANDWIDTH} if self.link.is_ever_boosted else set()))

    @property
    def is_overloaded(self) -> bool:
        """Whether the link is found to be too full."""
        return self._said.stands(Family.UTILISATION)

    def _counts(self, sample: InterfaceSample) -> bool:
        """Whether verdicts may stand on it: the first rates reach back to counters of any age."""
        is_break = sample.discard is not None and not sample.discard.is_pending
        is_first = self._is_fresh and sample.discard is None
        self._is_fresh = is_break or (self._is_fresh and not is_first)
        return not is_first

    def _identity(self, now: Moment) -> Finding:
        if self.fault is None:
            return Finding(self._subject, Family.INTERFACE, Severity.OK, now.wall)
        standing = self._said.standing(Family.INTERFACE)
        if self._faulty < POLLS and standing is not None:
            return standing
        if self._faulty < POLLS:
            return Finding(self._subject, Family.INTERFACE, Severity.OK, now.wall)
        since, kind = now.wall_at(self._faulty_since), _KINDS[self.fault]
        return Finding(self._subject, Family.INTERFACE, Severity.WARNING, since, kind)

    def _bandwidth(self, now: Moment) -> Finding:
        return self.boost.finding(self._subject, self.link, now.wall)

    def _load(self, now: Moment) -> Finding:
        direction, severity, since = self.utilisation.worst()
        if severity is Severity.OK:
            since = self.utilisation.good_since
            return Finding(self._subject, Family.UTILISATION, Severity.OK, now.wall_at(since))
        level = self.link.thresholds.utilisation.level(severity)
        ratio = self.utilisation.judged[direction]
        limit = self.utilisation.limit[direction]
        return Finding(
            self._subject,
            Family.UTILISATION,
            severity,
            now.wall_at(since),
            Kind.UTILISATION,
            {} if ratio is None else {Metric.UTILISATION: ratio},
            {} if level is None else {Metric.UTILISATION: level},
            direction,
            {} if limit is None else {"contracted": float(limit)},
        )
