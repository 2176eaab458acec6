"""A contracted rate raised for a time, and what is known of its having been delivered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from linkwatch.model.finding import Direction
from linkwatch.model.ids import LinkId
from linkwatch.model.topology import ContractedRate


class Proof(StrEnum):
    """What is known of a boost in one direction; low traffic proves nothing."""

    UNPROVEN = "unproven"
    PROVEN = "proven"
    CONTRADICTED = "contradicted"


class EvidenceKind(StrEnum):
    """Traces of what a line really carries.

    `peak`: more than the normal rate allows; `confirmed`: somebody vouches for it; `plateau`: the
    normal rate and no more, with losses; `port_speed`: the port became faster, which only hints.
    """

    PEAK = "peak"
    CONFIRMED = "confirmed"
    PLATEAU = "plateau"
    PORT_SPEED = "port_speed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One trace. `rate` in bit/s; `direction` None: both. `text` and `by` where a person told."""

    link: LinkId
    kind: EvidenceKind
    at: datetime
    rate: int
    direction: Direction | None = None
    text: str = ""
    by: str = ""

    def speaks_of(self, direction: Direction) -> bool:
        """Whether it tells of this direction."""
        return self.direction in (None, direction)


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody says a boosted link carries, in bit/s; `direction` None: both ways."""

    link: LinkId
    rate: int
    text: str
    by: str
    direction: Direction | None = None

    def evidence(self, at: datetime) -> Evidence:
        """As a trace."""
        kind = EvidenceKind.CONFIRMED
        return Evidence(self.link, kind, at, self.rate, self.direction, self.text, self.by)


@dataclass(frozen=True, slots=True)
class Boost:
    """A boost in force. `proofs` has the directions in which it promises more than `normal`."""

    normal: ContractedRate
    promised: ContractedRate
    proofs: Mapping[Direction, Proof]
    evidence: tuple[Evidence, ...]
