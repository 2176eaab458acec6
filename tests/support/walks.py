"""Ways with scripted routers, looked at by the probe loop's own prober: real packets.

us --- gateway --- core --- (says nothing) --- carrier's end --- site
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from linkwatch.config.settings import Config, HttpSettings, Settings, SnmpSettings
from linkwatch.host.clock import SystemClock
from linkwatch.model.ids import IncidentId, LinkId
from linkwatch.model.measurement import Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.path import Trace, TraceNow
from linkwatch.model.topology import Place, Target
from linkwatch.path.landmarks import Landmarks, Marks
from linkwatch.probe.icmp import IcmpProber
from linkwatch.probe.icmp_socket import EchoSocket
from linkwatch.runtime.probing import ProbeLoop
from linkwatch.runtime.tracing import TraceLoop
from support.probing import FakeResolver
from support.province import PROBING, WAN, inventory
from support.truth import known_truth

PATIENCE = 120.0
INCIDENT = IncidentId("LW-000001")


@dataclass(frozen=True)
class Names:
    """The addresses of one family."""

    gateway: str
    core: str
    end: str
    other: str
    site: str
    """All but the last character, or group, of the sites' addresses."""

    def of(self, number: int) -> str:
        """A site's address."""
        return f"{self.site}{number}"

    def hops(self, **instead: str) -> str:
        """The way to every site, but for the hops that are put otherwise."""
        usual = {"gateway": self.gateway, "core": self.core, "mute": "*", "end": self.end}
        written = {name: f"'{address}'" for name, address in usual.items()}
        return f"[{', '.join({**written, **instead}.values())}]"

    def hop(self, name: str, more: str) -> str:
        """One hop with more to it."""
        return f"{{addresses: ['{getattr(self, name)}'], {more}}}"


V4 = Names("10.98.0.1", "10.98.0.2", "10.98.0.4", "10.98.0.7", "10.99.0.")
V6 = Names("fd00:98::1", "fd00:98::2", "fd00:98::4", "fd00:98::7", "fd00:99::")


def config(names: Names, count: int, *, interval: float = 1.0, max_pps: float = 100.0) -> Config:
    """So many links, each to a site behind the same routers."""
    whole = inventory()
    made = {}
    for number in range(1, count + 1):
        link = LinkId(f"w{number}")
        targets = (Target(names.end), Target(names.of(number), Place.SITE))
        probing = replace(PROBING, interval=interval, max_pps=max_pps)
        made[link] = replace(whole.links[WAN], id=link, targets=targets, probing=probing)
    settings = Settings(
        http=HttpSettings("127.0.0.1", 0),
        store_url=None,
        snmp=SnmpSettings(30.0, 10.0, 2.0, 2, "pysnmp", None),
        channels={},
        heartbeat=None,
    )
    return Config(replace(whole, links=made), settings, (Path("sites.yaml"),), ())


def marks(whole: Config, number: int) -> Marks:
    """The places known on the way to a site."""
    link = whole.inventory.links[LinkId(f"w{number}")]
    return Landmarks(whole.inventory).of(link, 1)


@dataclass
class Walked:
    """What was seen: traces by the site's number in the order they ended, and all else."""

    traces: Mapping[int, list[Trace]]
    results: Sequence[ProbeResult]
    late: int
    rejected: Mapping[str, int]
    packets: Mapping[str, int]
    """Requests by address, as the network has them in its log."""


def walk(
    whole: Config,
    script: str,
    wanted: Sequence[TraceNow],
    log: Path,
    kind: type[EchoSocket] | None = None,
) -> Walked:
    """Look at these ways, one after the other if they are the same link's."""
    traces: dict[int, list[Trace]] = {}
    results: list[ProbeResult] = []
    with known_truth(script, log) as truth:
        with truth.namespace.entered():
            prober = IcmpProber(kind=kind) if kind else IcmpProber()
        try:
            loop = asyncio.run(_walk(whole, prober, wanted, traces, results))
            rejected = dict(prober.counters)
            assert prober.dropped() == 0
        finally:
            prober.close()
        entries, summary = truth.end()
    assert summary.missed == 0
    packets: dict[str, int] = {}
    for entry in entries:
        packets[entry.address] = packets.get(entry.address, 0) + 1
    return Walked(traces, results, loop.late, rejected, packets)


async def _walk(
    whole: Config,
    prober: IcmpProber,
    wanted: Sequence[TraceNow],
    traces: dict[int, list[Trace]],
    results: list[ProbeResult],
) -> ProbeLoop:
    clock = SystemClock()
    seen = asyncio.Event()

    def keep(ended: Sequence[ProbeResult], now: Moment) -> None:
        results.extend(ended)

    def ignore(overdue: Sequence[Overdue], now: Moment) -> None:
        """Nobody asks."""

    def see(trace: Trace, now: Moment) -> None:
        traces.setdefault(int(trace.wanted.link[1:]), []).append(trace)
        seen.set()

    class Lag:
        def scheduler_lag(self, seconds: float) -> None:
            """Nobody asks."""

    loop = ProbeLoop(
        clock,
        prober,
        sink=keep,
        suspect=ignore,
        observer=Lag(),
        config=whole,
        resolver=FakeResolver(),
    )
    tracing = TraceLoop(clock, prober, loop, see)
    left = list(wanted)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(each) for each in (loop.run(), tracing.run())]
        while left:
            count = sum(map(len, traces.values()))
            now = {one.link: one for one in reversed(left)}
            for one in now.values():
                left.remove(one)
                tracing.request(one)
            while sum(map(len, traces.values())) < count + len(now):
                seen.clear()
                await seen.wait()
        for task in running:
            task.cancel()
    return loop


def survey(number: int, distance: int | None = None) -> TraceNow:
    """To know the way."""
    return TraceNow(LinkId(f"w{number}"), 1, distance)


def look(number: int, distance: int = 5) -> TraceNow:
    """For an incident."""
    return TraceNow(LinkId(f"w{number}"), 1, distance, INCIDENT)
