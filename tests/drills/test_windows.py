"""A conference added while the daemon runs: what it changes on the wire, and in its alerts."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from support.field import Field, laid_out
from support.netns import requires_root
from support.receiver import Received
from support.snmp import requires_snmpd
from support.wire import echo_times

pytestmark = [requires_root, requires_snmpd]

SLOW, FAST = 2.0, 0.5
CHANGES = {
    "probing: {interval: 1s, timeout: 900ms}": (
        "probing: {interval: 2s, conference_interval: 500ms, timeout: 400ms}"
    ),
    "snmp: {interval: 2s, timeout: 1s, retries: 1}": (
        "snmp: {interval: 60s, conference_interval: 2s, timeout: 1s, retries: 0}"
    ),
}
WAN, INET = "10.77.1.10", "10.77.1.20"
CONFERENCE = "hop-gap"


def in_five_minutes() -> str:
    start = datetime.now(UTC) + timedelta(minutes=5)  # noqa: TID251 the daemon reads this clock
    first, last = (at.isoformat(timespec="seconds") for at in (start, start + timedelta(hours=1)))
    times = f'start: "{first}", end: "{last}"'
    return f"conferences: [{{id: {CONFERENCE}, name: Họp gấp, {times}, sites: [chu-se]}}]\n"


def reload(field: Field, conferences: str) -> None:
    field.daemon.config.write_text(field.province + conferences, encoding="utf-8")
    done = field.daemon.cli("reload")
    assert done.returncode == 0, done.stdout + done.stderr


def pace(field: Field, target: str, count: int) -> float:
    """The s from one probe to the next; a few quick ones after a late reply do not move it."""
    times = echo_times(field.site, target, count, within=30.0)
    return median(later - sooner for sooner, later in pairwise(times))


def keeps(field: Field, target: str, interval: float, within: float) -> bool:
    """A burst after late replies can be as long as one look: then another is taken."""
    return any(pace(field, target, 10) == pytest.approx(interval, abs=within) for _ in range(6))


def polls(field: Field) -> float:
    counted = field.daemon.metric("linkwatch_snmp_polls_total", router="chu-se-r1", outcome="ok")
    assert counted is not None
    return counted


def opened(received: Received) -> bool:
    return received.link == "chu-se-wan" and received.body["event"] == "opened"


def test_a_conference_added_five_minutes_before_its_start_is_in_force_at_once(
    tmp_path: Path,
) -> None:
    with laid_out(tmp_path, CHANGES) as field:
        assert pace(field, WAN, 4) == pytest.approx(SLOW, abs=0.5)
        seldom = polls(field)
        reload(field, in_five_minutes())
        for target in (WAN, INET):
            assert keeps(field, target, FAST, within=0.2)
        assert field.daemon.metric("linkwatch_conference_active", conference=CONFERENCE) == 1
        field.daemon.wait(20, lambda: polls(field) >= seldom + 4)

        field.site.nft_drop("input", f"ip daddr {WAN}")
        incident = field.hook.wait(12, opened).body["incident"]
        assert isinstance(incident, dict)
        assert (incident["priority"], incident["conference"]) == ("P1", CONFERENCE)
        field.site.nft_flush()

        reload(field, "")
        assert pace(field, INET, 4) == pytest.approx(SLOW, abs=0.5)
