"""ports.Observer as Prometheus metrics."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from linkwatch.conference.windows import open_at
from linkwatch.model.finding import LinkState, SiteState
from linkwatch.model.ids import (
    CarrierId,
    ChannelId,
    ConferenceId,
    IncidentId,
    LinkId,
    RouterId,
    SiteId,
)
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import PollOutcome, PollResult, ProbeResult, TrapOutcome
from linkwatch.model.notification import DeliveryOutcome
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.oncall.response import Response
from linkwatch.ports import Clock, LinkFigures
from linkwatch.timing.phase import by_phase
from linkwatch.web.conferencefamilies import (
    CONFERENCE_FAMILIES,
    PART_FAMILIES,
    ConferenceBatch,
    PartBatch,
    PartRow,
    part_rows,
)
from linkwatch.web.exposition import Format, in_parts
from linkwatch.web.incidentfamilies import INCIDENT_FAMILIES, WAITING_FAMILIES, waiting
from linkwatch.web.linkbatch import LinkBatch
from linkwatch.web.linkfamilies import LINK_FAMILIES, ROUTER_FAMILIES
from linkwatch.web.linkrow import LinkRow, RouterRow
from linkwatch.web.loadfamilies import LOAD_FAMILIES
from linkwatch.web.ownmetrics import OwnMetrics, Peak
from linkwatch.web.sitefamilies import SITE_FAMILIES, SiteBatch, SiteRow
from linkwatch.web.tallies import Tallies, Tally

if TYPE_CHECKING:
    from linkwatch.model.incident import Incident

ROWS_JUDGED, ROWS_WRITTEN = 100, 500
"""So many are looked at, or written of, in one go, for 1 to 3 ms; then others may run."""
_LAG_SPAN = 60.0

Shown = tuple[SiteId, Sequence[LinkState]]
"""A site, and its links' states."""
Part = tuple[ConferenceId, SiteId]
"""The part that a site has in a conference."""


class MetricsObserver:
    """Counts what the loops tell it; single-threaded, like them.

    Every child exists from the start; those of a link, router, channel or conference that left
    the configuration vanish with it. A figure that is not known is NaN, never 0.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._own = OwnMetrics()
        self._inventory: Inventory | None = None
        self._links: dict[LinkId, LinkRow] = {}
        self._routers: dict[RouterId, RouterRow] = {}
        self._sites: tuple[SiteRow, ...] = ()
        self._parts: tuple[PartRow, ...] = ()
        self._oldest: datetime | None = None
        self._lag = Peak(_LAG_SPAN)
        self.judged: Callable[[Sequence[LinkId]], Sequence[LinkFigures]] = _not_judged
        """Asks the owner of the figures for those of these links as they are now."""
        self.sites_judged: Callable[[Sequence[Shown]], Sequence[SiteState]] = _sites_not_judged
        """Asks for the states of sites whose links are shown so."""
        self.lost: Callable[[Sequence[Part]], Sequence[float]] = _nothing_lost
        """Asks for how long (s) each of these sites was cut off while the conference ran."""
        self.open_incidents: Callable[[], Sequence[Incident]] = tuple
        """Asks for the incidents that are not closed."""

    def show(self, tallies: Iterable[Tally]) -> None:
        """Show what others count as well. Once, at the start."""
        self._own.registry.register(Tallies(tallies))

    def set_inventory(self, inventory: Inventory) -> None:
        """Follow a (new) configuration; what stays in it keeps its counts."""
        self._inventory = inventory
        before, self._links = self._links, {}
        for link in map(inventory.links.__getitem__, by_phase(inventory.links)):
            site = inventory.sites[link.site]
            row = before.get(link.id)
            if row is None:
                row = LinkRow(link, site)
            else:
                row.describe(link, site)
            self._links[link.id] = row
        self._routers = {
            router.id: self._routers.get(router.id) or RouterRow(router)
            for router in inventory.routers.values()
            if router.snmp is not None
        }
        for router_row in self._routers.values():
            router_row.links = []
        for link in inventory.links.values():
            if link.interface is not None and link.interface.router in self._routers:
                self._routers[link.interface.router].links.append(self._links[link.id])
        self._sites = self._site_rows(inventory)
        self._parts = tuple(part_rows(inventory))
        self._own.follow(inventory)

    def _site_rows(self, inventory: Inventory) -> tuple[SiteRow, ...]:
        at: dict[SiteId, list[LinkRow]] = {site: [] for site in inventory.sites}
        for link in inventory.links.values():
            at[link.site].append(self._links[link.id])
        return tuple(SiteRow(site, at[site.id]) for site in inventory.sites.values())

    def probed(self, results: Sequence[ProbeResult]) -> None:
        """Probes that ended."""
        rows = self._links
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
        router = self._routers.get(result.router)
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
        row = self._links.get(link)
        if row is not None:
            row.seen(state, self._clock.now().wall)

    def state_since(self, link: LinkId) -> datetime | None:
        """Since when the link has been seen in its state; None: nothing was said of it yet."""
        row = self._links.get(link)
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
        for link, row in self._links.items():
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
        for carrier in self._inventory.carriers if self._inventory else ():
            for level in Level:
                self._own.roster_gap.labels(carrier, level).set((carrier, level) in gaps)

    def exposition(self, written_in: Format = Format.TEXT) -> Iterator[bytes]:
        """All metrics as text, in chunks, some empty; others may run between two of them."""
        # The rows as they are now: a reload in between replaces them.
        links, routers = tuple(self._links.values()), tuple(self._routers.values())
        sites, parts, inventory = self._sites, self._parts, self._inventory
        yield self._daemons_own(written_in)
        yield from self._of_incidents(written_in)
        if inventory is not None:
            yield from self._of_conferences(inventory, parts, written_in)
        yield from self._of_links(links, written_in)
        yield from self._of_sites(sites, written_in)
        for family in ROUTER_FAMILIES:
            yield from family.render(in_parts(routers, ROWS_WRITTEN), written_in)
        yield written_in.end

    def _of_incidents(self, written_in: Format) -> Iterator[bytes]:
        incidents = self.open_incidents()
        queue = tuple(waiting(incidents, self._clock.now().wall))
        for of_all in WAITING_FAMILIES:
            yield from of_all.render([queue], written_in)
        for family in INCIDENT_FAMILIES:
            yield from family.render(in_parts(incidents, ROWS_WRITTEN), written_in)

    def _of_conferences(
        self, inventory: Inventory, parts: Sequence[PartRow], written_in: Format
    ) -> Iterator[bytes]:
        planned = tuple(inventory.conferences.values())
        on = open_at(planned, self._clock.now().wall)
        for of_all in CONFERENCE_FAMILIES:
            yield from of_all.render([ConferenceBatch(planned, on)], written_in)
        batches = []
        for rows in in_parts(parts, ROWS_WRITTEN):
            lost = self.lost([(row.conference, row.site) for row in rows])
            batches.append(PartBatch(rows, on, lost))
            yield b""
        for family in PART_FAMILIES:
            yield from family.render(batches, written_in)

    def _of_sites(self, sites: Sequence[SiteRow], written_in: Format) -> Iterator[bytes]:
        # After the links: their states are those that were just shown.
        batches = []
        for rows in in_parts(sites, ROWS_WRITTEN):
            states: list[SiteState] = []
            for some in in_parts(rows, ROWS_JUDGED):
                states += self.sites_judged([row.shown for row in some])
                yield b""
            batches.append(SiteBatch(rows, states))
        for family in SITE_FAMILIES:
            yield from family.render(batches, written_in)

    def _of_links(self, links: Sequence[LinkRow], written_in: Format) -> Iterator[bytes]:
        batches = []
        for rows in in_parts(links, ROWS_WRITTEN):
            figures: list[LinkFigures] = []
            for some in in_parts(rows, ROWS_JUDGED):
                figures += self._judged(some)
                yield b""
            batches.append(LinkBatch(rows, figures))
        for family in (*LINK_FAMILIES, *LOAD_FAMILIES):
            yield from family.render(batches, written_in)

    def _daemons_own(self, written_in: Format) -> bytes:
        now = self._clock.now()
        age = (now.wall - self._oldest).total_seconds() if self._oldest else 0.0
        self._own.outbox_age.set(max(0.0, age))
        self._own.lag.set(self._lag.at(now.monotonic))
        return written_in.of(self._own.registry)

    def _judged(self, rows: Sequence[LinkRow]) -> Sequence[LinkFigures]:
        figures = self.judged([row.id for row in rows])
        now = self._clock.now().wall
        for row, one in zip(rows, figures, strict=True):
            row.seen(one.state, now)
        return figures


def _not_judged(links: Sequence[LinkId]) -> Sequence[LinkFigures]:
    return [LinkFigures(link, LinkState.UNKNOWN) for link in links]


def _sites_not_judged(shown: Sequence[Shown]) -> Sequence[SiteState]:
    return [SiteState.UNKNOWN] * len(shown)


def _exemplar(incident: IncidentId | None) -> dict[str, str] | None:
    return {"incident": incident} if incident is not None else None


def _nothing_lost(parts: Sequence[Part]) -> Sequence[float]:
    return [0.0] * len(parts)
