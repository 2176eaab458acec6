"""The way to a link's far end, hop by hop, and where on it a fault lies."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from linkwatch.model.ids import IncidentId, LinkId


class Segment(StrEnum):
    """A part of the way, by whose it is to mend: from our own side to the far site."""

    PROVINCE_SIDE = "province side"
    CARRIER_CORE = "carrier core"
    CARRIER_ACCESS = "carrier access"
    SITE = "site"


class Confidence(StrEnum):
    """How far a segment is to be believed; less than possible is not said at all."""

    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a fault lies, as far as pings can tell.

    `last_reply`: the address of the last router on the way that is well, None where none replies.
    `segment` None: what they tell would fit several, and none is named.
    """

    last_reply: str | None
    segment: Segment | None = None
    confidence: Confidence | None = None


class Unlocated(StrEnum):
    """Why a trace tells nothing of where a fault lies."""

    NO_BASELINE = "no_baseline"
    """The way was never seen while the link was well."""
    OWN_TROUBLE = "own_trouble"
    """This host could not send, or dropped what came in."""
    ANSWERS = "answers"
    """The far end answered: what was wrong is over, or comes and goes."""
    NO_HOPS = "no_hops"
    """No router on the way ever tells of itself, or there is none."""
    REROUTED = "rerouted"
    """The way is another one than the one known: the two cannot be compared."""
    UNDECIDED = "undecided"
    """Hardly any router tells of itself now, and what is told would fit several segments."""
    TOO_LITTLE = "too_little"
    """A trace's few pings do not show so little loss, or so small a delay."""


class Hop(NamedTuple):
    """What became of the pings that were to get so far and no further.

    `routers` are those that said so, `refusing` those that would not pass a ping on at all, each
    once, in the order they were heard. `soonest`: s until the first of all answers.
    """

    asked: int = 0
    expired: int = 0
    arrived: int = 0
    refused: int = 0
    routers: tuple[str, ...] = ()
    refusing: tuple[str, ...] = ()
    soonest: float | None = None

    @property
    def heard(self) -> int:
        """How many were answered, by whomever."""
        return self.expired + self.arrived + self.refused


@dataclass(frozen=True, slots=True)
class TraceNow:
    """A request to trace the way to a target of a link.

    `distance` in hops, None: not known. `incident`: what it is for, None: to know the way.
    """

    link: LinkId
    target: int
    """Position in the link's `targets`."""
    distance: int | None
    incident: IncidentId | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One trace to `address`; `hops[0]` are the pings that could go one hop.

    `began_at`, `ended_at` in monotonic s. `is_ours`: this host failed to send some of them, or
    dropped replies: that a hop is silent then means nothing.
    """

    wanted: TraceNow
    address: str
    began_at: float
    ended_at: float
    hops: tuple[Hop, ...]
    is_ours: bool = False

    @property
    def distance(self) -> int | None:
        """In how many hops the target was reached; None: it was not."""
        return next((n for n, hop in enumerate(self.hops, 1) if hop.arrived), None)
