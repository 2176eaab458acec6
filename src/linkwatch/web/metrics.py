"""ports.Observer as Prometheus metrics."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from linkwatch.model.finding import LinkState
from linkwatch.model.ids import CarrierId, ChannelId, IncidentId, LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import PollOutcome, PollResult, ProbeResult, TrapOutcome
from linkwatch.model.notification import DeliveryOutcome
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.oncall.response import Response
from linkwatch.ports import Clock
from linkwatch.web.exposition import Format
from linkwatch.web.ownmetrics import OwnMetrics, Peak
from linkwatch.web.rows import Rows, rows_of
from linkwatch.web.scrape import Scrape, Sources
from linkwatch.web.tallies import Tallies, Tally

_LAG_SPAN = 60.0


class MetricsObserver:
    """Counts what the loops tell it; single-threaded, like them.

    Every child exists from the start; those of a link, router, channel or conference that left
    the configuration vanish with it. A figure that is not known is NaN, never 0.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._own = OwnMetrics()
        self._rows = Rows()
        self._carriers: tuple[CarrierId, ...] = ()
        self._oldest: datetime | None = None
        self._lag = Peak(_LAG_SPAN)
        self.sources = Sources()

    def show(self, tallies: Iterable[Tally]) -> None:
        """Show what others count as well. Once, at the start."""
        self._own.registry.register(Tallies(tallies))

    def set_inventory(self, inventory: Inventory) -> None:
        """Follow a (new) configuration; what stays in it keeps its counts."""
        self._carriers = tuple(inventory.carriers)
        self._rows = rows_of(inventory, self._rows)
        self._own.follow(inventory)

    def probed(self, results: Sequence[ProbeResult]) -> None:
        """Probes that ended."""
        rows = self._rows.links
        for result in results:
            row = rows.get(result.link)
            if row is None:
                continue
            rtt = result.rtt
            if rtt is None:
                row.probed(result)
            else:
                row.answered(rtt)

    def polled(self, result: PollResult) -> None:
        """A poll that ended; interfaces it did not show are no longer known to be up or down."""
        router = self._rows.routers.get(result.router)
        if router is None:
            return
        router.polls[result.outcome] += 1
        seen = {sample.link: sample for sample in result.samples}
        for row in router.links:
            sample = seen.get(row.id)
            if row.interface is None:
                continue
            if sample is None or result.outcome is not PollOutcome.OK:
                row.interface.lose_sight()
            else:
                row.interface.read(sample)

    def link_changed(self, link: LinkId, state: LinkState) -> None:
        """A link's state as the judge sees it now."""
        row = self._rows.links.get(link)
        if row is not None:
            row.seen(state, self._clock.now().wall)

    def state_since(self, link: LinkId) -> datetime | None:
        """Since when the link has been seen in its state; None: nothing was said of it yet."""
        row = self._rows.links.get(link)
        return row.since if row is not None else None

    def incidents(self, open_by_priority: dict[Priority, int]) -> None:
        """How many incidents are open; a priority that is not named has none."""
        for priority in Priority:
            self._own.incidents_open.labels(priority).set(open_by_priority.get(priority, 0))

    def detected(self, incident: IncidentId, seconds: float) -> None:
        """An incident opened this long after its first bad sign."""
        self._own.detection.observe(seconds, _exemplar(incident))

    def acknowledged(self, response: Response) -> None:
        """Somebody has an incident in hand."""
        self._own.acknowledged(response)

    def restored(self, response: Response) -> None:
        """A fault is over."""
        self._own.restored(response)

    def attempted(
        self,
        channel: ChannelId,
        outcome: DeliveryOutcome,
        notify_seconds: float | None,
        incident: IncidentId | None,
    ) -> None:
        """An attempt to deliver."""
        self._own.notifications.labels(channel, outcome).inc()
        if notify_seconds is not None:
            self._own.time_to_notify.observe(notify_seconds, _exemplar(incident))

    def untold(self, waiting: int) -> None:
        """How much waits for its contacts' next messages."""
        self._own.digest_waiting.set(waiting)

    def outbox(self, pending: int, oldest_created_at: datetime | None) -> None:
        """The outbox as it stands."""
        self._own.outbox_pending.set(pending)
        self._oldest = oldest_created_at

    def channel_failed(self, channel: ChannelId, failed: bool) -> None:
        """A channel broke, or works again; one that has left the configuration is no child."""
        self._own.set_channel_failed(channel, failed)

    def channel_tested(self, channel: ChannelId, at: datetime, accepted: bool) -> None:
        """A channel's daily test has come to an end."""
        self._own.set_channel_tested(channel, at, accepted)

    def store_writable(self, writable: bool) -> None:
        """Whether the last commit succeeded."""
        self._own.store_writable.set(writable)

    def heartbeat(self, beat: str, at: datetime) -> None:
        """A beat to the external checker was due: `sent`, `failed` or `withheld`."""
        self._own.heartbeats.labels(beat).inc()
        if beat == "sent":
            self._own.heartbeat_at.set(at.timestamp())

    def ended(self) -> Iterator[tuple[LinkId, int]]:
        """How many probes of each link have ended so far, whatever they came to."""
        for link, row in self._rows.links.items():
            yield link, row.sent + sum(row.errors.values())

    def lag(self) -> float:
        """The latest (s) a tick of the probe loop came in the last minute."""
        return self._lag.at(self._clock.now().monotonic)

    def scheduler_lag(self, seconds: float) -> None:
        """How late the probe loop's tick came."""
        self._lag.add(seconds, self._clock.now().monotonic)

    def trapped(self, outcomes: Mapping[TrapOutcome, int]) -> None:
        """So many datagrams came to the trap listener."""
        for outcome, count in outcomes.items():
            self._own.traps.labels(outcome).inc(count)

    def snmp_restarted(self) -> None:
        """The process for SNMP ended by itself and is started anew."""
        self._own.snmp_restarts.inc()

    def reloaded(self, taken: bool, at: datetime) -> None:
        """A configuration was read (the first one too) at `at`, and taken or refused."""
        self._own.reload_successful.set(taken)
        if taken:
            self._own.reload_at.set(at.timestamp())

    def roster_gaps(self, gaps: Collection[tuple[CarrierId, Level]]) -> None:
        """Which carriers have nobody on duty at which level now; all others have somebody."""
        for carrier in self._carriers:
            for level in Level:
                self._own.roster_gap.labels(carrier, level).set((carrier, level) in gaps)

    def exposition(self, written_in: Format = Format.TEXT) -> Iterator[bytes]:
        """All metrics as text, in chunks, some empty; others may run between two of them."""
        scrape = Scrape(self._rows, self.sources, self._clock, written_in)
        yield self._daemons_own(written_in)
        yield from scrape.chunks()
        yield written_in.end

    def _daemons_own(self, written_in: Format) -> bytes:
        now = self._clock.now()
        age = (now.wall - self._oldest).total_seconds() if self._oldest else 0.0
        self._own.outbox_age.set(max(0.0, age))
        self._own.lag.set(self._lag.at(now.monotonic))
        return written_in.of(self._own.registry)


def _exemplar(incident: IncidentId | None) -> dict[str, str] | None:
    return {"incident": incident} if incident is not None else None
