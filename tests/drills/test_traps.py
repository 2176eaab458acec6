"""A trap across the network: the router is asked and its link probed at once, and no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.field import Field, laid_out
from support.netns import requires_root
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd]

ENGINE = "80001f880401020304"
LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
CHANGES = {
    "snmp: {interval: 2s,": 'snmp: {traps: {listen: "10.77.0.1:1162"}, interval: 1h,',
    "version: 3": f"version: 3\n          engine_id: {ENGINE}",
}


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    with laid_out(tmp_path, CHANGES) as there:
        yield there


def polls(field: Field) -> float:
    """How often the router has been asked."""
    return field.daemon.metric("linkwatch_snmp_polls_total", router="chu-se-r1", outcome="ok") or 0


def traps(field: Field, outcome: str) -> float | None:
    """How many datagrams came to this."""
    return field.daemon.metric("linkwatch_snmp_traps_total", outcome=outcome)


def send(field: Field, key: str) -> None:
    """linkDown of the watched interface, with the router's user and this key."""
    field.site.run(
        *("snmptrap", "-m", "", "-v", "3", "-e", f"0x{ENGINE}", "-u", "linkwatch"),
        *("-l", "authPriv", "-a", "SHA", "-A", key, "-x", "AES", "-X", "staple-of-the-province"),
        *("-Z", "1000,10", "10.77.0.1:1162", "", LINK_DOWN, "1.3.6.1.2.1.2.2.1.1.1", "i", "1"),
    )


def test_a_trap_makes_the_daemon_look_and_a_forged_one_does_not(field: Field) -> None:
    field.daemon.wait(10, lambda: polls(field) == 1)
    # The listener is opened a moment later than everything else.
    field.daemon.wait(10, lambda: _sent(field, "another-pass-phrase", "not_authentic"))
    assert polls(field) == 1
    send(field, "correct-horse-battery")
    field.daemon.wait(10, lambda: polls(field) == 2)
    assert traps(field, "taken") == 1
    assert field.daemon.links() == {"chu-se-wan": "up", "chu-se-inet": "up"}


def _sent(field: Field, key: str, outcome: str) -> bool:
    if not traps(field, outcome):
        send(field, key)
    return bool(traps(field, outcome))
