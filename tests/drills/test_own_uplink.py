"""The Centre's own Internet line fails in a conference of 60 sites: real packets, real queue."""

import time  # noqa: TID251 what the drill measures is real time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.netns import requires_root
from support.receiver import Received
from support.uplink_field import SITES, UplinkField, uplinks_laid_out

pytestmark = [requires_root]

SEEN = 30.0
"""s within which a fault and its end are told, on a machine that is busy with other things."""
LONG_ENDED = 150.0
"""s within which the end of loss or delay is: that takes half a minute without any, at least."""
OURS, THEIRS = {"truc-ttcntt"}, {"truc-ttcntt", "vnpt-tinh"}


@pytest.fixture
def field(tmp_path: Path) -> Iterator[UplinkField]:
    with uplinks_laid_out(tmp_path) as ready:
        ready.daemon.wait(20, lambda: set(ready.daemon.links().values()) == {"up"})
        yield ready


def told(event: str, kind: str) -> "Told":
    return Told(event, kind)


class Told:
    """A message of this event about a fault of this kind."""

    def __init__(self, event: str, kind: str) -> None:
        self._what = (event, kind)

    def __call__(self, received: Received) -> bool:
        return received.what[:2] == self._what


def states(field: UplinkField, kind: str) -> Counter[str]:
    """How the sites' links of a kind are shown."""
    shown = field.daemon.links().items()
    return Counter(state for link, state in shown if link.endswith(kind) and link[0] == "h")


def reasons(field: UplinkField, kind: str) -> set[object]:
    incidents = [r.body["incident"] for r in field.hook.received if r.what[1] == kind]
    return {one["reason"] for one in incidents if isinstance(one, dict)}


def assert_nothing_else(field: UplinkField, kind: str, people: set[str]) -> None:
    """One fault, of the uplink, told to these people alone."""
    assert {r.what[1] for r in field.hook.received} == {kind}
    assert {r.what[2] for r in field.hook.received} == people
    ids = {r.body["incident"]["id"] for r in field.hook.received}  # type: ignore[index]
    assert len(ids) == 1
    assert states(field, "wan") == {"up": SITES}


def test_a_congested_uplink_is_one_fault_of_ours(field: UplinkField) -> None:
    with field.congested():
        field.hook.wait(SEEN, Told("opened", "uplink_degraded"))
        field.daemon.wait(SEEN, lambda: states(field, "inet")["unknown"] > SITES // 2)
        # As long as it lasts nothing else comes of it.
        field.hook.within(20, lambda r: r.what[1] != "uplink_degraded")
        assert_nothing_else(field, "uplink_degraded", OURS)
    field.hook.wait(LONG_ENDED, Told("resolved", "uplink_degraded"))
    field.daemon.wait(SEEN, lambda: states(field, "inet") == {"up": SITES})
    assert_nothing_else(field, "uplink_degraded", OURS)


def test_a_dead_line_beyond_the_gateway_is_its_carriers(field: UplinkField) -> None:
    began = time.monotonic()
    with field.dead_beyond_the_gateway():
        opened = field.hook.wait(SEEN, Told("opened", "uplink_down"))
        assert opened.at - began < SEEN
        field.daemon.wait(SEEN, lambda: states(field, "inet") == {"unknown": SITES})
        field.hook.within(10, lambda r: r.what[1] != "uplink_down")
        assert_nothing_else(field, "uplink_down", THEIRS)
        assert reasons(field, "uplink_down") == {"access"}
    field.hook.wait(SEEN, Told("resolved", "uplink_down"))
    field.daemon.wait(SEEN, lambda: states(field, "inet") == {"up": SITES})
    assert_nothing_else(field, "uplink_down", THEIRS)


def test_a_pulled_cable_is_nobodys_but_ours_and_a_real_outage_behind_it_is_told(
    field: UplinkField,
) -> None:
    with field.unplugged():
        field.hook.wait(SEEN, Told("opened", "uplink_down"))
        field.daemon.wait(SEEN, lambda: states(field, "inet") == {"unknown": SITES})
        field.hook.within(10, lambda r: r.what[1] != "uplink_down")
        assert_nothing_else(field, "uplink_down", OURS)
        assert reasons(field, "uplink_down") <= {"interface_down", "gateway_silent"}
        # A Viettel line fails meanwhile.
        field.isp.nft_drop("forward", "ip daddr 10.80.1.2")
    field.hook.wait(SEEN, Told("resolved", "uplink_down"))
    down = field.hook.wait(SEEN, Told("opened", "down"))
    assert down.link == "h02-inet"
    field.daemon.wait(SEEN, lambda: states(field, "inet") == {"up": SITES - 1, "down": 1})
    others = {r.what[2] for r in field.hook.received if r.what[1] == "down"}
    assert others == {"viettel-huyen", "viettel-tinh", "truc-ttcntt"}
