"""What traps make us do, and how little a forger gains."""

import asyncio
from dataclasses import dataclass, field, replace

from linkwatch.config.settings import Config
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.measurement import Trap, TrapKind, TrapOutcome
from linkwatch.model.topology import InterfaceKey, InterfaceRef
from linkwatch.runtime.trapping import TrapLoop
from support.snmp import config, router, v2c, watched
from support.waiting import Changes, ManualClock

R1, R2 = RouterId("r1"), RouterId("r2")
WAN, INET, OTHER = LinkId("wan"), LinkId("inet"), LinkId("other")


def province(*without: LinkId) -> Config:
    """Two routers: two links on the first, one on the second."""
    beyond = replace(
        watched("other", "Gi0/0"), interface=InterfaceRef(R2, InterfaceKey.NAME, "Gi0/0")
    )
    links = [watched("wan", "Gi0/0"), watched("inet", "Gi0/1"), beyond]
    routers = [router(v2c(), 161, "r1"), router(v2c(), 161, "r2")]
    silent = replace(router(v2c(), 161, "r3"), snmp=None)
    return config([*routers, silent], [link for link in links if link.id not in without])


class FakeSource:
    """Traps the test puts in."""

    def __init__(self) -> None:
        self.coming: asyncio.Queue[Trap] = asyncio.Queue()

    async def trap(self) -> Trap:
        return await self.coming.get()


@dataclass
class Stage:
    """The loop and what it asks for."""

    probed: list[LinkId] = field(default_factory=list)
    polled: list[RouterId] = field(default_factory=list)
    outcomes: list[TrapOutcome] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)
    source: FakeSource = field(default_factory=FakeSource)

    def trapped(self, outcomes: dict[TrapOutcome, int]) -> None:
        self.outcomes.extend(outcomes)
        self.changes.tell()

    def loop(self, new: Config) -> TrapLoop:
        return TrapLoop(
            ManualClock(self.changes),
            self.source,
            probe=self.probed.append,
            poll=self.polled.append,
            observer=self,  # type: ignore[arg-type]  # a dict is all it is given
            config=new,
        )


def down(router: RouterId = R1, *links: LinkId) -> Trap:
    return Trap(router, TrapKind.LINK_DOWN, links)


def test_a_trap_makes_us_probe_its_link_and_poll_its_router_once() -> None:
    async def run() -> None:
        stage = Stage()
        running = asyncio.ensure_future(stage.loop(province()).run())
        stage.source.coming.put_nowait(down(R1, WAN))
        await stage.changes.until(lambda: bool(stage.outcomes))
        running.cancel()
        assert (stage.probed, stage.polled) == ([WAN], [R1])
        assert stage.outcomes == [TrapOutcome.TAKEN]

    asyncio.run(run())


def test_one_about_a_whole_router_is_about_all_its_links() -> None:
    stage = Stage()
    taken = stage.loop(province()).take(Trap(R1, TrapKind.COLD_START), 0.0)
    assert taken is TrapOutcome.TAKEN
    assert (stage.probed, stage.polled) == ([WAN, INET], [R1])


def test_a_link_that_has_left_is_not_probed() -> None:
    stage = Stage()
    stage.loop(province(WAN)).take(down(R1, WAN), 0.0)
    assert (stage.probed, stage.polled) == ([], [R1])


def test_a_router_that_is_not_asked_is_not_listened_to() -> None:
    stage = Stage()
    assert stage.loop(province()).take(down(RouterId("r3")), 0.0) is TrapOutcome.NOT_WATCHED
    assert (stage.probed, stage.polled) == ([], [])


def test_a_line_that_goes_and_comes_is_looked_at_both_times_and_a_flood_is_not() -> None:
    stage = Stage()
    loop = stage.loop(province())
    outcomes = [loop.take(down(R1, WAN), second / 100) for second in range(1000)]
    assert outcomes[:3] == [TrapOutcome.TAKEN, TrapOutcome.TAKEN, TrapOutcome.LIMITED]
    assert outcomes.count(TrapOutcome.TAKEN) in {3, 4}
    assert len(stage.probed) == len(stage.polled) == outcomes.count(TrapOutcome.TAKEN)


def test_a_flood_of_one_router_leaves_the_others_heard() -> None:
    stage = Stage()
    loop = stage.loop(province())
    for _ in range(1000):
        loop.take(down(R1, WAN), 0.0)
    assert loop.take(down(R2), 0.0) is TrapOutcome.TAKEN
    assert stage.probed[-1] == OTHER


def test_a_flood_of_all_routers_is_bounded() -> None:
    stage = Stage()
    routers = [router(v2c(), 161, f"r{number}") for number in range(1000)]
    loop = stage.loop(config(routers, []))
    taken = [loop.take(down(one.id), 0.0) for one in routers]
    assert taken.count(TrapOutcome.TAKEN) == 100
    later = [loop.take(down(one.id), 1.0) for one in routers]
    assert later.count(TrapOutcome.TAKEN) == 20


def test_a_reload_changes_what_is_listened_to() -> None:
    async def run() -> None:
        stage = Stage()
        loop = stage.loop(province())
        commit = await loop.prepare(config([router(v2c(), 161, "r2")], []))
        assert loop.take(down(R1, WAN), 0.0) is TrapOutcome.TAKEN
        commit()
        assert loop.take(down(R1, WAN), 100.0) is TrapOutcome.NOT_WATCHED
        assert loop.take(down(R2), 100.0) is TrapOutcome.TAKEN

    asyncio.run(run())
