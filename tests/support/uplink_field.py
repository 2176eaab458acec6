"""A province of 60 sites behind the Centre's own two lines, with real packets to all of them.

    centre --- cable --- isp ((( 10.80.0.0/16: every site's Internet line, a VNPT or a Viettel one
       |                      its gateway is 10.90.0.1, the far end of the Centre's line 10.80.0.1
       +------ cable --- wan ((( 10.81.0.0/16: every site's WAN line

What lies behind the two is a network of known truth; the cables, their queues and the Centre's
daemon are real.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from linkwatch.lab.network_loading import parse_script
from linkwatch.lab.network_process import RunningNetwork
from support.daemon import Daemon
from support.netns import Namespace
from support.receiver import Receiver, receiver

SITES = 60
GATEWAY = "10.90.0.1"
FLOOD = """
import random, socket, time
out, draw = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), random.Random(1)
due = time.monotonic()
while True:
    out.sendto(bytes(draw.randrange(600, 1400)), ("10.90.0.2", 9999))
    due += draw.expovariate(125)
    time.sleep(max(0.0, due - time.monotonic()))
"""
"""1 Mbit/s towards the Centre, at no beat that probes could fall in with."""
HEAD = """\
version: 1
organisation: Test
operators: {hotline: "+84000000099", roster: centre-duty, daily_test: never}
probing: {interval: 1s, conference_interval: 1s, timeout: 900ms, via: {internet: ttcntt-inet}}
hold: {P1: 0s, P2: 60s, P3: 180s}
carriers:
  vnpt: {name: VNPT Gia Lai, short: VNPT, reference: [10.80.250.1]}
  viettel: {name: Viettel Gia Lai, short: Viettel, reference: [10.80.250.2]}
contacts:
  vnpt-huyen: {name: "Trực VNPT huyện", phones: ["+84000000001"], channels: [hook]}
  vnpt-tinh: {name: "Trực VNPT tỉnh", phones: ["+84000000002"], channels: [hook]}
  viettel-huyen: {name: "Trực Viettel huyện", phones: ["+84000000003"], channels: [hook]}
  viettel-tinh: {name: "Trực Viettel tỉnh", phones: ["+84000000004"], channels: [hook]}
  truc-ttcntt: {name: "Trực TTCNTT", phones: ["+84000000005"], channels: [hook]}
  vnpt-ld: {name: "Lãnh đạo VNPT", phones: ["+84000000006"], channels: [hook]}
  viettel-ld: {name: "Lãnh đạo Viettel", phones: ["+84000000007"], channels: [hook]}
rosters:
  vnpt-district: {carrier: vnpt, level: district, standing: vnpt-huyen}
  vnpt-province: {carrier: vnpt, level: province, standing: vnpt-tinh}
  viettel-district: {carrier: viettel, level: district, standing: viettel-huyen}
  viettel-province: {carrier: viettel, level: province, standing: viettel-tinh}
  vnpt-leader: {carrier: vnpt, level: leader, standing: vnpt-ld}
  viettel-leader: {carrier: viettel, level: leader, standing: viettel-ld}
  centre-duty: {level: province, standing: truc-ttcntt}
channels:
  hook:
    type: webhook
    url: "http://127.0.0.1:8099/alerts"
    secret: {env: HOOK_SECRET}
    digests: false
conferences:
  - id: hop
    name: Hội nghị
    start: "2020-01-01T00:00"
    end: "2099-01-01T00:00"
    sites: all
sites:
  - id: ttcntt
    name: Trung tâm CNTT&TT
    level: province
    role: hub
    links:
      - id: ttcntt-wan
        kind: wan
        carrier: viettel
        targets: [10.81.0.1]
        contracted: [{rate: 100Mbps}]
      - id: ttcntt-inet
        kind: internet
        carrier: vnpt
        targets: [10.80.0.1]
        contracted: [{rate: 200Mbps}]
"""
SITE = """\
  - id: h{n:02}
    name: Điểm cầu H{n:02}
    level: district
    parent: ttcntt
    links:
      - id: h{n:02}-wan
        kind: wan
        carrier: {wan}
        targets: [10.81.1.{n}]
        contracted: [{{rate: 20Mbps}}]
      - id: h{n:02}-inet
        kind: internet
        carrier: {inet}
        targets: [10.80.1.{n}]
        contracted: [{{rate: 20Mbps}}]
"""


def province() -> str:
    """The configuration: a site has its lines of different carriers."""
    carriers = ("vnpt", "viettel")
    sites = (
        SITE.format(n=n, wan=carriers[n % 2], inet=carriers[1 - n % 2]) for n in range(1, SITES + 1)
    )
    return HEAD + "".join(sites)


@dataclass(frozen=True)
class UplinkField:
    """Everything a drill plays with. `cable`: the Centre's end of its Internet line."""

    centre: Namespace
    isp: Namespace
    cable: str
    far_end: str
    hook: Receiver
    daemon: Daemon

    @contextmanager
    def congested(self) -> Iterator[None]:
        """More than the line carries: a queue of half a second on the way in, always full."""
        shaper = ("tc", "qdisc", "replace", "dev", self.far_end, "root", "tbf")
        self.isp.run(*shaper, "rate", "700kbit", "burst", "3kb", "limit", "40kb")
        flood = self.isp.popen(sys.executable, "-c", FLOOD)
        try:
            yield
        finally:
            flood.kill()
            flood.wait(5)
            self.isp.run("tc", "qdisc", "delete", "dev", self.far_end, "root")

    @contextmanager
    def dead_beyond_the_gateway(self) -> Iterator[None]:
        """Nothing gets through the carrier's first router; it answers itself."""
        self.isp.nft_drop("forward", "ip daddr 10.80.0.0/16")
        try:
            yield
        finally:
            self.isp.nft_flush()

    @contextmanager
    def unplugged(self) -> Iterator[None]:
        """The cable between the Centre and its carrier's router."""
        self.isp.ip("link", "set", self.far_end, "down")
        try:
            yield
        finally:
            self.isp.ip("link", "set", self.far_end, "up")


@contextmanager
def uplinks_laid_out(home: Path) -> Iterator[UplinkField]:
    """All of it, and the daemon, ready; gone at the end of the block."""
    with ExitStack() as stack:
        centre, isp, wan = (stack.enter_context(Namespace(x)) for x in ("centre", "isp", "wan"))
        cable, far_end = centre.connect(isp, "10.90.0.2/30", f"{GATEWAY}/30")
        centre.connect(wan, "10.91.0.2/30", "10.91.0.1/30")
        centre.ip("route", "add", "10.80.0.0/16", "via", GATEWAY)
        centre.ip("route", "add", "10.81.0.0/16", "via", "10.91.0.1")
        centre.nft_drop("input", "udp dport 9999")
        for beyond, prefix in ((isp, "10.80.0.0/16"), (wan, "10.81.0.0/16")):
            beyond.sysctl("net.ipv4.ip_forward", "1")
            text = f"seed: {prefix}\naddresses:\n  '{prefix}': {{delay: 12ms}}\n"
            script = parse_script(text, Path("script")).script
            assert script is not None
            stack.enter_context(RunningNetwork(script, None, beyond.name))
        hook = stack.enter_context(receiver(centre))
        daemon = stack.enter_context(Daemon(centre, home, province()))
        yield UplinkField(centre, isp, cable, far_end, hook, daemon)
