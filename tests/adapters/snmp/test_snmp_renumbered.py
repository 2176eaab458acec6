"""A real router's interfaces after a restart: the same names, the numbers the other way round."""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Discard, InterfaceSample, PollOutcome
from support.netns import Namespace, requires_root
from support.snmp import (
    SNMPD,
    SkewedClock,
    config,
    poller_for,
    requires_snmpd,
    router,
    v2c,
    watched,
)

LINKS = [watched("wan", "wan0"), watched("inet", "inet0")]
ADDRESS = "10.91.0.1"
PORT = 1161


class Site:
    """A router in a namespace of its own, its two lines, and who is at their other ends."""

    def __init__(self, inside: Namespace, beyond: Namespace, home: Path) -> None:
        self._inside, self._beyond, self._home = inside, beyond, home
        self._config = home / "agent.conf"
        self._config.write_text("rocommunity not-so-public\n", encoding="ascii")
        self._snmpd: subprocess.Popen[str] | None = None

    def plug(self, **indexes: int) -> None:
        """(Re-)create the interfaces with these numbers, each with traffic of its own."""
        for number, (name, index) in enumerate(indexes.items()):
            far = f"to-{name}"
            self._inside.ip(
                *("link", "add", "name", name, "index", str(index), "type", "veth"),
                *("peer", "name", far, "netns", self._beyond.name),
            )
            here, there = f"10.91.{number}.1", f"10.91.{number}.2"
            for place, device, address in (
                (self._inside, name, here),
                (self._beyond, far, there),
            ):
                place.ip("address", "add", f"{address}/24", "dev", device)
                place.ip("link", "set", device, "up")
            times = str(3 + 20 * number)
            self._beyond.run("ping", "-q", "-c", times, "-i", "0.002", "-s", "700", here)

    def unplug(self) -> None:
        """Take both away."""
        for name in ("wan0", "inet0"):
            self._inside.ip("link", "delete", name)

    def start(self) -> None:
        """Start the agent; returns once it listens."""
        assert SNMPD is not None, "snmpd is not installed"
        self._snmpd = self._inside.popen(
            *(SNMPD, "-f", "-Lo", "-C", "-c", str(self._config), "-p", str(self._home / "pid")),
            f"udp:{ADDRESS}:{PORT}",
            env={
                "SNMP_PERSISTENT_DIR": str(self._home),
                "MIBS": "",
                "PATH": os.environ["PATH"],
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._snmpd.stdout is not None
        assert any(line.startswith("NET-SNMP version") for line in self._snmpd.stdout)

    def stop(self) -> None:
        """End the agent."""
        assert self._snmpd is not None
        self._snmpd.terminate()
        self._snmpd.communicate(timeout=10)

    def received(self) -> Mapping[LinkId, int]:
        """What the kernel has counted, in bytes."""
        shown = json.loads(self._inside.run("ip", "-s", "-j", "link"))
        by_name = {one["ifname"]: one["stats64"]["rx"]["bytes"] for one in shown}
        return {LinkId("wan"): by_name["wan0"], LinkId("inet"): by_name["inet0"]}

    def quiet(self) -> None:
        """Let nothing but the agent's own answers cross the lines."""
        for place in (self._inside, self._beyond):
            place.sysctl("net.ipv6.conf.all.disable_ipv6", "1")
            place.sysctl("net.ipv6.conf.default.disable_ipv6", "1")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Namespace("router") as inside, Namespace("beyond") as beyond:
        there = Site(inside, beyond, tmp_path)
        there.quiet()
        with inside.entered():
            yield there


@requires_root
@requires_snmpd
def test_no_sample_crosses_links_and_there_is_one_gap(site: Site) -> None:
    async def run() -> None:
        clock = SkewedClock()
        r1 = router(v2c(), PORT, address=ADDRESS)
        poller = await poller_for(config([r1], LINKS), clock)

        async def poll() -> Mapping[LinkId, InterfaceSample]:
            clock.advance(3)
            result = await poller.poll(r1)
            assert result.outcome is PollOutcome.OK, result.detail
            assert result.faults == ()
            return {sample.link: sample for sample in result.samples}

        def check(samples: Mapping[LinkId, InterfaceSample]) -> None:
            counted = site.received()
            assert {link: s.receive_bytes for link, s in samples.items()} == counted
            assert len(set(counted.values())) == 2

        first = await poll()
        check(first)
        await poll()
        clock.advance(60)
        site.stop()
        site.unplug()
        site.plug(inet0=50, wan0=51)
        site.start()
        after = await poll()
        check(after)
        assert {sample.discard for sample in after.values()} == {Discard.RESTART}
        assert {s.receive_rate for s in after.values()} == {None}
        following = await poll()
        assert not {s.discard for s in following.values()} & {Discard.RESTART, Discard.FIRST}

    site.plug(wan0=50, inet0=51)
    site.start()
    try:
        asyncio.run(run())
    finally:
        site.stop()
