"""How probes leave, from the words in the file to the packet on the wire, and back by a reload."""

import socket
from contextlib import closing

from support.field import Field
from support.netns import requires_root
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd]

WAN, INET = "10.77.1.10", "10.77.1.20"
ORDINARY, SOURCE = "10.77.0.1", "10.77.2.1"
LATE = 16.0
"""s for which a socket that nobody sends by any more is still read."""
OPTIONS = f"""\
targets: [{WAN}]
        source: {SOURCE}
        probing: {{size: 1200, dont_fragment: true, ttl: 9}}"""


def requests(field: Field, target: str) -> tuple[str, int, int, bool]:
    """Source, TTL, length and don't-fragment bit of the next request that reaches the target."""
    with field.site.entered():
        wire = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    with closing(wire):
        wire.settimeout(10)
        while True:
            packet = wire.recv(2048)
            if packet[16:20] == socket.inet_aton(target) and packet[20] == 8:
                break
    return socket.inet_ntoa(packet[12:16]), packet[8], len(packet), bool(packet[6] & 0x40)


def reload(field: Field, province: str) -> None:
    field.daemon.config.write_text(province, encoding="utf-8")
    done = field.daemon.cli("reload")
    assert (done.returncode, done.stderr) == (0, "")


def errors(field: Field, reason: str) -> float:
    labels = {"link": "chu-se-wan", "reason": reason}
    return field.daemon.metric("linkwatch_probe_errors_total", **labels) or 0


def icmp_sockets(field: Field) -> int:
    """How many the daemon has for IPv4; each table has a line above them."""
    tables = field.centre.run("cat", "/proc/net/raw", "/proc/net/icmp")
    return len(tables.splitlines()) - 2


def test_a_reload_moves_a_link_to_another_source_and_its_absence_is_nobodys_loss(
    field: Field,
) -> None:
    field.centre.ip("address", "add", f"{SOURCE}/32", "dev", "lo")
    field.site.ip("route", "add", f"{SOURCE}/32", "via", ORDINARY)
    before = requests(field, WAN)
    assert (before[0], before[2]) == (ORDINARY, 20 + 8 + 64)
    since = {entry["id"]: entry["since"] for entry in field.daemon.status()["links"]}
    # One for the links, one for what is asked for our own sake.
    assert icmp_sockets(field) == 2

    reload(field, field.province.replace(f"targets: [{WAN}]", OPTIONS))
    field.daemon.wait(5, lambda: requests(field, WAN) == (SOURCE, 9, 20 + 8 + 1200, True))
    assert requests(field, INET)[0] == ORDINARY
    assert icmp_sockets(field) == 3
    moved = {entry["id"]: entry["since"] for entry in field.daemon.status()["links"]}
    assert moved == since

    field.centre.ip("address", "delete", f"{SOURCE}/32", "dev", "lo")
    field.daemon.wait(5, lambda: errors(field, "EADDRNOTAVAIL") > 0)
    field.daemon.wait(15, lambda: field.daemon.links()["chu-se-wan"] == "unknown")
    field.centre.ip("address", "add", f"{SOURCE}/32", "dev", "lo")
    field.daemon.wait(10, lambda: field.daemon.links()["chu-se-wan"] == "up")
    assert field.daemon.metric("linkwatch_probes_lost_total", link="chu-se-wan") == 0

    reload(field, field.province)
    field.daemon.wait(5, lambda: requests(field, WAN) == before)
    field.daemon.wait(LATE + 5, lambda: icmp_sockets(field) == 2)
    assert [r.what for r in field.hook.received if r.what[1] != "no_data"] == []
