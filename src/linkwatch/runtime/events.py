"""What can happen to the engine."""

from collections.abc import Sequence
from dataclasses import dataclass

from linkwatch.judge.channel import ChannelFault
from linkwatch.model.boost import Evidence
from linkwatch.model.ids import ChannelId, ContactId, IncidentId, RosterId
from linkwatch.model.incident import Via
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Restored
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.measurement import Overdue, PollResult, ProbeResult
from linkwatch.model.moment import Span
from linkwatch.model.notification import Notification, Trouble
from linkwatch.model.path import Trace
from linkwatch.model.uplink import Sensings
from linkwatch.oncall.rostergaps import RosterGap


@dataclass(frozen=True, slots=True)
class Probed:
    """Probes that ended in one tick."""

    results: Sequence[ProbeResult]


@dataclass(frozen=True, slots=True)
class Suspected:
    """Replies that are overdue."""

    overdue: Sequence[Overdue]


@dataclass(frozen=True, slots=True)
class Sensed:
    """What was asked for our own sake has told something."""

    sensed: Sensings


@dataclass(frozen=True, slots=True)
class Polled:
    """A router was asked."""

    result: PollResult


@dataclass(frozen=True, slots=True)
class Reloaded:
    """A new configuration is in force."""

    inventory: Inventory


@dataclass(frozen=True, slots=True)
class Recovered:
    """What an earlier run left in the store; the first event of all."""

    restored: Restored


@dataclass(frozen=True, slots=True)
class Numbered:
    """Incident numbers were reserved in the store."""

    numbers: range


@dataclass(frozen=True, slots=True)
class RostersLookedAt:
    """All duties that lack somebody, now or in the days ahead."""

    gaps: Sequence[RosterGap]


@dataclass(frozen=True, slots=True)
class ChannelsLookedAt:
    """All channels that get nothing through."""

    faults: Sequence[ChannelFault]


@dataclass(frozen=True, slots=True)
class SwapAsked:
    """Somebody at the command line puts others on duty for a while; no start: from now on."""

    roster: RosterId
    contacts: tuple[ContactId, ...]
    span: Span
    by: str


@dataclass(frozen=True, slots=True)
class SwapTakenBack:
    """Somebody at the command line undoes a swap."""

    number: int
    by: str


@dataclass(frozen=True, slots=True)
class WorkAsked:
    """Somebody at the command line announces work; its number is yet to be given."""

    work: Maintenance


@dataclass(frozen=True, slots=True)
class WorkAccepted:
    """Somebody has agreed to work, though a conference may run over it; `by` writes it down."""

    number: int
    accepted_by: str
    by: str


@dataclass(frozen=True, slots=True)
class WorkEnded:
    """Somebody at the command line ends work before its time, or calls it off."""

    number: int
    by: str


@dataclass(frozen=True, slots=True)
class TakeAsked:
    """Somebody has an incident in hand; no contact: whoever is on duty in the operators' room.

    `eta` in s from now; `by` who writes it down.
    """

    incident: IncidentId
    contact: ContactId | None
    eta: float | None
    via: Via
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class DeclineAsked:
    """Somebody says that an incident is not theirs."""

    incident: IncidentId
    contact: ContactId
    by: str


@dataclass(frozen=True, slots=True)
class CloseAsked:
    """Somebody closes an incident by hand."""

    incident: IncidentId
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A channel does not get a message through; `failed` are the channels that are broken."""

    message: Notification
    trouble: Trouble
    failed: frozenset[ChannelId]


@dataclass(frozen=True, slots=True)
class Vouched:
    """Somebody says what a boosted link really carries."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class TraceEnded:
    """The way to a link was looked at."""

    trace: Trace


Asked = (
    SwapAsked
    | SwapTakenBack
    | WorkAsked
    | WorkAccepted
    | WorkEnded
    | TakeAsked
    | DeclineAsked
    | CloseAsked
)
"""What people ask for; each has a ruling."""
Event = (
    Probed
    | Suspected
    | Sensed
    | Polled
    | Reloaded
    | Recovered
    | Numbered
    | Undelivered
    | TraceEnded
    | Vouched
    | RostersLookedAt
    | ChannelsLookedAt
    | Asked
)
