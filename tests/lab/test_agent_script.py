"""The script of simulated agents: what it means, and the exact words for what is wrong with it."""

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from linkwatch.config import load as load_config
from linkwatch.lab.agent_loading import load_script, parse_script
from linkwatch.lab.agent_model import (
    AdminStatus,
    AgentScript,
    InterfaceBehaviour,
    InterfaceChange,
    InterfaceCourse,
    Lie,
    Listening,
    Renumber,
    Reset,
    RouterBehaviour,
    RouterChange,
    RouterCourse,
    Row,
)
from linkwatch.lab.agent_traffic import Amount, Burst, Constant, Daily, Load, Ramp, Replay
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import OperStatus
from support.province import ZONE
from support.snmp import config, router, v2c, watched

MBIT = 1_000_000
R1, R2 = RouterId("r1"), RouterId("r2")
WAN, INET = LinkId("wan"), LinkId("inet")
FULL = """
seed: 7
duration: 10m
traps_to: 127.0.0.1:1162
routers:
  r1:
    boots: 5
    uptime: 1d
    counter_bits: 32
    changes:
      - {at: 30s, reboot: 20s, renumber: rotate}
      - {at: 60s, late: 3s, refresh: 10s, max_objects: 20, lie: text}
      - {at: 90s, agent: closed, late: 0, lie: none}
    interfaces:
      wan:
        receive: {daily: {low: 10%, high: 130%}, ceiling: 20Mbps, errors: 1%}
        transmit: 8Mbps
        line_rate: 1Gbps
        octets_to_wrap: 1000000
        changes:
          - {at: 10s, admin: down, reset: announced}
          - {at: 20s, admin: up, oper: dormant, receive: {discards: 2%}}
          - {at: 30s, receive: {ramp: {from: 0, to: 95%, within: 1m}}, row: missing, twins: 1}
      "*":
        receive: {burst: {base: 0, peak: 50%, length: 5s, every: 30s}}
        transmit: {replay: {amounts: [1Mbps, 2%], every: 10s}}
        name: Gi9
        alias: X
  "*": {agent: silent, uptime_to_wrap: 30s}
"""


def province() -> Inventory:
    routers = [
        router(v2c(), 1161, "r1"),
        router(v2c(), 1161, "r2"),
        replace(router(v2c(), 1161, "carriers-own"), snmp=None),
    ]
    return config(routers, [watched("wan", "Gi0"), watched("inet", "Gi1")]).inventory


def script(text: str) -> AgentScript:
    loaded = parse_script(text, Path("s"), province())
    assert [str(problem) for problem in loaded.problems] == []
    assert loaded.script is not None
    return loaded.script


def share(value: float) -> Amount:
    return Amount(value, is_share=True)


def test_a_script_means_what_it_says() -> None:
    told = script(FULL)
    assert (told.seed, told.duration, told.traps_to) == ("7", 600.0, ("127.0.0.1", 1162))
    receive = Load(Daily(share(0.1), share(1.3), time(15), ZONE), Amount(20 * MBIT), errors=0.01)
    first = InterfaceBehaviour(
        receive=receive, transmit=Load(Constant(Amount(8 * MBIT))), line_rate=1000 * MBIT
    )
    second = replace(first, admin=AdminStatus.DOWN)
    third = replace(first, oper=OperStatus.DORMANT, receive=replace(receive, discards=0.02))
    ramp = Load(Ramp(Amount(0.0), share(0.95), 60.0), None, errors=0.01, discards=0.02)
    fourth = replace(third, receive=ramp, row=Row.MISSING, twins=1)
    wan = InterfaceCourse(
        first,
        (
            InterfaceChange(10.0, second, Reset.ANNOUNCED),
            InterfaceChange(20.0, third),
            InterfaceChange(30.0, fourth),
        ),
        octets_to_wrap=1_000_000,
    )
    inet = InterfaceCourse(
        InterfaceBehaviour(
            receive=Load(Burst(Amount(0.0), share(0.5), 5.0, 30.0)),
            transmit=Load(Replay((Amount(MBIT), share(0.02)), 10.0)),
            name="Gi9",
            alias="X",
        )
    )
    narrow = RouterBehaviour(counter_bits=32)
    faulty = replace(narrow, late=3.0, refresh=10.0, max_objects=20, lie=Lie.TEXT)
    closed = replace(faulty, agent=Listening.CLOSED, late=0.0, lie=Lie.NONE)
    assert told.routers == {
        R1: RouterCourse(
            narrow,
            (
                RouterChange(30.0, narrow, 20.0, Renumber.ROTATE),
                RouterChange(60.0, faulty),
                RouterChange(90.0, closed),
            ),
            uptime=86_400.0,
            boots=5,
            interfaces={WAN: wan, INET: inet},
        ),
        R2: RouterCourse(RouterBehaviour(agent=Listening.SILENT), uptime=2**32 / 100 - 30),
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", '1:1: is no script (write routers: {"*": {late: 50ms}})'),
        ("seed: 1", "1:1: routers: is missing"),
        ("routers: {}", '1:10: routers: is empty (write e.g. "*": {late: 50ms})'),
        (
            "routers: {r3: {}}",
            "1:11: routers.r3: the configuration has no such router (known: r1, r2)",
        ),
        (
            "routers: {carriers-own: {}}",
            "1:11: routers.carriers-own: this router has no snmp in the configuration",
        ),
        ("routers: {r1: }", "1:15: routers.r1: has no value"),
        (
            "routers: {r1: {lat: 5s}}",
            "1:16: routers.r1.lat: unknown key (did you mean 'late'?)",
        ),
        (
            "routers: {r1: {changes: [{at: 5s, reboots: 5s}]}}",
            "1:35: routers.r1.changes[0].reboots: unknown key (did you mean 'reboot'?)",
        ),
        (
            "routers: {r1: {interfaces: {wan: {changes: [{at: 5s, opr: down}]}}}}",
            "1:54: routers.r1.interfaces.wan.changes[0].opr: unknown key (did you mean 'oper'?)",
        ),
        (
            "routers: {r1: {interfaces: {wan: {receive: {dayly: {}}}}}}",
            "1:45: routers.r1.interfaces.wan.receive.dayly: unknown key (did you mean 'daily'?)",
        ),
        ("routers: {r1: {late: 5}}", "1:22: routers.r1.late: '5' has no unit (write e.g. 5s)"),
        (
            "routers: {r1: {agent: silnt}}",
            "1:23: routers.r1.agent: 'silnt' is not one of answers, silent, closed"
            " (did you mean 'silent'?)",
        ),
        (
            "routers: {r1: {counter_bits: 16}}",
            "1:30: routers.r1.counter_bits: '16' is not one of 32, 64",
        ),
        (
            "routers: {r1: {lie: big}}",
            "1:21: routers.r1.lie: 'big' is not one of none, text, long_text, types, objects,"
            " request_id, error, circles, noise, nesting",
        ),
        (
            "routers: {r1: {boots: 0}}",
            "1:23: routers.r1.boots: '0' is not a whole number from 1 to 2147483647",
        ),
        (
            "routers: {r1: {uptime: 1d, uptime_to_wrap: 30s}}",
            "1:15: routers.r1: uptime and uptime_to_wrap exclude each other (keep one)",
        ),
        (
            "routers: {r1: {changes: [{at: 2s}, {at: 2s}]}}",
            "1:41: routers.r1.changes[1].at: is not after 2s"
            " (write changes in order, after the start)",
        ),
        (
            "routers: {r1: {changes: [{renumber: rotate}]}}",
            "1:26: routers.r1.changes[0].at: is missing",
        ),
        (
            "routers: {r2: {interfaces: {wan: {}}}}",
            "1:29: routers.r2.interfaces.wan: is no link on an interface of this router",
        ),
        (
            "routers: {r1: {interfaces: {wen: {}}}}",
            "1:29: routers.r1.interfaces.wen: is no link on an interface of this router"
            " (did you mean 'wan'?)",
        ),
        (
            "routers: {'*': {interfaces: {wan: {changes: [{at: 0, oper: down}]}}}}",
            "1:51: routers.*.interfaces.wan.changes[0].at: is not after 0s"
            " (write changes in order, after the start)",
        ),
        (
            "routers: {r1: {interfaces: {wan: {receive: lots}}}}",
            "1:44: routers.r1.interfaces.wan.receive: 'lots' is no amount of traffic"
            " (write e.g. 40% of the contract, or 8Mbps)",
        ),
        (
            "routers: {r1: {interfaces: {wan: {receive: {constant: 40}}}}}",
            "1:55: routers.r1.interfaces.wan.receive.constant: '40' is no amount of traffic"
            " (write e.g. 40% of the contract, or 8Mbps)",
        ),
        (
            "routers: {r1: {interfaces: {wan: {receive: 0.5bps}}}}",
            "1:44: routers.r1.interfaces.wan.receive: '0.5bps' is not a whole number of"
            " bits a second",
        ),
        (
            "routers: {r1: {interfaces: {wan: {receive: {constant: 1%, ramp: {from: 0, to: 1%,"
            " within: 1s}}}}}}",
            "1:44: routers.r1.interfaces.wan.receive: constant and ramp exclude each other"
            " (keep one)",
        ),
        (
            "routers: {r1: {interfaces: {wan: {changes: [{at: 1s, transmit: {ceiling: 1Mbps}}]}}}}",
            "1:74: routers.r1.interfaces.wan.changes[0].transmit.ceiling: a ceiling needs the"
            " traffic beside it that it is for (write e.g. constant: 120%)",
        ),
        (
            "routers: {r1: {interfaces: {wan: {receive: {burst: {base: 0, peak: 1%, length: 5s,"
            " every: 5s}}}}}}",
            "1:80: routers.r1.interfaces.wan.receive.burst.length: is not shorter than every"
            " (else it is constant)",
        ),
        (
            "routers: {r1: {interfaces: {wan: {receive: {replay: {amounts: [], every: 5s}}}}}}",
            "1:63: routers.r1.interfaces.wan.receive.replay.amounts: the list is empty",
        ),
        (
            "routers: {r1: {interfaces: {wan: {receive: {constant: 1%, errors: 120%}}}}}",
            "1:67: routers.r1.interfaces.wan.receive.errors: '120%' is more than 100 %",
        ),
        (
            "routers: {r1: {interfaces: {wan: {octets_to_wrap: 4294967296}}}}",
            "1:51: routers.r1.interfaces.wan.octets_to_wrap: '4294967296' is not a whole number"
            " from 1 to 4294967295",
        ),
        (
            "traps_to: 192.0.2.1:162\nrouters: {r1: {}}",
            "1:11: traps_to: '192.0.2.1' is not an address of 127.0.0.0/8, nor ::1"
            " (traps of simulated routers stay on this machine)",
        ),
        (
            "traps_to: localhost:162\nrouters: {r1: {}}",
            "1:11: traps_to: 'localhost' is not an address of 127.0.0.0/8, nor ::1"
            " (traps of simulated routers stay on this machine)",
        ),
        (
            "routers: {r1: {}, r1: {}}",
            "1:19: routers.r1: this key is given twice (it stands at s:1:11 already)",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, problem: str) -> None:
    loaded = parse_script(text, Path("s"), province())
    assert loaded.script is None
    assert [str(found) for found in loaded.problems] == [f"s:{problem}"]


def test_every_mistake_is_told_and_a_missing_file_too(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("routers:\n  r1: {late: 5}\n  r2: {boots: many}\n")
    assert [found.line for found in load_script(path, province()).problems] == [2, 3]
    [problem] = load_script(tmp_path / "nothing.yaml", province()).problems
    assert problem.message == "the file does not exist"


def test_the_example_of_the_manual_is_valid_for_the_sample_province() -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs" / "lab-agents.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    sample = load_config(root / "config" / "sites.yaml").config
    assert sample is not None
    loaded = parse_script(example, Path("lab-agents.md"), sample.inventory)
    assert loaded.problems == ()
    assert loaded.script is not None
    assert loaded.script.routers.keys() == {
        router.id for router in sample.inventory.routers.values() if router.snmp is not None
    }
