"""The probe loop on the real prober: a whole province on loopback, and a fault in it."""

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from linkwatch.config.settings import Config, HttpSettings, Settings, SnmpSettings
from linkwatch.host.clock import SystemClock
from linkwatch.host.resolver import SystemResolver
from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Target
from linkwatch.probe.icmp import IcmpProber
from linkwatch.runtime.probing import ProbeLoop
from support.icmp_peer import until_stamped
from support.netns import Namespace, requires_root
from support.province import PROBING, inventory

pytestmark = requires_root

LINKS = 480
SILENT = "127.1.0.77"
_FIRST = int(ipaddress.ip_address("127.1.0.1"))


class Lag:
    """Nobody looks."""

    def scheduler_lag(self, seconds: float) -> None:
        return


def province_on_loopback() -> Config:
    whole = inventory()
    template = next(iter(whole.links.values()))
    links = {}
    for number in range(LINKS):
        link = LinkId(f"link-{number}")
        address = str(ipaddress.ip_address(_FIRST + number))
        probing = replace(PROBING, interval=0.5, timeout=0.4)
        links[link] = replace(template, id=link, targets=(Target(address),), probing=probing)
    settings = Settings(
        http=HttpSettings("127.0.0.1", 0),
        store_url=None,
        snmp=SnmpSettings(30.0, 10.0, 2.0, 2, "pysnmp", None),
        channels={},
        heartbeat=None,
    )
    return Config(replace(whole, links=links), settings, (Path("sites.yaml"),), ())


@pytest.mark.parametrize("group_range", ["0 2147483647", "1 0"])
def test_a_province_is_probed_without_a_false_loss(group_range: str) -> None:
    results: list[ProbeResult] = []
    config = province_on_loopback()

    async def scenario() -> None:
        enough = asyncio.Event()
        prober = IcmpProber()

        def sink(batch: Sequence[ProbeResult], _now: Moment) -> None:
            results.extend(batch)
            if len(results) >= 3 * LINKS:
                enough.set()

        loop = ProbeLoop(
            SystemClock(),
            prober,
            sink=sink,
            suspect=lambda _overdue, _now: None,
            observer=Lag(),
            config=config,
            resolver=SystemResolver(),
        )
        until_stamped(prober)
        try:
            async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
                running = tasks.create_task(loop.run())
                await enough.wait()
                running.cancel()
            assert loop.first_round_done
            assert prober.dropped() == 0
        finally:
            prober.close()

    with Namespace("province") as namespace:
        namespace.sysctl("net.ipv4.ping_group_range", group_range)
        namespace.nft_drop("input", f"ip daddr {SILENT} icmp type echo-request")
        with namespace.entered():
            asyncio.run(scenario())
    silent = LinkId(f"link-{int(ipaddress.ip_address(SILENT)) - _FIRST}")
    outcomes = Counter((result.link == silent, result.outcome) for result in results)
    assert set(outcomes) == {(False, Outcome.ANSWERED), (True, Outcome.NO_REPLY)}
    assert all(r.rtt is not None for r in results if r.outcome is Outcome.ANSWERED)
