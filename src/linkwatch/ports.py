"""What the loops ask of the outside, and what the outside asks of us.

Every port has an implementation with real sockets, files or clocks in an adapter package, and a
fake that is a class in the tests; one conformance suite runs on both.
"""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from linkwatch.judge.boost import Refusal as BoostRefusal
from linkwatch.model.acts import Refusal
from linkwatch.model.availability import Availability
from linkwatch.model.boost import Boost, Word
from linkwatch.model.finding import LinkState
from linkwatch.model.ids import ChannelId, ContactId, IncidentId, LinkId
from linkwatch.model.incident import Incident, TimelineEntry, Via
from linkwatch.model.journal import Record, Restored
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.measurement import (
    InterfaceSample,
    Metering,
    Outcome,
    PollResult,
    ProbeResult,
    Trap,
    TrapOutcome,
)
from linkwatch.model.moment import Moment, Span
from linkwatch.model.notification import Delivery, DeliveryOutcome, Notification
from linkwatch.model.people import Swap
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Router
from linkwatch.model.trial import TrialResult
from linkwatch.model.uplink import Carriage
from linkwatch.oncall.daily_test import Due
from linkwatch.oncall.response import Response
from linkwatch.wire.address import ip_version
from linkwatch.wire.icmp import IpVersion

if TYPE_CHECKING:  # a process that only wants a clock pays for nothing that a configuration holds
    from linkwatch.config.settings import Config


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> Moment:
        """Both clocks, read together."""
        ...

    async def sleep_until(self, monotonic: float) -> None:
        """Return when the monotonic clock has reached `monotonic` (at once if it has)."""
        ...


class Look(NamedTuple):
    """What probes look like and where they leave this host.

    `size` in ICMP payload bytes. `source`: an address or an interface of this host, None: as it
    routes. `ttl`: hops, None: the system's. TCP heeds `dscp`, `source` and `ttl`.
    """

    size: int
    dscp: int
    source: str | None = None
    dont_fragment: bool = False
    ttl: int | None = None

    @property
    def version(self) -> IpVersion | None:
        """The IP version that its source asks for; None: either."""
        return ip_version(self.source) if self.source else None


class Probe(NamedTuple):
    """One ICMP echo request to send. `token` (63 bits) comes back in the `Reply`; see `Look`."""

    token: int
    address: str
    size: int
    dscp: int
    source: str | None = None
    dont_fragment: bool = False
    ttl: int | None = None


class Reply(NamedTuple):
    """What came back for a token: an answer, an ICMP error, or our own failure to send.

    `rtt` in s, None where the stamps cannot be trusted; `after` the same of another host's ICMP
    error. Too big for the path, and free to be fragmented: `unknown`, for from then on this host
    fragments.
    """

    token: int
    outcome: Outcome
    rtt: float | None = None
    reason: str | None = None
    reported_by: str | None = None
    after: float | None = None


class Prepared(Protocol):
    """An address made ready for probes of one look. Only the prober that made it may use it."""


class Prober(Protocol):
    """Sends ICMP echo requests in batches and hands over what has come back. Never blocks."""

    def send(self, probes: Sequence[Probe]) -> Sequence[Reply]:
        """Send all; returns only those that could not be sent (`local_failure`)."""
        ...

    def prepare(self, address: str, look: Look) -> Prepared:
        """Make ready what is to be sent to again and again. Never fails."""
        ...

    def keep(self, looks: Collection[Look]) -> None:
        """No others are wanted any more: give back what serves none of them.

        What others were sent may still be answered.
        """
        ...

    def launch(self, tokens: Sequence[int], prepared: Sequence[Prepared]) -> Sequence[Reply]:
        """As `send`, a token for each of the prepared. Cheapest with consecutive tokens."""
        ...

    def drain(self) -> Sequence[Reply]:
        """Everything received since the last call; each token at most once."""
        ...

    def dropped(self) -> int:
        """Datagrams our own receive buffers have dropped since the start: cause for `unknown`."""
        ...

    @property
    def room(self) -> int:
        """How many replies may safely come in between two drains."""
        ...

    def close(self) -> None:
        """Give the sockets back."""
        ...


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one check of an endpoint; fields as in `ProbeResult`."""

    outcome: Outcome
    rtt: float | None = None
    reason: str | None = None
    reported_by: str | None = None


class EndpointCheck(Protocol):
    """Asks one port of one address whether it is there."""

    async def check(self, address: str, port: int, *, within: float, look: Look) -> Checked:
        """One attempt, `within` s; never raises for what the network does."""
        ...


class Resolver(Protocol):
    """Turns names into addresses."""

    async def resolve(self, name: str) -> Sequence[str]:
        """The name's IP addresses, best first, within a bounded time; none where it has none."""
        ...


@dataclass(frozen=True, slots=True)
class Egress:
    """How this host reaches an address; `gateway` None: it stands on the same wire."""

    interface: str
    state: Carriage
    gateway: str | None


class Routes(Protocol):
    """What this host's kernel knows of its ways out."""

    def egress(self, address: str, source: str | None) -> Egress | None:
        """The way to an address, from a source; None: there is none. Quick; never raises."""
        ...


class Poller(Protocol):
    """Reads the watched interfaces of one router over SNMP, with its own time-out and retries."""

    async def poll(self, router: Router) -> PollResult:
        """One poll; never raises for what the network or the router does."""
        ...

    async def prepare(self, config: "Config") -> Callable[[], None]:
        """Get ready for a new configuration; the returned commit neither fails nor waits."""
        ...


class TrapSource(Protocol):
    """Hears what routers send unasked."""

    async def trap(self) -> Trap:
        """The next notification of a router in the configuration; waits for it."""
        ...


class Notifier(Protocol):
    """One channel."""

    @property
    def id(self) -> ChannelId:
        """The channel's id in the configuration."""
        ...

    async def send(self, notification: Notification) -> Delivery:
        """One attempt, bounded in time; never raises for what the peer does."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


@runtime_checkable
class StandingNotifier(Notifier, Protocol):
    """A channel whose peer forgets what it is not told again, as long as it lasts."""

    @property
    def resend(self) -> float:
        """s between two calls of `repeat`."""
        ...

    @property
    def stands(self) -> bool:
        """Whether there is anything to repeat: without that, no peer is asked."""
        ...

    async def repeat(self) -> Delivery:
        """Tell again all that stands: one attempt, bounded in time as `send` is."""
        ...

    def resume(self, notifications: Sequence[Notification]) -> None:
        """Take these as accepted: an earlier run told them, and they still stand."""
        ...

    def succeed(self, previous: Notifier) -> None:
        """Take over what the channel's former notifier repeats."""
        ...


class Checker(Protocol):
    """Somebody outside who raises the alarm when nothing is heard of us."""

    async def beat(self) -> Delivery:
        """Say that we are well: one attempt, bounded in time; never raises for what they do."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


class Journal(Protocol):
    """The durable record. Blocking: called from the writer's own thread only."""

    def restore(self, closed_since: datetime) -> Restored:
        """What an earlier run left: open incidents, those closed since, the outbox, targets."""
        ...

    def reserve_numbers(self, count: int) -> range:
        """Incident numbers that no other call, before or after a restart, will ever give."""
        ...

    def give_back_numbers(self, first: int) -> None:
        """Numbers from `first` on were reserved and never used: they may be given again."""
        ...

    def write(self, records: Sequence[Record]) -> None:
        """All in one commit, or StoreError and nothing. None at all: see that it could be done."""
        ...

    def timeline(self, incident: IncidentId) -> Sequence[TimelineEntry]:
        """An incident's history, oldest first."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class StoreError(Exception):
    """The store could not be read or written just now; the message is safe to log."""


class Observer(Protocol):
    """Takes figures for metrics and boards inside the turn. Cheap; never raises."""

    def probed(self, results: Sequence[ProbeResult]) -> None:
        """Probes that ended."""
        ...

    def polled(self, result: PollResult) -> None:
        """A poll that ended."""
        ...

    def link_changed(self, link: LinkId, state: LinkState) -> None:
        """A link's state as the judge sees it now."""
        ...

    def incidents(self, open_by_priority: dict[Priority, int]) -> None:
        """How many incidents are open."""
        ...

    def untold(self, waiting: int) -> None:
        """How much waits for its contacts' next messages."""
        ...

    def detected(self, incident: IncidentId, seconds: float) -> None:
        """An incident opened this long after its first bad sign."""
        ...

    def acknowledged(self, response: Response) -> None:
        """Somebody has an incident in hand."""
        ...

    def restored(self, response: Response) -> None:
        """A fault is over."""
        ...

    def attempted(
        self,
        channel: ChannelId,
        outcome: DeliveryOutcome,
        notify_seconds: float | None,
        incident: IncidentId | None,
    ) -> None:
        """An attempt to deliver; `notify_seconds` from the first lost probe to acceptance.

        `incident` None: the message is of none.
        """
        ...

    def outbox(self, pending: int, oldest_created_at: datetime | None) -> None:
        """The outbox as it stands."""
        ...

    def channel_failed(self, channel: ChannelId, failed: bool) -> None:
        """A channel broke (its circuit breaker opened), or works again."""
        ...

    def channel_tested(self, channel: ChannelId, at: datetime, accepted: bool) -> None:
        """A channel's daily test has come to an end."""
        ...

    def store_writable(self, writable: bool) -> None:
        """Whether the last commit succeeded."""
        ...

    def heartbeat(self, beat: str, at: datetime) -> None:
        """A beat to the external checker was due: `sent`, `failed` or `withheld`."""
        ...

    def scheduler_lag(self, seconds: float) -> None:
        """How late the probe loop's tick came."""
        ...

    def trapped(self, outcomes: Mapping[TrapOutcome, int]) -> None:
        """So many datagrams came to the trap listener."""
        ...

    def snmp_restarted(self) -> None:
        """The process for SNMP ended by itself and is started anew."""
        ...


class LinkFigures(NamedTuple):
    """A link as boards show it. Ratios 0-1, times in s, rates in bit/s; None: not known.

    A tuple: a country's links make 23,000 of them for every scrape.

    `contracted_…` are the rates that count: the normal ones until a boost is proven. `p95_…` are
    those of the month so far.
    """

    link: LinkId
    state: LinkState
    loss: float | None = None
    rtt_p50: float | None = None
    rtt_p95: float | None = None
    jitter: float | None = None
    utilisation_receive: float | None = None
    utilisation_transmit: float | None = None
    contracted_receive: int | None = None
    contracted_transmit: int | None = None
    boost: Boost | None = None
    p95_receive: float | None = None
    p95_transmit: float | None = None
    metering: Metering = Metering.WAITING
    interface: InterfaceSample | None = None
    sent: int = 0
    lost: int = 0
    maintenance: Maintenance | None = None
    """The work under way on it; of several, that which ends last."""
    availability: Availability | None = None
    """Of the last thirty days."""


class Agenda(Protocol):
    """An alarm clock for slow schedules; what is due is computed by rules."""

    def every(self, name: str, seconds: float, job: Callable[[], Awaitable[None]]) -> None:
        """Run `job` at this pace, replacing any job of the same name."""
        ...

    def cancel(self, name: str) -> None:
        """Forget the job, if there is one."""
        ...


class Supervisor(Protocol):
    """The service manager that started us (sd_notify); silent where there is none."""

    def starting(self, seconds: float) -> None:
        """Not ready yet, but on the way: the start may take so much longer."""
        ...

    def ready(self) -> None:
        """The first full round is done."""
        ...

    def reloading(self) -> None:
        """A reload begins; `ready` ends it."""
        ...

    def stopping(self) -> None:
        """The end begins."""
        ...

    def alive(self) -> None:
        """The loops make progress."""
        ...

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        ...


@dataclass(frozen=True, slots=True)
class RouterStatus:
    """A router as status lists it."""

    id: str
    site: str
    outcome: str
    detail: str | None
    polled_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelStatus:
    """A channel in use as status lists it; `failed_since` None: it is not known to have failed.

    `tested_at`, `test` and `test_detail` are of its last daily test, `test_due` of the next.
    """

    id: ChannelId
    failed_since: datetime | None
    reason: str | None
    last_accepted_at: datetime | None
    tested_at: datetime | None
    test: TrialResult
    test_detail: str
    test_due: Due


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What is wrong now. `links` and `routers` in the configuration's order."""

    at: datetime
    version: str
    started_at: datetime
    ready: bool
    ready_detail: str
    links: Iterable[LinkFigures]
    """To be gone through once, and not all in one go: a country's take a second."""
    routers: tuple[RouterStatus, ...]
    incidents: tuple[Incident, ...]
    outbox_pending: int
    channels: tuple[ChannelStatus, ...] = ()
    config_files: tuple[str, ...] = ()
    config_loaded_at: datetime | None = None
    works: tuple[Maintenance, ...] = ()
    """Announced work under way."""
    unused: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class ReloadVerdict:
    """`taken`, or the reasons why the old configuration stays in force."""

    taken: bool
    problems: tuple[str, ...]
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Vouching:
    """What became of somebody's word on a boost: why it was refused, or whether it is on disk."""

    refusal: BoostRefusal | None
    written: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """What came of an act that somebody asked for; `refusal` None: it is done.

    `recorded`: it is in the store by now, so that a crash cannot undo it.
    """

    refusal: Refusal | None = None
    swaps: tuple[Swap, ...] = ()
    works: tuple[Maintenance, ...] = ()
    incident: Incident | None = None
    recorded: bool = True


class Acts(Protocol):
    """What people have done by the daemon, each act with the name of who did it."""

    def open_incidents(self) -> Sequence[Incident]:
        """Those that are not closed, the most urgent first."""
        ...

    def swaps(self) -> Sequence[Swap]:
        """Swaps of duty made by command that stand and are not over, oldest first."""
        ...

    async def swap(self, roster: str, contacts: Sequence[str], span: Span, by: str) -> Ruling:
        """Put these contacts on duty for a while instead of whoever the roster names."""
        ...

    async def take_back_swap(self, number: int, by: str) -> Ruling:
        """Undo a swap."""
        ...

    def works(self) -> Sequence[Maintenance]:
        """Announced work that is not over, by the configuration and by command."""
        ...

    async def announce_work(self, work: Maintenance) -> Ruling:
        """Faults that this work explains are recorded and shown, but not told while it lasts."""
        ...

    async def accept_work(self, number: int, accepted_by: str, by: str) -> Ruling:
        """Somebody agrees to work that was announced by command."""
        ...

    async def end_work(self, number: int, by: str) -> Ruling:
        """Work announced by command is done early, or called off."""
        ...

    async def take(
        self, incident: str, contact: str | None, *, eta: float | None, via: Via, by: str, note: str
    ) -> Ruling:
        """Somebody has it, for `eta` s; no contact: whoever is on duty in the operators' room."""
        ...

    async def decline(self, incident: str, contact: str, by: str) -> Ruling:
        """It is not theirs: the next step is taken at once."""
        ...

    async def close_incident(self, incident: str, reason: str, by: str) -> Ruling:
        """Close it by hand."""
        ...


@dataclass(frozen=True, slots=True)
class Tried:
    """A test message and what its first attempt came to; `outcome` None: none has ended."""

    message: Notification
    outcome: DeliveryOutcome | None
    detail: str


class Recording(Protocol):
    """What is measured from now on, for one reader."""

    def frames(self) -> AsyncIterator[bytes]:
        """The recording, in pieces that belong together, to its end."""
        ...

    def close(self) -> None:
        """Take no more."""
        ...


class Control(Acts, Protocol):
    """What the outside (HTTP, command line) asks of the daemon."""

    def status(self) -> StatusReport:
        """The state now; cheap."""
        ...

    def healthy(self) -> bool:
        """Whether the loops make progress."""
        ...

    def readiness(self) -> tuple[bool, str]:
        """Configured, a full round probed and the store writable; else what is missing."""
        ...

    async def vouch(self, word: Word) -> Vouching:
        """Take somebody's word that a boost was delivered."""
        ...

    async def try_channels(self, contact: ContactId, *, send: bool) -> tuple[Tried, ...] | None:
        """A marked test by each of the contact's channels, or only its words; None: unknown."""
        ...

    def record(self, seconds: float | None) -> Recording | None:
        """Begin a recording of what is measured, for so long; None while there is another."""
        ...

    def end_recording(self) -> None:
        """Let the recording under way come to its end."""
        ...

    async def reload(self) -> ReloadVerdict:
        """Read the configuration again; all parts prepare, then all commit, or none."""
        ...


class Part(Protocol):
    """A stateful part that takes part in a reload."""

    async def prepare(self, new: "Config") -> Callable[[], None]:
        """May fail and may wait; changes nothing. The returned commit does neither."""
        ...
