"""What the probes and the routers said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from linkwatch.model.finding import Direction
from linkwatch.model.ids import LinkId, RouterId


class Outcome(StrEnum):
    """What became of one probe; kept apart everywhere.

    `no_reply` and `unreachable` are loss; `local_failure` is ours and never loss; `unknown` is
    our own drop: nothing can be said.
    """

    ANSWERED = "answered"
    NO_REPLY = "no_reply"
    UNREACHABLE = "unreachable"
    LOCAL_FAILURE = "local_failure"
    UNKNOWN = "unknown"

    @property
    def is_lost(self) -> bool:
        """Whether the network lost the probe."""
        return self in (Outcome.NO_REPLY, Outcome.UNREACHABLE)

    @property
    def tells(self) -> bool:
        """Whether the probe says anything about the link (RFC 6673: answered or timed out)."""
        return self is Outcome.ANSWERED or self.is_lost


class ProbeResult(NamedTuple):
    """The end of one probe. A tuple: a country's links make 23,000 of them a second.

    `sent_at` is monotonic s. `rtt` in s, only where answered and both stamps can be trusted.
    `reason` names an ICMP error ("host_unreachable") or an errno ("ENETUNREACH").
    """

    link: LinkId
    target: int
    """Position in the link's `targets`."""
    sent_at: float
    outcome: Outcome
    rtt: float | None = None
    reason: str | None = None
    reported_by: str | None = None
    """The address an ICMP error came from."""


class AnsweredRun(NamedTuple):
    """So many `probes` of one target, all answered after `rtt` s and sent `spacing` s apart.

    The first was sent at `sent_at` (monotonic s).
    """

    link: LinkId
    target: int
    probes: int
    sent_at: float
    spacing: float
    rtt: float

    @property
    def last_sent_at(self) -> float:
        """When the last was sent (monotonic s)."""
        return self.sent_at + (self.probes - 1) * self.spacing

    def sent_before(self, at: float, first: int) -> int:
        """How many of its probes from number `first` on were sent before `at` (monotonic s)."""
        for number in range(first, self.probes):
            if self.sent_at + number * self.spacing >= at:
                return number - first
        return self.probes - first

    def results(self) -> Iterator[ProbeResult]:
        """One by one."""
        for number in range(self.probes):
            sent_at = self.sent_at + number * self.spacing
            yield ProbeResult(self.link, self.target, sent_at, Outcome.ANSWERED, self.rtt)


@dataclass(frozen=True, slots=True)
class Overdue:
    """A probe whose reply takes longer than its target's replies do; it may still come.

    `target` and `sent_at` as in the `ProbeResult` that will follow.
    """

    link: LinkId
    target: int
    sent_at: float


class PollOutcome(StrEnum):
    """What became of one SNMP poll of a router, as far as the protocol tells."""

    OK = "ok"
    TIMEOUT = "timeout"
    PORT_CLOSED = "port_closed"
    UNKNOWN_USER = "unknown_user"
    WRONG_KEY = "wrong_key"
    NOT_IN_TIME_WINDOW = "not_in_time_window"
    AUTHORIZATION = "authorization"
    BAD_RESPONSE = "bad_response"
    LOCAL_FAILURE = "local_failure"


class OperStatus(StrEnum):
    """ifOperStatus (RFC 2863)."""

    UP = "up"
    DOWN = "down"
    TESTING = "testing"
    UNKNOWN = "unknown"
    DORMANT = "dormant"
    NOT_PRESENT = "not_present"
    LOWER_LAYER_DOWN = "lower_layer_down"


class Discard(StrEnum):
    """Why a reading of an interface's counters gives no rate.

    `stale`: the agent has not refreshed them in time; `short`: too little time has passed.
    """

    FIRST = "first"
    RESTART = "restart"
    DISCONTINUITY = "discontinuity"
    RESET = "reset"
    ABOVE_LINE_RATE = "above_line_rate"
    GAP = "gap"
    CLOCK = "clock"
    STALE = "stale"
    SHORT = "short"

    @property
    def is_pending(self) -> bool:
        """Whether what was counted is not lost: a later reading's rates will cover it."""
        return self in (Discard.STALE, Discard.SHORT)


class InterfaceFault(StrEnum):
    """Why a link's interface could not be read from a router that answered."""

    MISSING = "missing"
    AMBIGUOUS = "ambiguous"


class Metering(StrEnum):
    """Whether a link's load is measured; if not, why. That a carrier's router may not be asked
    is normal: the link is judged by probes alone."""

    MEASURED = "measured"
    WAITING = "waiting"
    NO_INTERFACE = "no_interface"
    CARRIERS_ROUTER = "carriers_router"
    NOT_ASKED = "not_asked"
    ROUTER_SILENT = "router_silent"
    INTERFACE_MISSING = "interface_missing"
    INTERFACE_AMBIGUOUS = "interface_ambiguous"


@dataclass(frozen=True, slots=True)
class InterfaceSample:
    """One reading of the interface that carries a link.

    Totals in bytes, packets for errors and discards; rates in bit/s over the last `span` s, None
    with the reason in `discard`; `line_rate` in bit/s, None where the router gives none.
    """

    link: LinkId
    oper: OperStatus
    receive_bytes: int
    transmit_bytes: int
    receive_errors: int
    transmit_errors: int
    receive_discards: int
    transmit_discards: int
    line_rate: int | None
    receive_rate: float | None = None
    transmit_rate: float | None = None
    span: float = 0.0
    discard: Discard | None = None

    @property
    def rates(self) -> Mapping[Direction, float | None]:
        """The rates by direction."""
        return {Direction.RECEIVE: self.receive_rate, Direction.TRANSMIT: self.transmit_rate}

    @property
    def discards(self) -> Mapping[Direction, int]:
        """The totals of discarded packets by direction."""
        return {
            Direction.RECEIVE: self.receive_discards,
            Direction.TRANSMIT: self.transmit_discards,
        }


@dataclass(frozen=True, slots=True)
class PollResult:
    """The end of one poll of a router; `samples` and `faults` by link, empty unless it answered."""

    router: RouterId
    at: datetime
    outcome: PollOutcome
    detail: str | None = None
    samples: tuple[InterfaceSample, ...] = ()
    faults: tuple[tuple[LinkId, InterfaceFault], ...] = ()


class TrapKind(StrEnum):
    """The generic notifications that are acted on (RFC 3418, RFC 2863)."""

    COLD_START = "cold_start"
    WARM_START = "warm_start"
    LINK_DOWN = "link_down"
    LINK_UP = "link_up"
    AUTHENTICATION_FAILURE = "authentication_failure"


class TrapOutcome(StrEnum):
    """What became of one datagram that came to the trap listener."""

    TAKEN = "taken"
    NOT_WATCHED = "not_watched"
    """Of an interface that carries no link, or a notification that is not acted on."""
    UNKNOWN_SOURCE = "unknown_source"
    """From an address that is no router's."""
    UNKNOWN_ENGINE = "unknown_engine"
    """Of an SNMPv3 engine that is neither configured nor known from a poll."""
    NOT_AUTHENTIC = "not_authentic"
    """Another community, user, level or key, or out of the time window."""
    MALFORMED = "malformed"
    LIMITED = "limited"
    """More than are looked at: see `timing.pace`."""


@dataclass(frozen=True, slots=True)
class Trap:
    """A hint from a router: it is asked and its links are probed, and nothing else is believed.

    `links` empty: the notification is about the whole router.
    """

    router: RouterId
    kind: TrapKind
    links: tuple[LinkId, ...] = ()
