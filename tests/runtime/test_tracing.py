"""The trace loop on a prober that knows where routers are, and a clock the test drives."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from linkwatch.config.settings import Config, HttpSettings, Settings, SnmpSettings
from linkwatch.model.ids import IncidentId, LinkId
from linkwatch.model.measurement import Outcome, Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.path import Trace, TraceNow
from linkwatch.model.topology import Target
from linkwatch.ports import Probe, Reply
from linkwatch.runtime.probing import ProbeLoop
from linkwatch.runtime.tracing import LONGEST, ROUNDS, SLOW, SURVEY_ROUNDS, URGENT, TraceLoop
from linkwatch.wire.icmp_errors import IcmpReason
from support.probing import FakeClock, FakeProber, FakeResolver
from support.province import PROBING, WAN, inventory

DISTANCE = 5
RTT = 0.010
MAX_PPS = 5.0
STORM = 500
A_WHILE = 3.0


@dataclass
class Routed(FakeProber):
    """Every target is behind `DISTANCE - 1` routers; those in `mute` hops say nothing."""

    mute: set[int] = field(default_factory=set)
    traced: list[tuple[float, Probe]] = field(default_factory=list)

    def send(self, probes: Sequence[Probe]) -> Sequence[Reply]:
        rounds = [probe for probe in probes if probe.ttl is None]
        for probe in probes:
            if probe.ttl is not None:
                self._pass(probe)
        return super().send(rounds)

    def _pass(self, probe: Probe) -> None:
        self.traced.append((self.clock.monotonic, probe))
        assert probe.ttl is not None
        at = self.clock.monotonic + RTT
        if probe.ttl >= DISTANCE:
            if probe.address in self.answers:
                self.coming.append((at, Reply(probe.token, Outcome.ANSWERED, rtt=RTT)))
        elif probe.ttl not in self.mute:
            told = Reply(
                probe.token,
                Outcome.UNREACHABLE,
                reason=IcmpReason.TTL_EXCEEDED,
                reported_by=f"10.0.0.{probe.ttl}",
                after=RTT,
            )
            self.coming.append((at, told))


class Bench:
    """A probe loop and a trace loop over so many links, and what came of their traces."""

    def __init__(self, count: int = 1) -> None:
        self.clock = FakeClock()
        self.prober = Routed(self.clock)
        self.traces: list[Trace] = []
        self.results: list[ProbeResult] = []
        self.config = _config(count)
        self.probes = ProbeLoop(
            self.clock,
            self.prober,
            sink=self._probed,
            suspect=self._suspect,
            observer=self,
            config=self.config,
            resolver=FakeResolver(),
        )
        self.loop = TraceLoop(self.clock, self.prober, self.probes, self._traced)

    def scheduler_lag(self, seconds: float) -> None:
        """Nobody asks."""

    def _probed(self, results: Sequence[ProbeResult], now: Moment) -> None:
        self.results.extend(results)

    def _suspect(self, overdue: Sequence[Overdue], now: Moment) -> None:
        """Nobody asks."""

    def _traced(self, trace: Trace, now: Moment) -> None:
        assert trace.ended_at == now.monotonic
        self.traces.append(trace)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(each.run()) for each in (self.probes, self.loop)]
            await self.clock.advance(0)
            yield
            for task in running:
                task.cancel()


def _config(count: int) -> Config:
    whole = inventory()
    probing = replace(PROBING, interval=600.0, max_pps=MAX_PPS)
    links = {
        _link(number): replace(
            whole.links[WAN],
            id=_link(number),
            targets=(Target(address(number)),),
            probing=probing,
        )
        for number in range(count)
    }
    settings = Settings(
        http=HttpSettings("127.0.0.1", 0),
        store_url=None,
        snmp=SnmpSettings(30.0, 10.0, 2.0, 2, "pysnmp", None),
        channels={},
        heartbeat=None,
    )
    return Config(replace(whole, links=links), settings, (Path("sites.yaml"),), ())


def _link(number: int) -> LinkId:
    return LinkId(f"l{number}")


def address(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


def look(number: int = 0, distance: int = DISTANCE) -> TraceNow:
    return TraceNow(_link(number), 0, distance, IncidentId(f"LW-{number:06d}"))


def survey(number: int = 0, distance: int | None = DISTANCE) -> TraceNow:
    return TraceNow(_link(number), 0, distance)


def run(bench: Bench, *wanted: TraceNow, seconds: float = A_WHILE, times: int = 1) -> list[Trace]:
    """All of these asked for together, and again once they have ended."""

    async def play() -> None:
        async with bench.running():
            for _ in range(times):
                for one in wanted:
                    bench.loop.request(one)
                await bench.clock.advance(seconds)

    asyncio.run(play())
    return bench.traces


def test_all_hops_are_asked_at_once_and_a_dead_way_takes_no_longer_than_it_may() -> None:
    bench = Bench()
    (trace,) = run(bench, look())
    assert trace.ended_at - trace.began_at <= LONGEST + 0.001
    assert [hop.asked for hop in trace.hops] == [ROUNDS] * DISTANCE
    assert [hop.expired for hop in trace.hops] == [*[ROUNDS] * (DISTANCE - 1), 0]
    assert trace.distance is None
    rounds = sorted({at for at, _ in bench.prober.traced})
    assert len(rounds) == ROUNDS
    assert all(later - sooner >= 1 / MAX_PPS - 1e-9 for sooner, later in pairwise(rounds))


def test_a_way_that_answers_is_over_once_all_have() -> None:
    bench = Bench()
    bench.prober.answers[address(0)] = RTT
    (trace,) = run(bench, look())
    assert trace.distance == DISTANCE
    assert trace.ended_at - trace.began_at < (ROUNDS - 1) / MAX_PPS + 0.2


def test_for_one_that_never_tells_it_is_waited_no_longer_than_is_of_use() -> None:
    bench = Bench()
    bench.prober.answers[address(0)] = RTT
    bench.prober.mute = {2}
    (trace,) = run(bench, look())
    assert trace.hops[1].heard == 0
    assert trace.ended_at - trace.began_at < LONGEST


def test_a_way_of_unknown_length_is_felt_for_hop_by_hop_as_the_target_may_be_asked() -> None:
    bench = Bench()
    bench.prober.answers[address(0)] = RTT
    (trace,) = run(bench, survey(distance=None))
    assert trace.distance == DISTANCE
    assert [probe.ttl for _, probe in bench.prober.traced] == [1, 2, 3, 4, 5]
    times = [at for at, _ in bench.prober.traced]
    assert all(later - sooner >= 1 / MAX_PPS - 1e-9 for sooner, later in pairwise(times))


def test_a_way_that_never_ends_is_not_felt_for_for_ever() -> None:
    bench = Bench()
    bench.prober.mute = set(range(1, DISTANCE))
    (trace,) = run(bench, survey(distance=None), seconds=60.0)
    assert trace.distance is None
    assert len(bench.prober.traced) <= 30


def test_a_target_gets_no_more_than_it_may_from_probes_and_traces_together() -> None:
    bench = Bench()
    bench.probes.request(_link(0), 10, 0.05)
    run(bench, look())
    at_target = sorted(
        [at for at, probe in bench.prober.traced if probe.ttl == DISTANCE]
        + [at for at, _ in bench.prober.sent]
    )
    # A probe may leave up to a tick of the loop after its time.
    gaps = [later - sooner for sooner, later in pairwise(at_target)]
    assert len(at_target) > ROUNDS
    assert min(gaps) >= 1 / MAX_PPS - 0.025


def test_what_comes_back_is_in_no_links_figures() -> None:
    bench = Bench()
    bench.prober.answers[address(0)] = RTT
    run(bench, look(), survey(distance=None))
    assert len(bench.results) == len(bench.prober.sent) <= 1
    assert bench.probes.late == 0


def test_a_storm_stays_within_its_bounds() -> None:
    bench = Bench(STORM)
    traces = run(bench, *(look(number) for number in range(STORM)), seconds=120.0)
    assert len({trace.wanted.link for trace in traces}) == STORM
    assert len(traces) == STORM

    edges = sorted([(t.began_at, 1) for t in traces] + [(t.ended_at, -1) for t in traces])
    under_way = most = 0
    for _, change in edges:
        under_way += change
        most = max(most, under_way)
    assert most == URGENT + SLOW

    assert len(bench.prober.traced) == STORM * ROUNDS * DISTANCE
    a_second = Counter(int(at) for at, _ in bench.prober.traced)
    together = (URGENT + SLOW) * ROUNDS * DISTANCE
    assert max(a_second.values()) <= together
    # One hop that all ways share gets its part of that, and no more.
    shared = Counter(int(at) for at, probe in bench.prober.traced if probe.ttl == 1)
    assert max(shared.values()) <= (URGENT + SLOW) * ROUNDS
    for trace in traces:
        assert trace.ended_at - trace.began_at <= LONGEST + 0.001


def test_incidents_go_first_and_surveys_never_take_all_hands() -> None:
    bench = Bench(40)
    surveys = [survey(number) for number in range(30)]
    looks = [look(number) for number in range(30, 40)]
    traces = run(bench, *surveys, *looks, seconds=2 * LONGEST + 0.5)
    done = [trace.wanted.incident is not None for trace in traces]
    assert sum(done) == len(looks)
    assert all(done[: URGENT + SLOW])
    assert SURVEY_ROUNDS < ROUNDS


def test_what_waits_already_is_not_asked_for_twice_and_may_be_asked_for_again() -> None:
    bench = Bench()
    assert len(run(bench, look(), look(), survey(), times=2)) == 4
    assert bench.loop.counters == {"incident": 2, "survey": 2, "unresolved": 0}


def test_a_link_that_is_gone_is_counted_and_nothing_is_sent() -> None:
    bench = Bench()
    assert run(bench, TraceNow(LinkId("gone"), 0, 3)) == []
    assert bench.loop.counters["unresolved"] == 1
    assert bench.prober.traced == []


def test_our_own_drops_spoil_a_trace() -> None:
    bench = Bench()

    async def play() -> None:
        async with bench.running():
            bench.loop.request(look())
            await bench.clock.advance(0.3)
            bench.prober.drops = 1
            await bench.clock.advance(A_WHILE)

    asyncio.run(play())
    assert [trace.is_ours for trace in bench.traces] == [True]
