"""A network's script: what it means, and the exact words for what is wrong with it."""

from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from linkwatch.lab.network_loading import load_script, parse_script
from linkwatch.lab.network_model import (
    Behaviour,
    Course,
    ErrorKind,
    Hop,
    Jitter,
    Loss,
    Outage,
    Refusal,
    Reorder,
    Script,
    Spread,
)

MS, S = 1_000_000, 1_000_000_000
FULL = """
seed: 7
duration: 10m
addresses:
  10.99.0.1:
    delay: 20ms
    jitter: {uniform: 3ms}
    loss: {gilbert_elliott: {p: 1%, r: 25%, good_loss: 0.1%, bad_loss: 90%}}
    duplicate: 1%
    reorder: {share: 5%, by: 30ms}
    error: {host_unreachable: 5%, from: 10.99.255.254}
    outages: [{from: 10s, until: 20s}, {from: 1m}]
    changes:
      - {at: 30s, loss: 20%, jitter: {normal: 2ms}}
      - {at: 40s, loss: 0, error: {ttl_exceeded: 0}}
  10.99.1.0/24: {}
  fd00:99::/64: {loss: {independent: 5%}, error: {net_unreachable: 1%}}
"""


def script(text: str) -> Script:
    loaded = parse_script(text, Path("script.yaml"))
    assert loaded.problems == ()
    assert loaded.script is not None
    return loaded.script


def test_a_script_means_what_it_says() -> None:
    told = script(FULL)
    first = Behaviour(
        delay=20 * MS,
        jitter=Jitter(Spread.UNIFORM, 3 * MS),
        loss=Loss(0.01, 0.25, 0.001, 0.9),
        duplicate=0.01,
        reorder=Reorder(0.05, 30 * MS),
        refusal=Refusal(0.05, ErrorKind.HOST_UNREACHABLE, ip_address("10.99.255.254")),
    )
    second = Behaviour(
        delay=first.delay,
        jitter=Jitter(Spread.NORMAL, 2 * MS),
        loss=Loss.independent(0.2),
        duplicate=first.duplicate,
        reorder=first.reorder,
        refusal=first.refusal,
    )
    third = Behaviour(
        delay=first.delay,
        jitter=second.jitter,
        loss=Loss(),
        duplicate=first.duplicate,
        reorder=first.reorder,
        refusal=Refusal(0.0, ErrorKind.TTL_EXCEEDED, ip_address("198.18.0.254")),
    )
    refusal = Refusal(0.01, ErrorKind.NET_UNREACHABLE, ip_address("2001:2::254"))
    assert (told.seed, told.duration) == ("7", 600 * S)
    assert told.courses == {
        ip_network("10.99.0.1"): Course(
            (0, 30 * S, 40 * S),
            (first, second, third),
            (Outage(10 * S, 20 * S), Outage(60 * S, None)),
        ),
        ip_network("10.99.1.0/24"): Course((0,), (Behaviour(),)),
        ip_network("fd00:99::/64"): Course(
            (0,), (Behaviour(loss=Loss.independent(0.05), refusal=refusal),)
        ),
    }


def test_the_narrowest_prefix_counts() -> None:
    told = script(
        "addresses: {10.99.0.0/16: {delay: 1ms}, 10.99.1.0/24: {delay: 2ms},"
        " 10.99.1.1: {delay: 3ms}, 'fd00:99::/64': {delay: 4ms}}"
    )
    found = {
        address: told.course(ip_address(address))
        for address in ("10.99.7.7", "10.99.1.2", "10.99.1.1", "fd00:99::8", "10.98.0.1", "fd00::1")
    }
    assert {
        address: None if course is None else course.behaviours[0].delay // MS
        for address, course in found.items()
    } == {
        **{"10.99.7.7": 1, "10.99.1.2": 2, "10.99.1.1": 3, "fd00:99::8": 4},
        **{"10.98.0.1": None, "fd00::1": None},
    }


def test_hops_are_addresses_or_more_and_go_on_until_they_are_changed() -> None:
    told = script(
        "addresses: {10.99.0.1: {hops: [10.98.0.1, '*', {addresses: [10.98.0.3, 10.98.1.3],"
        " delay: 2ms, loss: 1%, answers: 50%, per_second: 4, refuses: net_unreachable}],"
        " changes: [{at: 1s, loss: 2%}, {at: 2s, hops: []}]}}"
    )
    (course,) = told.courses.values()
    routers = (ip_address("10.98.0.3"), ip_address("10.98.1.3"))
    hops = (
        Hop((ip_address("10.98.0.1"),)),
        Hop(),
        Hop(routers, 2 * MS, 0.01, 0.5, 4.0, ErrorKind.NET_UNREACHABLE),
    )
    assert [behaviour.hops for behaviour in course.behaviours] == [hops, hops, ()]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "addresses: {10.99.0.1: {hops: [router]}}",
            "1:32: addresses.10.99.0.1.hops[0]: 'router' is not an IP address",
        ),
        (
            "addresses: {10.99.0.1: {hops: ['*', {addresses: ['fd00::1']}]}}",
            "1:37: addresses.10.99.0.1.hops[1]: fd00::1 is no IPv4 address, as the one asked is",
        ),
        (
            "addresses: {10.99.0.1: {hops: [{addresses: [127.0.0.1]}]}}",
            "1:32: addresses.10.99.0.1.hops[0]: 127.0.0.1 can be no router's"
            " (write e.g. 10.99.255.254)",
        ),
        (
            "addresses: {10.99.0.1: {hops: [{refuses: never}]}}",
            "1:42: addresses.10.99.0.1.hops[0].refuses: 'never' is not one of net_unreachable,"
            " host_unreachable, port_unreachable, admin_prohibited, ttl_exceeded",
        ),
        ("", "1:1: is no script (write addresses: {10.99.0.1: {delay: 20ms}})"),
        ("- 1", "1:1: is no script (write addresses: {10.99.0.1: {delay: 20ms}})"),
        ("seed: 1", "1:1: addresses: is missing"),
        ("addresses: {}", "1:12: addresses: is empty (write e.g. 10.99.0.1: {delay: 20ms})"),
        ("addresses: {10.99.0.1: }", "1:24: addresses.10.99.0.1: has no value"),
        (
            "addresses: {10.99.0.1: {dely: 20ms}}",
            "1:25: addresses.10.99.0.1.dely: unknown key (did you mean 'delay'?)",
        ),
        (
            "addresses: {10.99.0.1: {loss: {gilbert_eliott: {}}}}",
            "1:32: addresses.10.99.0.1.loss.gilbert_eliott: unknown key"
            " (did you mean 'gilbert_elliott'?)",
        ),
        (
            "adresses: {}\naddresses: {10.99.0.1: {}}",
            "1:1: adresses: unknown key (did you mean 'addresses'?)",
        ),
        (
            "addresses: {10.99.0.1: {delay: 20}}",
            "1:32: addresses.10.99.0.1.delay: '20' has no unit (write e.g. 20s)",
        ),
        (
            "addresses: {10.99.0.1: {loss: 120%}}",
            "1:31: addresses.10.99.0.1.loss: '120%' is more than 100 %",
        ),
        (
            "addresses: {10.99.0.1: {loss: {}}}",
            "1:31: addresses.10.99.0.1.loss: one of independent, gilbert_elliott is due",
        ),
        (
            "addresses: {10.99.0.1: {delay: 9ms, jitter: {uniform: 1ms, normal: 1ms}}}",
            "1:45: addresses.10.99.0.1.jitter: uniform and normal exclude each other (keep one)",
        ),
        (
            "addresses: {10.99.0.1: {delay: 2ms, jitter: {uniform: 3ms}}}",
            "1:24: addresses.10.99.0.1: the jitter (3ms) is more than the delay (2ms)"
            " (write delay: 3ms or more)",
        ),
        (
            "addresses: {10.99.0.1: {delay: 9ms, jitter: {uniform: 3ms},"
            " changes: [{at: 1s, delay: 1ms}]}}",
            "1:71: addresses.10.99.0.1.changes[0]: the jitter (3ms) is more than the delay (1ms)"
            " (write delay: 3ms or more)",
        ),
        (
            "addresses: {10.99.0.1: {loss: {gilbert_elliott: {p: 1%, r: 0}}}}",
            "1:60: addresses.10.99.0.1.loss.gilbert_elliott.r: the bad state would never end"
            " (write e.g. 25%)",
        ),
        (
            "addresses: {10.99.0.1: {loss: {gilbert_elliott: {p: 1%}}}}",
            "1:49: addresses.10.99.0.1.loss.gilbert_elliott.r: is missing",
        ),
        (
            "addresses: {10.99.0.1: {error: {from: 10.99.0.9}}}",
            "1:32: addresses.10.99.0.1.error: one of net_unreachable, host_unreachable,"
            " port_unreachable, admin_prohibited, ttl_exceeded is due",
        ),
        (
            "addresses: {10.99.0.1: {error: {host_unreachable: 1%, from: router}}}",
            "1:61: addresses.10.99.0.1.error.from: 'router' is not an IP address",
        ),
        (
            "addresses: {10.99.0.1: {error: {host_unreachable: 1%, from: 'fd00::1'}}}",
            "1:61: addresses.10.99.0.1.error.from: fd00::1 is no IPv4 address, as the one asked is",
        ),
        (
            "addresses: {10.99.0.1: {error: {host_unreachable: 1%, from: 127.0.0.1}}}",
            "1:61: addresses.10.99.0.1.error.from: 127.0.0.1 can be no router's"
            " (write e.g. 10.99.255.254)",
        ),
        (
            "addresses: {10.99.0.1: {outages: [{from: 5s, until: 5s}]}}",
            "1:53: addresses.10.99.0.1.outages[0].until: ends before it begins, at 5s",
        ),
        (
            "addresses: {10.99.0.1: {changes: [{at: 2s}, {at: 1s}]}}",
            "1:50: addresses.10.99.0.1.changes[1].at: is not after 2s"
            " (write changes in order, after the start)",
        ),
        (
            "addresses: {10.99.0.1: {changes: [{at: 0}]}}",
            "1:40: addresses.10.99.0.1.changes[0].at: is not after 0s"
            " (write changes in order, after the start)",
        ),
        (
            "addresses: {site.example: {}}",
            "1:13: addresses.site.example: 'site.example' is not an IP address or prefix"
            " (write e.g. 10.99.0.1 or fd00:99::/64)",
        ),
        (
            "addresses: {10.99.0.1/16: {}}",
            "1:13: addresses.10.99.0.1/16: '10.99.0.1/16' is not an IP address or prefix"
            " (write 10.99.0.0/16)",
        ),
        (
            "addresses: {10.99.0.1: {}, 10.99.0.1/32: {}}",
            "1:28: addresses.10.99.0.1/32: 10.99.0.1/32 is given twice",
        ),
        (
            "addresses: {198.18.0.0/24: {}}",
            "1:13: addresses.198.18.0.0/24: 198.18.0.0/24 holds 198.18.0.1, where the requests"
            " come from (take others, e.g. 10.99.0.0/16)",
        ),
        (
            "addresses: {127.0.0.1: {}}",
            "1:13: addresses.127.0.0.1: 127.0.0.1/32 holds addresses that no route leads to"
            " (take others, e.g. 10.99.0.0/16)",
        ),
        (
            "addresses: {'fe80::1': {}}",
            "1:13: addresses.fe80::1: fe80::1/128 holds addresses that no route leads to"
            " (take others, e.g. 10.99.0.0/16)",
        ),
        ("seed: 1\nseed: 2", "2:1: seed: this key is given twice (it stands at s:1:1 already)"),
        (
            "seed: !!python/name:os.system 1",
            "1:7: tags (!) are not read (write the plain value, in quotes if need be)",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, problem: str) -> None:
    loaded = parse_script(text, Path("s"))
    assert loaded.script is None
    assert [str(found) for found in loaded.problems] == [f"s:{problem}"]


def test_every_mistake_is_told(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("addresses:\n  10.99.0.1: {delay: 5}\n  10.99.0.2: {loss: many}\n")
    assert [found.line for found in load_script(path).problems] == [2, 3]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    [problem] = load_script(tmp_path / "nothing.yaml").problems
    assert problem.message == "the file does not exist"


def test_the_example_of_the_manual_is_valid() -> None:
    page = Path(__file__).parents[2] / "docs" / "lab-network.md"
    example = page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert [str(network) for network in script(example).courses] == [
        *("10.99.0.1/32", "10.99.0.2/32", "fd00:99::/64"),
    ]
