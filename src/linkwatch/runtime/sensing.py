"""What is near our uplinks, asked for our own sake: gateways, references, interfaces, names.

Gateways and references are probed by a probe loop of their own, on sockets of its own.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from itertools import cycle, islice
from urllib.parse import urlsplit

from linkwatch.config.settings import AlertmanagerChannel, Config, EmailChannel, WebhookChannel
from linkwatch.incident.uplink_members import own_links, references_of
from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Link, LinkKind, Method, Target
from linkwatch.model.uplink import Carriage, Sensings
from linkwatch.ports import Clock, Egress, Look, Prober, Resolver, Routes
from linkwatch.runtime.probe_targets import Watched
from linkwatch.runtime.probing import LagObserver, ProbeLoop
from linkwatch.wire.address import ip_version

INTERFACES, NAMES = 1.0, 30.0
"""s between two looks at the interfaces, and at whether names have addresses."""
TRIED = 3
"""Names looked up each time."""
ASK, SPACING = 4, 0.2
"""Quick probes of what is near an uplink in question, and the s between them."""
_GATEWAY = "_gateway."
"""As systemd's nss-myhostname calls the gateways of a host; the uplink's id follows."""

Sink = Callable[[Sensings, Moment], None]


class SenseLoop:
    """Tells `sink` what is heard of what is near the uplinks. The caller closes the prober."""

    def __init__(
        self,
        clock: Clock,
        prober: Prober,
        routes: Routes,
        *,
        sink: Sink,
        observer: LagObserver,
        config: Config,
        resolver: Resolver,
    ) -> None:
        self._clock = clock
        self._routes = routes
        self._sink = sink
        self._resolver = resolver
        self._wanted = asyncio.Event()
        self._install(config)
        self._probes = ProbeLoop(
            clock,
            prober,
            sink=self._heard,
            suspect=self._overdue,
            observer=observer,
            config=config,
            resolver=Gateways(self._egress, resolver),
            watched=near_uplinks,
        )

    async def run(self) -> None:
        """Ask until cancelled; nothing is asked where no uplink is known."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._probe(), name="uplink echoes")
            tasks.create_task(self._watch_interfaces(), name="uplink interfaces")
            tasks.create_task(self._try_names(), name="names")

    def request(self, uplink: LinkId) -> None:
        """Ask everything near an uplink at once."""
        self._probes.request(uplink, ASK, SPACING, urgent=True)
        self._look(uplink)

    def hurry(self, hurried: Set[LinkId]) -> None:
        """Ask what is near these uplinks at their conference interval from now on."""
        self._probes.hurry(hurried)

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Follow another configuration."""
        keep = await self._probes.prepare(new)

        def commit() -> None:
            self._install(new)
            keep()

        return commit

    async def _probe(self) -> None:
        await self._wanted.wait()
        await self._probes.run()

    def _install(self, config: Config) -> None:
        self._uplinks = {own.id: own for _, own in own_links(config.inventory)}
        self._names = tuple(names_used(config))
        self._states: dict[LinkId, Carriage] = {}
        if self._uplinks:
            self._wanted.set()

    def _heard(self, results: Sequence[ProbeResult], now: Moment) -> None:
        self._sink(Sensings(echoes=results), now)

    def _overdue(self, overdue: Sequence[Overdue], now: Moment) -> None:
        self._sink(Sensings(overdue=overdue), now)

    async def _watch_interfaces(self) -> None:
        while True:
            for uplink in self._uplinks:
                self._look(uplink)
            await self._clock.sleep_until(self._clock.now().monotonic + INTERFACES)

    def _look(self, uplink: LinkId) -> None:
        way, before = self._egress(uplink), self._states.get(uplink)
        state = Carriage.UNKNOWN if way is None else way.state
        if way is None and before is not None and before is not Carriage.UNKNOWN:
            state = Carriage.DOWN  # the route went away with its interface
        if state is not before:
            self._states[uplink] = state
            self._sink(Sensings(interfaces={uplink: state}), self._clock.now())

    def _egress(self, uplink: LinkId) -> Egress | None:
        """The way out to an uplink's own line; None: there is none, or it is not known which."""
        link = self._uplinks.get(uplink)
        addresses = (t.address for t in link.targets if ip_version(t.address)) if link else ()
        address = next(iter(addresses), None)
        if link is None or address is None:
            return None
        return self._routes.egress(address, link.source)

    async def _try_names(self) -> None:
        turn = 0
        while True:
            names = tuple(islice(cycle(self._names), turn, turn + min(TRIED, len(self._names))))
            turn = (turn + TRIED) % max(1, len(self._names))
            if names:
                found = await asyncio.gather(*(self._resolver.resolve(name) for name in names))
                self._sink(Sensings(resolves=any(found)), self._clock.now())
            await self._clock.sleep_until(self._clock.now().monotonic + NAMES)


class Gateways:
    """A resolver that knows the gateway of each uplink too: it is what the kernel says."""

    def __init__(self, egress: Callable[[LinkId], Egress | None], resolver: Resolver) -> None:
        self._egress = egress
        self._resolver = resolver

    async def resolve(self, name: str) -> Sequence[str]:
        """The addresses of a name, or of `_gateway.` and an uplink's id; none where it has none."""
        if not name.startswith(_GATEWAY):
            return await self._resolver.resolve(name)
        way = self._egress(LinkId(name.removeprefix(_GATEWAY)))
        return (way.gateway,) if way is not None and way.gateway is not None else ()


def near_uplinks(inventory: Inventory) -> Mapping[LinkId, Watched]:
    """What is probed for each uplink's sake: its gateway first, then the references beyond it."""
    return {own.id: _near(inventory, kind, own) for kind, own in own_links(inventory)}


def names_used(config: Config) -> Iterator[str]:
    """The names whose addresses are needed to probe, and to tell, each once."""
    links = config.inventory.links.values()
    targets = (t.address for link in links for t in link.targets if t.method is not Method.PUSH)
    found = dict.fromkeys((*targets, *_peers(config)))
    return (name for name in found if ip_version(name) is None and name != "localhost")


def _near(inventory: Inventory, kind: LinkKind, own: Link) -> Watched:
    how = own.probing
    known = [f"{_GATEWAY}{own.id}", *(address for _, address in references_of(inventory, kind))]
    targets = tuple(Target(address) for address in known)
    look = Look(how.size, how.dscp, own.source, how.dont_fragment, how.ttl)
    return Watched(targets, tuple(range(len(targets))), how, look)


def _peers(config: Config) -> Iterator[str]:
    """Whom messages are handed to."""
    for channel in config.settings.channels.values():
        if isinstance(channel, EmailChannel):
            yield channel.host
        elif isinstance(channel, WebhookChannel | AlertmanagerChannel):
            yield urlsplit(channel.url).hostname or "localhost"
