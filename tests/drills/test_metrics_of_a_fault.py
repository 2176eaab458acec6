"""/metrics of a real daemon through a fault: as promtool likes it, in both formats, and right."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics import parser as openmetrics

from linkwatch.web.exposition import Format
from support.field import Field, laid_out
from support.netns import requires_root
from support.promtool import promtool, requires_promtool
from support.receiver import Received
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd, requires_promtool]

ALERT, CLEAR = 10.0, 15.0
CHANGES = {
    "vnpt: {name: VNPT Gia Lai, short: VNPT}": (
        "vnpt: {name: VNPT Gia Lai, short: VNPT, restore_target: {P1: 30m}}"
    ),
    "secret: {env: HOOK_SECRET}": "secret: {env: HOOK_SECRET}, digests: false",
}
strict: Callable[[str], Iterable[Metric]] = openmetrics.text_string_to_metric_families
CUT = {"chu-se-wan": "10.77.1.10/32", "chu-se-inet": "10.77.1.20/32"}


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    """The field, an hour into a conference."""
    start = datetime.now(UTC) - timedelta(hours=1)  # noqa: TID251 the daemon reads this clock
    first, last = (at.isoformat(timespec="seconds") for at in (start, start + timedelta(hours=3)))
    conference = f'start: "{first}", end: "{last}", sites: [chu-se]'
    changes = {
        **CHANGES,
        "sites:\n": f"conferences: [{{id: hop, name: Họp, {conference}}}]\nsites:\n",
    }
    with laid_out(tmp_path, changes) as ready:
        yield ready


def cut(field: Field, *links: str) -> None:
    for link in links:
        field.site.ip("address", "delete", CUT[link], "dev", "lo")


def mend(field: Field, *links: str) -> None:
    for link in links:
        field.site.ip("address", "add", CUT[link], "dev", "lo")


def told(field: Field, kind: str) -> str:
    """The incident of this kind that somebody was told of."""

    def is_told(received: Received) -> bool:
        return received.what[:2] == ("opened", kind)

    incident = field.hook.wait(ALERT, is_told).body["incident"]
    assert isinstance(incident, dict)
    return str(incident["id"])


def shown(field: Field, name: str, **labels: str) -> float | None:
    return field.daemon.metric(f"linkwatch_{name}", **labels)


def examples(text: str, name: str) -> set[str]:
    """The incidents named as examples in a histogram."""
    return {
        sample.exemplar.labels["incident"]
        for family in strict(text)
        if family.name == name
        for sample in family.samples
        if sample.exemplar
    }


def test_a_fault_as_prometheus_sees_it(field: Field) -> None:
    daemon, site = field.daemon, {"site": "chu-se"}
    assert shown(field, "site_state", state="up", **site) == 1
    cut(field, "chu-se-wan")
    wan = told(field, "down")
    daemon.wait(3, lambda: shown(field, "site_state", state="degraded", **site) == 1)
    assert shown(field, "incidents_unacknowledged", priority="P1") == 1
    taken = daemon.cli("ack", wan, "--for", "vnpt-huyen", "--via", "phone")
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert shown(field, "incidents_unacknowledged", priority="P1") == 0
    vnpt = {"carrier": "vnpt", "priority": "P1"}
    assert shown(field, "incident_acknowledge_seconds_count", **vnpt) == 1
    named = {"incident": wan, "link": "chu-se-wan", "conference": "hop", **vnpt, **site}
    held = {"kind": "down", "status": "acknowledged", "holder": "vnpt-huyen"}
    assert shown(field, "incident_info", **named, **held) == 1

    checked = promtool("check", "metrics", given=daemon.metrics())
    assert (checked.returncode, checked.stdout) == (0, "")
    text = daemon.metrics(Format.OPENMETRICS.value)
    assert examples(text, "linkwatch_incident_detection_seconds") == {wan}
    assert examples(text, "linkwatch_time_to_notify_seconds") == {wan}

    mend(field, "chu-se-wan")
    daemon.wait(CLEAR, lambda: shown(field, "site_state", state="up", **site) == 1)
    assert shown(field, "incident_restore_seconds_count", **vnpt) == 1
    assert shown(field, "incident_info", **named, **held) is None

    cut(field, *CUT)
    told(field, "site_down")
    daemon.wait(3, lambda: shown(field, "site_state", state="cut_off", **site) == 1)
    lost = {"conference": "hop", **site}
    daemon.wait(5, lambda: (shown(field, "conference_site_lost_seconds_total", **lost) or 0) > 1)
    mend(field, *CUT)
    daemon.kill()
    daemon.start()
    assert shown(field, "incident_restore_seconds_count", **vnpt) == 0, "counted once"
