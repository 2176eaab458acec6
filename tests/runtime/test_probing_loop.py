"""The probe loop's turn, on a fake prober and a clock the test drives."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from linkwatch.config.settings import Config, HttpSettings, Settings, SnmpSettings
from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Outcome, Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Link, Method, Place, Target
from linkwatch.ports import Look, Reply
from linkwatch.runtime.probing import ProbeLoop
from linkwatch.timing.patience import FLOOR
from linkwatch.timing.standstill import longest_pause
from linkwatch.timing.tick import LONGEST
from support.probing import FakeClock, FakeProber, FakeResolver
from support.province import PROBING, inventory

TICK = 0.02
A1, A2, B1 = "127.0.17.10", "127.0.17.20", "127.0.18.10"


class Lag:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    def scheduler_lag(self, seconds: float) -> None:
        self.seconds.append(seconds)


def target(address: str, method: Method = Method.ICMP) -> Target:
    return Target(address, Place.CARRIER, method)


def config(**links: Sequence[Target]) -> Config:
    """Links by id, `_` for `-`, probed once a second."""
    whole = inventory()
    template = next(iter(whole.links.values()))
    made: dict[LinkId, Link] = {}
    for name, targets in links.items():
        link = LinkId(name.replace("_", "-"))
        made[link] = replace(template, id=link, targets=tuple(targets), probing=PROBING)
    settings = Settings(
        http=HttpSettings("127.0.0.1", 0),
        store_url=None,
        snmp=SnmpSettings(30.0, 10.0, 2.0, 2, "pysnmp", None),
        channels={},
        heartbeat=None,
    )
    return Config(replace(whole, links=made), settings, (Path("sites.yaml"),), ())


def sourced(whole: Config, **sources: str | None) -> Config:
    """The same links, probed from these sources."""
    links = whole.inventory.links
    moved = {LinkId(name): replace(links[LinkId(name)], source=s) for name, s in sources.items()}
    return replace(whole, inventory=replace(whole.inventory, links={**links, **moved}))


class Bench:
    """A loop with all its fakes."""

    def __init__(self, first: Config, resolver: FakeResolver | None = None) -> None:
        self.clock = FakeClock()
        self.prober = FakeProber(self.clock)
        self.resolver = resolver or FakeResolver()
        self.lag = Lag()
        self.results: list[ProbeResult] = []
        self.overdue: list[tuple[Overdue, float]] = []
        self.batches = 0
        self.loop = ProbeLoop(
            self.clock,
            self.prober,
            sink=self._take,
            suspect=self._suspect,
            observer=self.lag,
            config=first,
            resolver=self.resolver,
        )

    def _take(self, results: Sequence[ProbeResult], now: Moment) -> None:
        assert results
        assert now.monotonic == self.clock.monotonic
        self.batches += 1
        self.results.extend(results)

    def _suspect(self, overdue: Sequence[Overdue], now: Moment) -> None:
        self.overdue.extend((one, now.monotonic) for one in overdue)

    def drive(self, seconds: float) -> list[ProbeResult]:
        """Turn by turn; the results of that time."""
        before = len(self.results)
        for _ in range(round(seconds / TICK)):
            self.clock.monotonic += TICK
            self.loop.tick(self.clock.now())
        return self.results[before:]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The whole loop as a task, ended with the block."""
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(self.loop.run())
            yield
            task.cancel()

    def reload(self, new: Config) -> None:
        asyncio.run(self.loop.prepare(new))()


def test_answers_losses_and_own_failures_stay_apart() -> None:
    bench = Bench(config(up=[target(A1)], gone=[target(A2)], barred=[target(B1)]))
    bench.prober.answers[A1] = 0.012
    bench.prober.refuses[B1] = "EPERM"
    results = bench.drive(4.0)
    by_link = {name: [r for r in results if r.link == name] for name in ("up", "gone", "barred")}
    assert {(r.outcome, r.rtt) for r in by_link["up"]} == {(Outcome.ANSWERED, 0.012)}
    assert {(r.outcome, r.rtt, r.reason) for r in by_link["gone"]} == {
        (Outcome.NO_REPLY, None, None)
    }
    assert {(r.outcome, r.reason) for r in by_link["barred"]} == {(Outcome.LOCAL_FAILURE, "EPERM")}
    assert [len(found) for found in by_link.values()] == [4, 3, 4]


def test_a_probe_is_reported_lost_at_its_time_out_and_not_before() -> None:
    bench = Bench(config(gone=[target(A1)]))
    for _ in range(200):
        for result in bench.drive(TICK):
            waited = bench.clock.monotonic - result.sent_at
            assert 1.0 - 1e-9 <= waited <= 1.0 + 2 * TICK
    assert len(bench.results) == 3


def test_a_reply_is_overdue_by_what_the_target_usually_takes_and_not_yet_lost() -> None:
    bench = Bench(config(quick=[target(A1)]))
    bench.prober.answers[A1] = 0.012
    bench.drive(10.0)
    assert bench.overdue == []
    del bench.prober.answers[A1]
    results = bench.drive(1.5)
    ((one, at), *_) = bench.overdue
    assert (one.link, one.target) == ("quick", 0)
    assert FLOOR <= at - one.sent_at <= FLOOR + 2 * TICK
    lost = [r for r in results if r.outcome is Outcome.NO_REPLY]
    assert [r.sent_at for r in lost] in ([one.sent_at], [])


def test_what_a_target_usually_takes_is_still_known_after_a_reload() -> None:
    bench = Bench(config(a=[target(A1)]))
    bench.prober.answers[A1] = 0.01
    bench.drive(8.0)
    bench.reload(config(a=[target(A1)], b=[target(B1)]))
    del bench.prober.answers[A1]
    bench.drive(2.0)
    ((one, at), *_) = bench.overdue
    assert at - one.sent_at < 0.3


def test_an_overdue_reply_that_comes_is_an_answer() -> None:
    bench = Bench(config(moody=[target(A1)]))
    bench.prober.answers[A1] = 0.012
    bench.drive(10.0)
    bench.prober.answers[A1] = 0.6
    results = bench.drive(3.0)
    assert {r.outcome for r in results} == {Outcome.ANSWERED}
    assert bench.overdue


def test_a_target_of_which_nothing_is_known_is_not_suspected() -> None:
    bench = Bench(config(gone=[target(A1)]))
    bench.drive(5.0)
    assert bench.overdue == []


def test_all_icmp_targets_are_asked_with_their_positions_and_others_left_out() -> None:
    targets = [target(A1, Method.TCP), target(A2), target(B1, Method.PUSH), target(B1)]
    bench = Bench(config(mixed=targets, pushed=[target(A1, Method.PUSH)]))
    bench.prober.answers |= {A2: 0.01, B1: 0.01}
    results = bench.drive(2.0)
    assert {(r.link, r.target) for r in results} == {("mixed", 1), ("mixed", 3)}
    assert bench.loop.first_round_done


def test_a_reply_after_the_time_out_is_late_even_when_the_loop_was_later() -> None:
    bench = Bench(config(slow=[target(A1)]))
    bench.prober.answers[A1] = 1.5
    while not bench.prober.sent:
        bench.drive(TICK)
    bench.clock.monotonic += 2.0
    assert [r.outcome for r in bench.drive(TICK)] == [Outcome.NO_REPLY]
    assert bench.loop.late == 1


def test_a_reply_that_waited_for_a_late_loop_is_still_an_answer() -> None:
    bench = Bench(config(fine=[target(A1)]))
    bench.prober.answers[A1] = 0.3
    while not bench.prober.sent:
        bench.drive(TICK)
    bench.clock.monotonic += 5.0
    assert [r.outcome for r in bench.drive(TICK)] == [Outcome.ANSWERED]
    assert bench.loop.skipped["missed"] >= 4


def test_our_own_drops_make_the_probes_then_under_way_unknown_and_no_others() -> None:
    bench = Bench(config(gone=[target(A1)]))
    while not bench.prober.sent:
        bench.drive(TICK)
    bench.drive(0.5)
    bench.prober.drops = 3
    results = bench.drive(2.0)
    assert [r.outcome for r in results] == [Outcome.UNKNOWN, Outcome.NO_REPLY]
    assert results[0].reason == "receive_buffer"


def test_an_icmp_error_keeps_its_reason_and_its_sender() -> None:
    bench = Bench(config(cut=[target(A1)]))
    while not bench.prober.sent:
        bench.drive(TICK)
    token = bench.prober.sent[0][1].token
    error = Reply(token, Outcome.UNREACHABLE, reason="host_unreachable", reported_by="10.0.0.1")
    bench.prober.coming.append((0.0, error))
    (result,) = bench.drive(TICK)
    assert (result.outcome, result.reason, result.reported_by) == (
        Outcome.UNREACHABLE,
        "host_unreachable",
        "10.0.0.1",
    )


def test_results_of_a_turn_come_in_one_batch() -> None:
    bench = Bench(config(two=[target(A1), target(A2)]))
    bench.prober.answers |= {A1: 0.0, A2: 0.0}
    bench.drive(3.0)
    assert (len(bench.results), bench.batches) == (6, 3)


def test_a_burst_is_asked_for_at_once() -> None:
    bench = Bench(config(a=[target(A1)]))
    bench.drive(0.02)
    before = len(bench.prober.sent)
    bench.loop.request(LinkId("a"), 5, 0.2)
    bench.drive(0.98)
    assert len(bench.prober.sent) - before >= 5
    gaps = [b[0] - a[0] for a, b in zip(bench.prober.sent, bench.prober.sent[1:], strict=False)]
    assert min(gaps) >= 0.2 - 1e-6  # max_pps: 5 holds for bursts too


def test_links_that_share_an_address_take_turns_within_its_limit() -> None:
    bench = Bench(config(**{f"l{i}": [target(A1)] for i in range(10)}))
    bench.prober.answers[A1] = 0.001
    results = bench.drive(10.0)
    assert 45 <= len(bench.prober.sent) <= 51
    counts = [sum(r.link == f"l{i}" for r in results) for i in range(10)]
    assert min(counts) >= 4
    assert max(counts) <= 6
    assert bench.loop.skipped["paced"] > 0


def test_ready_once_every_link_had_a_result() -> None:
    bench = Bench(config(up=[target(A1)], gone=[target(A2)]))
    bench.prober.answers[A1] = 0.0
    assert set(bench.loop.first_round_missing) == {"up", "gone"}
    bench.drive(1.0)
    assert not bench.loop.first_round_done
    assert bench.loop.first_round_missing == ("gone",)
    bench.drive(1.1)
    assert bench.loop.first_round_done


def test_ready_at_once_when_there_is_nothing_to_probe() -> None:
    assert Bench(config()).loop.first_round_done


def test_a_reload_keeps_pending_probes_of_unchanged_links_and_forgets_the_others() -> None:
    bench = Bench(config(kept=[target(A1)], moved=[target(A2)], removed=[target(B1)]))
    bench.drive(1.0)
    assert bench.results == []
    bench.reload(config(kept=[target(A1)], moved=[target("127.0.19.1")], added=[target(A2)]))
    results = bench.drive(1.0)
    assert [r.link for r in results] == ["kept"]
    assert {r.link for r in bench.drive(1.1)} == {"kept", "moved", "added"}


def test_a_reload_that_changes_a_source_keeps_the_link_and_probes_from_the_new_one() -> None:
    plain = config(a=[target(A1)])
    bench = Bench(sourced(plain, a="eth1"))
    bench.prober.answers[A1] = 0.5
    assert bench.prober.kept == {Look(64, 34, "eth1")}
    while not bench.prober.coming:
        bench.drive(TICK)
    reloaded_at = bench.clock.monotonic
    bench.reload(sourced(plain, a="127.0.0.6"))
    assert bench.prober.kept == {Look(64, 34, "127.0.0.6")}
    first, second = bench.drive(1.8)
    # What was under way from the old source is an answer like any other.
    assert first.sent_at <= reloaded_at < second.sent_at
    assert (first.outcome, second.outcome) == (Outcome.ANSWERED, Outcome.ANSWERED)
    assert [probe.source for _, probe in bench.prober.sent] == ["eth1", "127.0.0.6"]


def test_probes_look_as_their_link_says() -> None:
    whole = config(a=[target(A1)])
    (link,) = whole.inventory.links.values()
    how = replace(PROBING, size=1400, dscp=46, dont_fragment=True, ttl=7)
    links = {link.id: replace(link, probing=how, source="eth1")}
    bench = Bench(replace(whole, inventory=replace(whole.inventory, links=links)))
    bench.drive(2.0)
    look = Look(size=1400, dscp=46, source="eth1", dont_fragment=True, ttl=7)
    assert {probe[2:] for _, probe in bench.prober.sent} == {look}


def test_a_name_is_probed_at_an_address_its_source_can_reach() -> None:
    resolver = FakeResolver(hn=[A1, "::2"])
    named = config(a=[target("hn.example")], b=[target("hn.example")], c=[target("hn.example")])
    bench = Bench(sourced(named, a="::1", b="127.0.0.5", c="eth1"), resolver)

    async def scenario() -> None:
        async with bench.running():
            await bench.clock.advance(5.0)

    asyncio.run(scenario())
    asked = {(probe.source, probe.address) for _, probe in bench.prober.sent}
    assert asked == {("::1", "::2"), ("127.0.0.5", A1), ("eth1", A1)}
    assert resolver.asked == ["hn.example"]


def test_a_reload_does_not_move_the_slots_of_unchanged_links() -> None:
    plain, reloaded = (Bench(config(a=[target(A1)], b=[target(A2)])) for _ in range(2))
    plain.drive(5.0)
    reloaded.drive(2.5)
    reloaded.reload(config(a=[target(A1)], b=[target(A2)], c=[target(B1)]))
    reloaded.drive(2.5)
    times = [(at, probe.address) for at, probe in reloaded.prober.sent if probe.address != B1]
    assert times == [(at, probe.address) for at, probe in plain.prober.sent]


def test_preparing_changes_nothing_until_the_commit() -> None:
    bench = Bench(config(a=[target(A1)]))
    commit = asyncio.run(bench.loop.prepare(config(b=[target(B1)])))
    bench.drive(1.5)
    assert {probe.address for _, probe in bench.prober.sent} == {A1}
    commit()
    bench.prober.sent.clear()
    bench.drive(1.5)
    assert {probe.address for _, probe in bench.prober.sent} == {B1}


def test_a_name_is_probed_at_its_address_and_keeps_it_when_dns_fails() -> None:
    resolver = FakeResolver(hn=[A1])
    bench = Bench(config(named=[target("hn.example")]), resolver)

    async def scenario() -> None:
        async with bench.running():
            await bench.clock.advance(5.0)
            resolver.names.clear()
            await bench.clock.advance(145.0)

    asyncio.run(scenario())
    assert len(resolver.asked) == 3
    assert 145 <= len(bench.prober.sent) <= 151
    assert {probe.address for _, probe in bench.prober.sent} == {A1}


def test_a_name_whose_address_changes_is_followed_but_not_round_and_round() -> None:
    resolver = FakeResolver(hn=[A1, A2])
    bench = Bench(config(named=[target("hn.example")]), resolver)

    async def scenario() -> None:
        async with bench.running():
            await bench.clock.advance(5.0)
            resolver.names["hn.example"] = [A2, A1]
            await bench.clock.advance(65.0)
            assert {probe.address for _, probe in bench.prober.sent} == {A1}
            resolver.names["hn.example"] = [B1]
            await bench.clock.advance(65.0)

    asyncio.run(scenario())
    assert {probe.address for _, probe in bench.prober.sent} == {A1, B1}


def test_a_name_without_address_is_our_failure_and_never_a_loss() -> None:
    resolver = FakeResolver()
    bench = Bench(config(named=[target("hn.example")]), resolver)

    async def scenario() -> None:
        async with bench.running():
            await bench.clock.advance(4.0)
            assert {(r.outcome, r.reason) for r in bench.results} == {
                (Outcome.LOCAL_FAILURE, "unresolved")
            }
            resolver.names["hn.example"] = [A1]
            bench.prober.answers[A1] = 0.001
            await bench.clock.advance(6.0)

    asyncio.run(scenario())
    assert bench.results[-1].outcome is Outcome.ANSWERED
    assert Outcome.NO_REPLY not in {result.outcome for result in bench.results}


def test_a_new_name_is_looked_up_before_the_commit() -> None:
    resolver = FakeResolver(hn=[B1])
    bench = Bench(config(a=[target(A1)]), resolver)
    bench.reload(config(a=[target("hn.example")]))
    bench.drive(1.5)
    assert {probe.address for _, probe in bench.prober.sent} == {B1}


def test_a_name_is_not_judged_before_its_first_look_up() -> None:
    bench = Bench(config(named=[target("hn.example")]))
    assert bench.drive(3.0) == []


def test_progress_and_lag_are_told() -> None:
    bench = Bench(config(a=[target(A1)]))

    async def scenario() -> None:
        async with bench.running():
            await bench.clock.advance(5.0)
            assert bench.loop.progress >= bench.clock.monotonic - LONGEST
            assert max(bench.lag.seconds) < LONGEST / 100
            bench.clock.monotonic += 0.7  # the loop is held up
            await bench.clock.advance(1.0)

    asyncio.run(scenario())
    assert len(bench.lag.seconds) >= 110
    assert 0.65 < max(bench.lag.seconds) <= 0.7 + 1e-6


def test_rounds_from_before_the_loop_ran_are_not_missed() -> None:
    bench = Bench(config(**{f"l{i}": [target(f"127.0.20.{i}")] for i in range(1, 50)}))
    bench.clock.monotonic += 60.0

    async def scenario() -> None:
        async with bench.running():
            await bench.clock.advance(3.0)

    asyncio.run(scenario())
    assert bench.loop.skipped["missed"] == 0
    assert len(bench.prober.sent) >= 2.9 * 49


def test_a_loop_whose_probes_never_end_makes_no_progress() -> None:
    bench = Bench(config(a=[target(A1)]))
    bench.drive(30.0)  # nobody answers, but each probe ends by its time-out
    assert bench.loop.progress == bench.clock.monotonic
    stuck = Bench(config(a=[target("site.example")]))  # its look-up is never done
    began = stuck.clock.monotonic
    assert stuck.drive(30.0) == []
    assert stuck.loop.progress == began + longest_pause(1.0, PROBING.timeout)


def test_a_loop_that_has_nothing_to_ask_makes_progress() -> None:
    bench = Bench(config())
    bench.drive(60.0)
    assert bench.loop.progress == bench.clock.monotonic


def test_the_tick_gets_shorter_while_a_doubt_is_settled() -> None:
    bench = Bench(config(a=[target(A1)]))

    async def scenario() -> None:
        async with bench.running():
            await bench.clock.advance(1.0)
            calm = len(bench.lag.seconds)
            bench.loop.request(LinkId("a"), 10, 0.25)
            await bench.clock.advance(1.0)
            assert len(bench.lag.seconds) - calm > 2 * calm

    asyncio.run(scenario())


def test_a_conference_has_its_links_probed_faster_and_what_is_known_of_them_stays() -> None:
    slow = replace(PROBING, interval=5.0)
    plain = config(a=[target(A1)], b=[target(B1)])
    links = {k: replace(x, probing=slow) for k, x in plain.inventory.links.items()}
    bench = Bench(replace(plain, inventory=replace(plain.inventory, links=links)))
    bench.prober.answers |= {A1: 0.01, B1: 0.01}
    bench.drive(41.0)
    began = bench.clock.monotonic
    bench.loop.hurry({LinkId("a")})
    assert len(bench.drive(10.0)) in {11, 12, 13}
    hurried = [at for at, probe in bench.prober.sent if probe.address == A1 and at > began]
    # The engine hears of a new configuration before this loop does.
    bench.loop.hurry({LinkId("a"), LinkId("c")})
    bench.reload(replace(plain, inventory=replace(plain.inventory, links=links | added())))
    bench.drive(5.0)
    assert len([1 for _, probe in bench.prober.sent if probe.address == A2]) in {4, 5}
    assert {round(b - a, 1) for a, b in pairwise(hurried)} == {1.0}
    # Its replies are still known to take 10 ms: one that does not come is overdue soon.
    del bench.prober.answers[A1]
    bench.overdue.clear()
    bench.drive(1.5)
    one, at = bench.overdue[0]
    assert (one.link, at - one.sent_at < 0.3) == ("a", True)


def added() -> dict[LinkId, Link]:
    (link,) = config(c=[target(A2)]).inventory.links.values()
    return {link.id: replace(link, probing=replace(PROBING, interval=60.0))}
