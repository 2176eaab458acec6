"""A real daemon and a real Alertmanager, each killed while a link is down: the alert comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.alertmanager import Alertmanager, alertmanager, requires_alertmanager
from support.field import Field, laid_out
from support.netns import requires_root
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd, requires_alertmanager]

ALERTS = 'alerts: {type: alertmanager, url: "http://127.0.0.1:9093", resend: 1s}'
OPERATOR = 'phones: ["+84000000005"], channels: '
CHANGES = {
    f"{OPERATOR}[hook]": f"{OPERATOR}[alerts]",
    "  hook: ": f"  {ALERTS}\n  hook: ",
}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Field, Alertmanager]]:
    home = tmp_path / "alertmanager"
    home.mkdir()
    with (
        laid_out(tmp_path, CHANGES) as field,
        alertmanager(home, "http://127.0.0.1:8099/alerts", field.centre, 9093) as manager,
    ):
        yield field, manager


def test_an_alert_outlives_both_ends(watched: tuple[Field, Alertmanager]) -> None:
    field, manager = watched

    def fires() -> bool:
        return "LW-000001" in manager.firing()

    field.site.ip("address", "delete", "10.77.1.10/32", "dev", "lo")
    manager.wait(fires)
    assert manager.firing()["LW-000001"]["annotations"]["kind"] == "down"

    manager.stop()
    manager.start()
    manager.wait(fires)

    field.daemon.kill()
    manager.stop()
    manager.start()
    assert manager.firing() == {}
    field.daemon.start()
    manager.wait(fires)

    field.site.ip("address", "add", "10.77.1.10/32", "dev", "lo")
    manager.wait(lambda: not fires())
