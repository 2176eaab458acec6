"""What is near our uplinks, on a fake prober, a fake kernel and a clock the test drives."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from linkwatch.config.settings import (
    Config,
    EmailChannel,
    HttpSettings,
    Security,
    Settings,
    SnmpSettings,
    WebhookChannel,
)
from linkwatch.model.ids import ChannelId, LinkId
from linkwatch.model.measurement import Outcome
from linkwatch.model.moment import Moment
from linkwatch.model.topology import LinkKind, Target
from linkwatch.model.uplink import Carriage, Sensings
from linkwatch.ports import Egress
from linkwatch.runtime.sensing import NAMES, SenseLoop, names_used
from support.probing import FakeClock, FakeProber, FakeResolver
from support.province import VIETTEL
from support.towns import OWN_INET, OWN_WAN, towns

GATEWAY, OTHER = "127.0.1.1", "127.0.1.2"
UP = Egress("eth0", Carriage.UP, GATEWAY)


@dataclass
class FakeRoutes:
    """A kernel with one way out."""

    way: Egress | None = UP
    asked: set[tuple[str, str | None]] = field(default_factory=set)

    def egress(self, address: str, source: str | None) -> Egress | None:
        self.asked.add((address, source))
        return self.way


class Quiet:
    """Nobody wants to know how late a tick came."""

    def scheduler_lag(self, seconds: float) -> None:
        return


def config(*references: str, uplinks: bool = True, **channels: object) -> Config:
    whole = towns(2)
    carriers = {
        **whole.carriers,
        VIETTEL: replace(whole.carriers[VIETTEL], reference=references),
    }
    own = {LinkKind.INTERNET: OWN_INET} if uplinks else {}
    settings = Settings(
        http=HttpSettings("127.0.0.1", 0),
        store_url=None,
        snmp=SnmpSettings(30.0, 10.0, 2.0, 2, "pysnmp", None),
        channels={ChannelId(k): v for k, v in channels.items()},  # type: ignore[misc]
        heartbeat=None,
    )
    whole = replace(whole, carriers=carriers, own_uplinks=own)
    return Config(whole, settings, (Path("sites.yaml"),), ())


@dataclass
class Bench:
    clock: FakeClock
    prober: FakeProber
    routes: FakeRoutes
    resolver: FakeResolver
    loop: SenseLoop
    heard: list[Sensings]

    def echoes(self) -> list[tuple[LinkId, int, Outcome]]:
        return [(e.link, e.target, e.outcome) for told in self.heard for e in told.echoes]

    def interfaces(self) -> list[Carriage]:
        return [state for told in self.heard for state in told.interfaces.values()]


def on_bench(first: Config, scene: Callable[[Bench], Awaitable[None]]) -> None:
    async def play() -> None:
        clock, heard = FakeClock(), list[Sensings]()
        prober, routes, resolver = FakeProber(clock), FakeRoutes(), FakeResolver()

        def sink(told: Sensings, _: Moment) -> None:
            heard.append(told)

        loop = SenseLoop(
            clock, prober, routes, sink=sink, observer=Quiet(), config=first, resolver=resolver
        )
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(loop.run())
            await scene(Bench(clock, prober, routes, resolver, loop, heard))
            running.cancel()

    asyncio.run(play())


def test_the_gateway_and_the_references_are_probed_at_the_uplinks_pace() -> None:
    async def scene(bench: Bench) -> None:
        bench.prober.answers = {GATEWAY: 0.001, "198.18.2.1": 0.02}
        await bench.clock.advance(10.0)
        found = bench.echoes()
        assert 8 <= found.count((OWN_INET, 0, Outcome.ANSWERED)) <= 11
        assert 8 <= found.count((OWN_INET, 1, Outcome.ANSWERED)) <= 11
        assert bench.routes.asked == {("127.0.10.2", None)}
        bench.prober.answers.clear()
        bench.heard.clear()
        await bench.clock.advance(3.0)
        late = {(o.link, o.target) for told in bench.heard for o in told.overdue}
        assert late == {(OWN_INET, 0), (OWN_INET, 1)}

    on_bench(config("198.18.2.1"), scene)


def test_in_question_they_are_asked_at_once() -> None:
    async def scene(bench: Bench) -> None:
        bench.prober.answers = {GATEWAY: 0.001}
        await bench.clock.advance(5.0)
        before = len(bench.prober.sent)
        bench.loop.request(OWN_INET)
        await bench.clock.advance(0.7)
        assert 4 <= len(bench.prober.sent) - before <= 5

    on_bench(config(), scene)


def test_an_interface_is_told_when_it_changes_or_its_route_goes() -> None:
    async def scene(bench: Bench) -> None:
        await bench.clock.advance(3.0)
        bench.routes.way = Egress("eth0", Carriage.DOWN, GATEWAY)
        await bench.clock.advance(1.5)
        bench.routes.way = UP
        bench.loop.request(OWN_INET)  # looks at once
        bench.routes.way = None
        await bench.clock.advance(1.5)
        assert bench.interfaces() == [Carriage.UP, Carriage.DOWN, Carriage.UP, Carriage.DOWN]

    on_bench(config(), scene)


def test_a_way_that_was_never_known_tells_nothing() -> None:
    async def scene(bench: Bench) -> None:
        bench.routes.way = None
        await bench.clock.advance(5.0)
        assert bench.interfaces() == [Carriage.UNKNOWN]
        assert {outcome for _, _, outcome in bench.echoes()} <= {Outcome.LOCAL_FAILURE}

    on_bench(config(), scene)


def test_names_are_looked_up_and_any_address_will_do() -> None:
    async def scene(bench: Bench) -> None:
        await bench.clock.advance(1.0)
        bench.resolver.names["mail.example"] = ["127.0.0.9"]
        await bench.clock.advance(NAMES)
        said = [told.resolves for told in bench.heard if told.resolves is not None]
        assert said == [False, True]

    mail = EmailChannel(
        ChannelId("mail"), "mail.example", 25, "a@b.example", Security.NONE, None, None, 5.0
    )
    on_bench(config(mail=mail), scene)


def test_the_names_are_those_of_targets_and_of_whom_messages_go_to() -> None:
    made = config(
        hook=WebhookChannel(ChannelId("hook"), "https://hook.example/x", None, 5.0),
        local=WebhookChannel(ChannelId("local"), "http://127.0.0.1:1/", None, 5.0),
    )
    links = dict(made.inventory.links)
    links[OWN_WAN] = replace(links[OWN_WAN], targets=(Target("pe1.example"),))
    named = replace(made, inventory=replace(made.inventory, links=links))
    assert list(names_used(named)) == ["pe1.example", "hook.example"]


def test_without_uplinks_nothing_is_asked_until_a_reload_names_one() -> None:
    async def scene(bench: Bench) -> None:
        bench.prober.answers = {GATEWAY: 0.001}
        await bench.clock.advance(10.0)
        assert bench.prober.sent == []
        (await bench.loop.prepare(config()))()
        await bench.clock.advance(10.0)
        assert (OWN_INET, 0, Outcome.ANSWERED) in bench.echoes()

    on_bench(config(uplinks=False), scene)


def test_a_gateway_that_changes_is_followed() -> None:
    async def scene(bench: Bench) -> None:
        bench.prober.answers = {GATEWAY: 0.001, OTHER: 0.001}
        await bench.clock.advance(5.0)
        bench.routes.way = replace(UP, gateway=OTHER)
        await bench.clock.advance(70.0)
        assert bench.prober.sent[0][1].address == GATEWAY
        assert bench.prober.sent[-1][1].address == OTHER

    on_bench(config(), scene)
