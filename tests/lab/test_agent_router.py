"""What a script does to a simulated router, told by its objects at the time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.lab.agent_clock import LabClock
from linkwatch.lab.agent_happening import Happening, Trap
from linkwatch.lab.agent_model import Listening
from linkwatch.lab.agent_objects import IF_ADMIN_STATUS, IF_LAST_CHANGE, IF_NUMBER
from linkwatch.lab.agents import simulate
from linkwatch.lab.router import SimulatedRouter
from linkwatch.model.ids import RouterId
from linkwatch.model.moment import Span
from linkwatch.model.topology import ContractedRate, InterfaceKey, Link
from linkwatch.wire import ifmib
from linkwatch.wire.snmpvalue import ABSENT, Oid, Value, ValueType
from support.lab import scripted
from support.snmp import config, router, v2c, watched
from support.waiting import START, Changes, ManualClock

BEGAN = START.timestamp()
WAN, INET = watched("wan", "Gi0/0"), watched("inet", "Gi0/1")
EIGHT = "receive: 8Mbps, transmit: 4Mbps"
RECEIVED, SENT = ifmib.IF_HC_IN_OCTETS, ifmib.IF_HC_OUT_OCTETS


class Bench:
    """A router with a script, and hands on its clock."""

    def __init__(self, behaviour: str, *links: Link) -> None:
        self.clock = ManualClock(Changes())
        self.config = config([router(v2c(), 161)], links or (WAN, INET))
        script = scripted(f"routers: {{r1: {behaviour}}}", self.config)
        self.heard: list[Happening] = []
        self.router = SimulatedRouter(
            self.config.inventory.routers[RouterId("r1")],
            list(self.config.inventory.links.values()),
            LabClock(self.clock),
            script.routers[RouterId("r1")],
        )
        self.router.tell = self.heard.append

    def at(self, seconds: float) -> "Bench":
        self.clock.advance_to(seconds)
        self.router.advance()
        return self

    def get(self, oid: Oid) -> Value:
        return self.router.view().get(oid)

    def number(self, column: Oid, index: int | None = None) -> int:
        value = self.get(column if index is None else (*column, index))
        assert value.type is not ValueType.ABSENT
        return value.number

    def walk(self, column: Oid) -> dict[int, bytes | int]:
        view, oid = self.router.view(), column
        found: dict[int, bytes | int] = {}
        while (step := view.after(oid)) and step[0][: len(column)] == column:
            oid, value = step
            found[oid[-1]] = value.octets or value.number
        return found

    @property
    def uptime(self) -> int:
        return self.number(ifmib.SYS_UP_TIME)


def row(behaviour: str) -> str:
    return f"{{interfaces: {{wan: {{{behaviour}}}}}}}"


def test_a_reboot_begins_all_anew_after_it_was_away() -> None:
    bench = Bench(
        "{boots: 4, uptime: 1h, changes: [{at: 30s, reboot: 20s}],"
        f" interfaces: {{wan: {{{EIGHT}}}}}}}"
    )
    assert (bench.uptime, bench.router.boots) == (360_000, 4)
    bench.at(29)
    assert (bench.uptime, bench.number(RECEIVED, 1)) == (362_900, 29_000_000)
    assert bench.router.listening is Listening.ANSWERS
    assert bench.at(30).router.listening is Listening.SILENT
    bench.at(51)
    assert bench.router.listening is Listening.ANSWERS
    assert (bench.uptime, bench.router.boots) == (100, 5)
    assert (bench.number(RECEIVED, 1), bench.number(SENT, 1)) == (1_000_000, 500_000)
    assert [(one.at - BEGAN, one.trap) for one in bench.heard] == [
        (30, None),
        (50, Trap.COLD_START),
    ]
    assert [one.words for one in bench.heard] == ["away for 20 s", "started, boot 5"]


def test_a_router_that_is_only_looked_at_late_has_done_everything_at_its_time() -> None:
    bench = Bench(f"{{changes: [{{at: 30s, reboot: 20s}}], interfaces: {{wan: {{{EIGHT}}}}}}}")
    assert bench.at(80).uptime == 3_000
    assert bench.number(RECEIVED, 1) == 30_000_000


@pytest.mark.parametrize(
    ("how", "links", "before", "after"),
    [
        ("rotate", (WAN, INET), {1: b"Gi0/0", 2: b"Gi0/1"}, {1: b"Gi0/1", 2: b"Gi0/0"}),
        ("shift", (WAN, INET), {1: b"Gi0/0", 2: b"Gi0/1"}, {3: b"Gi0/0", 4: b"Gi0/1"}),
        ("rotate", (WAN,), {1: b"Gi0/0"}, {2: b"Gi0/0"}),
        ("rotate", (), {}, {}),
    ],
)
def test_interfaces_get_other_numbers(
    how: str, links: tuple[Link, ...], before: dict[int, bytes], after: dict[int, bytes]
) -> None:
    new = config([router(v2c(), 161)], links)
    script = scripted(f"routers: {{r1: {{changes: [{{at: 5s, renumber: {how}}}]}}}}", new)
    clock = ManualClock(Changes())
    [simulated] = simulate(new, LabClock(clock), script)

    def names() -> dict[int, bytes]:
        found = {}
        for index in range(1, 9):
            value = simulated.view().get((*ifmib.IF_NAME, index))
            if value is not ABSENT:
                found[index] = value.octets
        return found

    assert names() == before
    clock.advance(5)
    simulated.advance()
    assert names() == after


def test_counters_go_with_their_interface_when_it_gets_another_number() -> None:
    bench = Bench(f"{{changes: [{{at: 5s, renumber: rotate}}], interfaces: {{wan: {{{EIGHT}}}}}}}")
    assert bench.at(6).number(RECEIVED, 2) == 6_000_000


def test_counters_that_stand_are_counted_up_now_and_then() -> None:
    bench = Bench(f"{{refresh: 10s, interfaces: {{wan: {{{EIGHT}}}}}}}")
    seen = [(bench.at(t).uptime, bench.number(RECEIVED, 1)) for t in (9, 11, 19.5, 20)]
    assert seen == [(900, 0), (1_100, 10_000_000), (1_950, 10_000_000), (2_000, 20_000_000)]


def test_a_router_may_have_32_bit_counters_only() -> None:
    bench = Bench(
        f"{{counter_bits: 32, interfaces: {{wan: {{{EIGHT}, octets_to_wrap: 1000000}}}},"
        " changes: [{at: 5s, counter_bits: 64}]}"
    )
    assert bench.get((*RECEIVED, 1)) is ABSENT
    assert bench.walk(SENT) == {}
    assert bench.number(ifmib.IF_IN_OCTETS, 1) == 2**32 - 1_000_000
    assert bench.at(3).number(ifmib.IF_IN_OCTETS, 1) == 2_000_000
    assert bench.at(5).number(RECEIVED, 1) == 4_000_000, "both wrapped together"


def test_sys_up_time_wraps() -> None:
    bench = Bench("{uptime_to_wrap: 30s}")
    assert bench.at(29).uptime == 2**32 - 100
    assert bench.at(31).uptime == 100
    assert bench.router.boots == 1


@pytest.mark.parametrize(("kind", "told"), [("announced", 500), ("unannounced", 0)])
def test_counters_may_be_reset_without_a_reboot(kind: str, told: int) -> None:
    bench = Bench(row(f"{EIGHT}, changes: [{{at: 5s, reset: {kind}}}]"))
    assert bench.at(4).number(RECEIVED, 1) == 4_000_000
    assert bench.at(6).number(RECEIVED, 1) == 1_000_000
    assert bench.number(ifmib.IF_COUNTER_DISCONTINUITY_TIME, 1) == told
    assert bench.uptime == 600


def test_a_row_may_be_found_and_not_be_readable() -> None:
    bench = Bench(row("row: unreadable"))
    assert bench.walk(ifmib.IF_NAME) == {1: b"Gi0/0", 2: b"Gi0/1"}
    assert bench.walk(ifmib.IF_OPER_STATUS) == {2: 1}
    assert bench.get((*ifmib.IF_NAME, 1)) is ABSENT
    assert bench.get((*ifmib.IF_NAME, 2)) is not ABSENT


def test_a_row_may_be_gone_and_come_back() -> None:
    bench = Bench(row(f"{EIGHT}, changes: [{{at: 5s, row: missing}}, {{at: 10s, row: present}}]"))
    assert bench.at(6).walk(ifmib.IF_NAME) == {2: b"Gi0/1"}
    assert bench.get((*RECEIVED, 1)) is ABSENT
    assert bench.at(10).number(RECEIVED, 1) == 10_000_000


def test_twins_bear_the_same_names_and_carry_nothing() -> None:
    bench = Bench(row(f"{EIGHT}, alias: GLI-1, twins: 2")).at(5)
    names, octets = bench.walk(ifmib.IF_NAME), bench.walk(RECEIVED)
    assert list(names.values()) == [b"Gi0/0", b"Gi0/1", b"Gi0/0", b"Gi0/0"]
    assert list(bench.walk(ifmib.IF_ALIAS).values()).count(b"GLI-1") == 3
    assert octets[1] == 5_000_000
    assert [octets[index] for index in list(names)[2:]] == [0, 0]


def test_names_may_change() -> None:
    bench = Bench(row("name: A, changes: [{at: 5s, name: B, alias: C}]"))
    assert bench.walk(ifmib.IF_NAME) == {1: b"A", 2: b"Gi0/1"}
    assert bench.at(5).walk(ifmib.IF_NAME) == {1: b"B", 2: b"Gi0/1"}
    assert bench.get((*ifmib.IF_ALIAS, 1)).octets == b"C"


def test_what_is_down_carries_nothing_and_says_since_when() -> None:
    bench = Bench(row(f"{EIGHT}, changes: [{{at: 5s, oper: down}}, {{at: 15s, oper: up}}]"))
    assert bench.at(4).number(ifmib.IF_OPER_STATUS, 1) == 1
    assert bench.at(14).number(ifmib.IF_OPER_STATUS, 1) == 2
    assert (bench.number(RECEIVED, 1), bench.number(IF_LAST_CHANGE, 1)) == (5_000_000, 500)
    assert bench.at(16).number(RECEIVED, 1) == 6_000_000
    assert [(one.trap, one.index) for one in bench.heard] == [
        (Trap.LINK_DOWN, 1),
        (Trap.LINK_UP, 1),
    ]
    assert [one.words for one in bench.heard] == ["wan: oper down", "wan: oper up"]


def test_what_is_switched_off_is_down() -> None:
    bench = Bench(row(f"{EIGHT}, changes: [{{at: 5s, admin: down}}, {{at: 9s, oper: dormant}}]"))
    bench.at(6)
    assert bench.number(IF_ADMIN_STATUS, 1) == 2
    assert bench.number(ifmib.IF_OPER_STATUS, 1) == 2
    assert bench.at(10).number(ifmib.IF_OPER_STATUS, 1) == 2
    assert [one.trap for one in bench.heard] == [Trap.LINK_DOWN, None]


@pytest.mark.parametrize(
    ("rate", "speed", "high"),
    [("1Gbps", 10**9, 1000), ("10Gbps", 2**32 - 1, 10_000), ("0", 0, 0), ("1.5Mbps", 1_500_000, 2)],
)
def test_a_line_has_the_speed_it_is_given(rate: str, speed: int, high: int) -> None:
    bench = Bench(row(f"line_rate: {rate}"))
    assert bench.number(ifmib.IF_SPEED, 1) == speed
    assert bench.number(ifmib.IF_HIGH_SPEED, 1) == high


def test_shares_follow_the_contract_in_force_and_the_port_fits_them_all() -> None:
    middle = START + timedelta(seconds=10)
    base = watched("wan", "GLI-1", InterfaceKey.ALIAS)
    boosted = replace(
        base,
        contracted=(
            ContractedRate(8_000_000, 8_000_000),
            ContractedRate(160_000_000, None, Span(middle, None)),
        ),
    )
    bench = Bench(row("receive: 50%, transmit: 50%"), boosted)
    assert bench.at(10).number(RECEIVED, 1) == 5_000_000
    bench.at(20)
    assert bench.number(RECEIVED, 1) == 5_000_000 + 100_000_000
    assert bench.number(SENT, 1) == 5_000_000 + 62_500_000, "no number: 100 Mbit/s are made up"
    assert bench.number(ifmib.IF_HIGH_SPEED, 1) == 1000


def test_a_ceiling_errors_and_discards_are_counted() -> None:
    bench = Bench(row("receive: {constant: 12Mbps, ceiling: 8Mbps, errors: 1%, discards: 2%}"))
    bench.at(10)
    assert bench.number(RECEIVED, 1) == 10_000_000
    assert bench.number(ifmib.IF_IN_ERRORS, 1) == 100
    assert bench.number(ifmib.IF_IN_DISCARDS, 1) == 200 + 5_000
    assert bench.number(ifmib.IF_OUT_DISCARDS, 1) == 0


def test_traffic_begins_at_the_change_that_names_it() -> None:
    bench = Bench(
        row(
            "receive: 0, changes: [{at: 10s, receive: {ramp: {from: 0, to: 16Mbps, within: 10s}}},"
            " {at: 12s, receive: {errors: 100%}}]"
        )
    )
    assert bench.at(10).number(RECEIVED, 1) == 0
    assert bench.at(20).number(RECEIVED, 1) == 10_000_000, "its end is not moved by the errors"
    assert bench.at(21).number(RECEIVED, 1) == 12_000_000


def test_what_is_there_is_told_in_order() -> None:
    bench = Bench("{}")
    view, seen = bench.router.view(), list[Oid]()
    oid: Oid = (0,)
    while step := view.after(oid):
        oid = step[0]
        seen.append(oid)
        assert view.get(oid) == step[1]
    assert seen == sorted(seen)
    assert len(seen) == 4 + 2 * 21
    assert bench.number(IF_NUMBER) == 2
    assert view.get(()) is ABSENT


FAULTS = (
    "{changes: [{at: 10s, reboot: 7s}, {at: 40s, renumber: shift, refresh: 3s}], interfaces:"
    " {wan: {receive: {daily: {low: 10%, high: 120%}, ceiling: 100%}, transmit: 30%,"
    " changes: [{at: 13s, oper: down}, {at: 31s, oper: up, transmit: {burst: {base: 1Mbps,"
    " peak: 9Mbps, length: 2s, every: 5s}}}, {at: 50s, reset: announced}]}}}"
)


@given(st.lists(st.floats(0, 60), max_size=15))
def test_a_script_plays_the_same_however_often_anybody_looks(looks: list[float]) -> None:
    def told(looks: list[float]) -> dict[Oid, Value]:
        bench = Bench(FAULTS)
        for at in sorted(looks):
            view = bench.at(at).router.view()
            view.after((0,))
        view, found = bench.at(60).router.view(), dict[Oid, Value]()
        oid: Oid = (0,)
        while step := view.after(oid):
            oid, found[step[0]] = step
        return found

    assert told(looks) == told([])


def test_the_manual_faults_of_tests_still_work_beside_a_script() -> None:
    bench = Bench(row(f"{EIGHT}, changes: [{{at: 5s, oper: down}}]"))
    bench.clock.advance(10)
    bench.router.restart()
    assert bench.number(ifmib.IF_OPER_STATUS, 1) == 2, "what was due came first"
    assert (bench.uptime, bench.router.boots, bench.number(RECEIVED, 1)) == (0, 2, 0)


def test_a_router_whose_time_has_begun_already_is_where_its_script_has_it() -> None:
    new = config([router(v2c(), 161)], [WAN])
    script = scripted(
        "routers: {r1: {changes: [{at: 30s, reboot: 10s}],"
        f" interfaces: {{wan: {{{EIGHT}}}}}}}}}",
        new,
    )
    clock = ManualClock(Changes())
    began = clock.now()
    clock.advance(45)
    [late] = simulate(new, LabClock(clock, began), script)
    late.advance()
    assert (late.uptime(), late.boots) == (5, 2)
    assert late.view().get((*RECEIVED, 1)).number == 5_000_000


def test_a_router_without_snmp_is_not_simulated() -> None:
    with pytest.raises(ValueError, match="router r1 has no SNMP"):
        SimulatedRouter(
            replace(router(v2c(), 161), snmp=None), [], LabClock(ManualClock(Changes()))
        )
