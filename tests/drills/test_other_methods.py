"""The whole path for sites that are not asked by ICMP: a TCP port, and a site that calls us."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from support.field import Field, laid_out
from support.netns import requires_root
from support.receiver import Received
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd]

ALERT, CLEAR = 12.0, 15.0
BASE = "http://10.77.0.1:9675"
CHANGES = {
    'http: {listen: "127.0.0.1:9675"}': f'http: {{listen: "10.77.0.1:9675", public_url: "{BASE}"}}',
    "targets: [10.77.1.10]": "targets: [{address: 10.77.1.10, at: site, method: tcp, port: 443}]",
    "targets: [10.77.1.20]": "targets: [{at: site, method: push}]",
}


def told(link: str, event: str) -> Callable[[Received], bool]:
    return lambda received: received.link == link and received.body["event"] == event


@contextmanager
def beating(field: Field, url: str) -> Iterator[None]:
    """The site calls once a second while the block lasts."""
    stop = threading.Event()

    def call() -> None:
        with field.site.entered(), httpx.Client(trust_env=False) as client:
            while not stop.wait(1.0):
                client.get(url, timeout=5.0)

    caller = threading.Thread(target=call)
    caller.start()
    try:
        yield
    finally:
        stop.set()
        caller.join(10)


def test_a_port_that_falls_silent_and_a_site_that_stops_calling_page_their_carriers(
    tmp_path: Path,
) -> None:
    with laid_out(tmp_path, CHANGES) as field:
        listed = field.daemon.cli("beat-urls", "-c", str(field.daemon.config), "--json")
        (entry,) = json.loads(listed.stdout)
        assert entry["link"] == "chu-se-inet"
        # Nothing listens at the site, yet its refusals prove the line.
        assert field.daemon.links() == {"chu-se-wan": "up", "chu-se-inet": "unverified"}
        with beating(field, entry["url"]):
            field.daemon.wait(5, lambda: field.daemon.links()["chu-se-inet"] == "up")
            field.site.nft_drop("input", "tcp dport 443")
            opened = field.hook.wait(ALERT, told("chu-se-wan", "opened"))
            assert opened.what[1:] in {("down", "vnpt-huyen"), ("down", "truc-ttcntt")}
            assert field.daemon.links()["chu-se-inet"] == "up"
            field.site.nft_flush()
            field.hook.wait(CLEAR, told("chu-se-wan", "resolved"))
        opened = field.hook.wait(ALERT, told("chu-se-inet", "opened"))
        assert opened.what[1:] in {("down", "viettel-huyen"), ("down", "truc-ttcntt")}
        with beating(field, entry["url"]):
            field.hook.wait(CLEAR, told("chu-se-inet", "resolved"))
        assert entry["url"].rpartition("/")[2] not in field.daemon.log.read_text(encoding="utf-8")
