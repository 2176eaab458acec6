"""Whether the raised rate of a link was delivered: what proves it, and what contradicts it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from linkwatch.judge.afterboost import AfterBoost, figures
from linkwatch.judge.slots import Slot
from linkwatch.judge.utilisation import ABOVE, Contract
from linkwatch.model.boost import Boost, Evidence, EvidenceKind, Proof
from linkwatch.model.finding import Direction, Family, Finding, Kind
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity
from linkwatch.model.topology import BoostState, ContractedRate, Link

BESIDE = 0.9
"""A line that is full runs so close to its limit."""
PLATEAU_SLOTS = 2

_DECIDES = {
    EvidenceKind.PEAK: Proof.PROVEN,
    EvidenceKind.CONFIRMED: Proof.PROVEN,
    EvidenceKind.PLATEAU: Proof.CONTRADICTED,
}
Rates = Mapping[Direction, int | None]
"""In bit/s; None: "maximum"."""
_CLAIMS = (BoostState.REQUESTED, BoostState.PROMISED)


class Refusal(StrEnum):
    """Why nobody can vouch for a boost."""

    UNKNOWN_LINK = "unknown_link"
    NO_BOOST = "no_boost"
    NOT_ABOVE_NORMAL = "not_above_normal"


def why_not(link: Link, rate: int, direction: Direction | None, at: datetime) -> Refusal | None:
    """What speaks against a word of mouth that the link carries `rate` bit/s; None: nothing."""
    promised, normal = link.contract(at), link.normal_rate
    boosted = promised.exceeds(normal)
    meant = boosted if direction is None else [d for d in boosted if d is direction]
    if not meant:
        return Refusal.NO_BOOST
    if any(rate <= (normal.by_direction[d] or 0) for d in meant):
        return Refusal.NOT_ABOVE_NORMAL
    return None


class BoostJudge:
    """Follows the dated rates of one link. The newest trace of each direction decides."""

    def __init__(self) -> None:
        self._evidence: dict[tuple[EvidenceKind, Direction | None], Evidence] = {}
        self._plateau = dict.fromkeys(Direction, 0)
        self._line_rate: int | None = None
        self._after = AfterBoost()
        self._demanded: ContractedRate | None = None

    def note(self, evidence: Evidence) -> None:
        """Take a trace: one just found, told by somebody, or kept by an earlier run."""
        self._evidence[evidence.kind, evidence.direction] = evidence

    def demand(self, link: Link, at: datetime) -> bool:
        """A conference that counts on the link is near: a promise alone will no longer do.

        Whether that is news.
        """
        promised = link.contract(at)
        if promised.state not in _CLAIMS or promised == self._demanded:
            return False
        self._demanded = promised
        return True

    def shown(self, link: Link, at: datetime) -> tuple[Rates, Boost | None]:
        """What `contract` counts on, and `boost`."""
        if len(link.contracted) == 1:
            return link.contracted[0].by_direction, None
        promised, normal = link.contract(at), link.normal_rate
        if promised is normal:
            return normal.by_direction, None
        return self._boosted(promised, normal).counted, self._boost(promised, normal)

    def contract(self, link: Link, at: datetime) -> Contract:
        """The rates that can be counted on: the lower one until a boost is proven."""
        if len(link.contracted) == 1:
            return Contract(link.contracted[0].by_direction, {})
        promised, normal = link.contract(at), link.normal_rate
        if promised is normal:
            return Contract(normal.by_direction, _still(link, at))
        return self._boosted(promised, normal)

    def boost(self, link: Link, at: datetime) -> Boost | None:
        """The boost in force, and what is known of it."""
        if len(link.contracted) == 1:
            return None
        promised, normal = link.contract(at), link.normal_rate
        return None if promised is normal else self._boost(promised, normal)

    def take(self, slot: Slot, link: Link) -> list[Evidence]:
        """Take a slot; the traces that are news."""
        promised, normal = link.contract(slot.start), link.normal_rate
        whole = promised.span is not None and promised is link.contract(
            slot.end - timedelta(microseconds=1)
        )
        if not whole:
            self._plateau = dict.fromkeys(Direction, 0)
            self._after.take(slot, link)
            return []
        self._after = AfterBoost()
        found = [
            trace
            for direction in promised.exceeds(normal)
            if (trace := self._trace(slot, link, promised, direction)) is not None
        ]
        found += self._port_speed(slot, link)
        for trace in found:
            self.note(trace)
        return found

    def finding(self, subject: Subject, link: Link, at: datetime) -> Finding:
        """The present word: not delivered, not taken back, or nothing wrong."""
        promised, normal = link.contract(at), link.normal_rate
        if promised is not normal:
            return self._not_expanded(subject, promised, normal, at)
        return self._after.finding(subject, link, at)

    def restore(self, finding: Finding, link: Link, at: datetime) -> None:
        """Stand where an earlier run stood."""
        if finding.kind is Kind.BANDWIDTH_NOT_EXPANDED and finding.direction is None:
            self._demanded = link.contract(at)
        else:
            self._after.restore(finding, at)

    def _boosted(self, promised: ContractedRate, normal: ContractedRate) -> Contract:
        rates = dict(promised.by_direction)
        beyond: dict[Direction, int | None] = {}
        for direction in promised.exceeds(normal):
            decisive = self._decisive(promised, direction)
            if decisive is not None and decisive.kind is EvidenceKind.PEAK:
                continue
            beyond[direction] = rates[direction]
            if decisive is not None and decisive.kind is EvidenceKind.CONFIRMED:
                rates[direction] = _lower(rates[direction], decisive.rate)
            else:
                rates[direction] = normal.by_direction[direction]
        return Contract(rates, beyond)

    def _boost(self, promised: ContractedRate, normal: ContractedRate) -> Boost | None:
        boosted = promised.exceeds(normal)
        if not boosted:
            return None
        proofs = {direction: self._proof(promised, direction) for direction in boosted}
        return Boost(normal, promised, proofs, tuple(self._within(promised)))

    def _trace(
        self, slot: Slot, link: Link, promised: ContractedRate, direction: Direction
    ) -> Evidence | None:
        normal, rate = link.normal_rate.by_direction[direction] or 0, slot.rates[direction]
        decisive = self._decisive(promised, direction)
        known = decisive.kind if decisive is not None else None
        is_full = BESIDE * normal <= rate <= ABOVE * normal and slot.lossy[direction]
        self._plateau[direction] = self._plateau[direction] + 1 if is_full else 0
        vouched = decisive.rate if decisive and known is EvidenceKind.CONFIRMED else normal
        if rate > ABOVE * vouched and known is not EvidenceKind.PEAK:
            return Evidence(link.id, EvidenceKind.PEAK, slot.end, round(rate), direction)
        if self._plateau[direction] >= PLATEAU_SLOTS and known is not EvidenceKind.PLATEAU:
            return Evidence(link.id, EvidenceKind.PLATEAU, slot.end, round(rate), direction)
        return None

    def _port_speed(self, slot: Slot, link: Link) -> list[Evidence]:
        before, self._line_rate = self._line_rate, slot.line_rate or self._line_rate
        if before is None or self._line_rate is None or self._line_rate <= before:
            return []
        return [Evidence(link.id, EvidenceKind.PORT_SPEED, slot.end, self._line_rate)]

    def _within(self, promised: ContractedRate) -> Iterable[Evidence]:
        """The traces of this boost, oldest first."""
        span = promised.span
        mine = (e for e in self._evidence.values() if span is not None and span.contains(e.at))
        return sorted(mine, key=lambda evidence: evidence.at)

    def _decisive(self, promised: ContractedRate, direction: Direction) -> Evidence | None:
        found = None
        for evidence in self._within(promised):
            if evidence.kind in _DECIDES and evidence.speaks_of(direction):
                found = evidence
        return found

    def _proof(self, promised: ContractedRate, direction: Direction) -> Proof:
        decisive = self._decisive(promised, direction)
        return Proof.UNPROVEN if decisive is None else _DECIDES[decisive.kind]

    def _not_expanded(
        self, subject: Subject, promised: ContractedRate, normal: ContractedRate, at: datetime
    ) -> Finding:
        for direction in promised.exceeds(normal):
            decisive = self._decisive(promised, direction)
            if decisive is not None and decisive.kind is EvidenceKind.PLATEAU:
                rates = figures(normal, promised, direction)
                return Finding(
                    subject,
                    Family.BANDWIDTH,
                    Severity.WARNING,
                    decisive.at,
                    Kind.BANDWIDTH_NOT_EXPANDED,
                    direction=direction,
                    evidence={**rates, "peak": float(decisive.rate)},
                    reason=EvidenceKind.PLATEAU.value,
                )
        undelivered = [
            direction
            for direction in promised.exceeds(normal)
            if self._proof(promised, direction) is Proof.UNPROVEN
        ]
        if promised.state in _CLAIMS and promised == self._demanded and undelivered:
            return Finding(
                subject,
                Family.BANDWIDTH,
                Severity.WARNING,
                at,
                Kind.BANDWIDTH_NOT_EXPANDED,
                evidence=figures(normal, promised, undelivered[0]),
                reason=promised.state.value,
            )
        return Finding(subject, Family.BANDWIDTH, Severity.OK, at)


def _still(link: Link, at: datetime) -> dict[Direction, int | None]:
    """What the line may still carry of the boost that ended last."""
    past = link.past_rate(at)
    if past is None:
        return {}
    return {direction: past.by_direction[direction] for direction in past.exceeds(link.normal_rate)}


def _lower(rate: int | None, confirmed: int) -> int:
    return confirmed if rate is None else min(rate, confirmed)
