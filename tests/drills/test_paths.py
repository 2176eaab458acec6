"""Ways cut at every segment while a real daemon pings through routers: what people are told."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.daemon import Daemon
from support.field import PROVINCE
from support.netns import Namespace, requires_root
from support.receiver import Received, Receiver, receiver
from support.truth import known_truth

pytestmark = requires_root

GATEWAY, UPLINK = "10.98.0.1", "10.98.0.3"
SITES = ("access", "core", "inside", "other")
"""Which segment of the WAN link of each is cut first; the last one's never by itself."""
LOOKS = 3
"""At each way, until it is known."""
PROBING = "interval: 1s, timeout: 900ms"
KNOWN, TOLD = 90.0, 30.0
Where = dict[str, str | None]


def core(number: int) -> str:
    return f"10.98.{number}.2"


def end(number: int) -> str:
    return f"10.98.{number}.4"


OWN_ROUTER = "10.99.3.254"
"""Of the site where the cut is inside."""


def wan(number: int) -> str:
    return f"10.99.{number}.1"


def inet(number: int) -> str:
    return f"10.97.{number}.1"


def network() -> str:
    """Each WAN link passes its own core, a router that says nothing, and one that tells little."""
    lines = ["addresses:", f"  '{UPLINK}': {{delay: 1ms, hops: ['{GATEWAY}']}}"]
    for number in range(1, len(SITES) + 1):
        limited = f"{{addresses: ['{end(number)}'], delay: 1ms, per_second: 5}}"
        hops = f"'{GATEWAY}', '{core(number)}', '*', {limited}"
        if SITES[number - 1] == "inside":
            hops += f", '{OWN_ROUTER}'"
        lines += [
            f"  '{end(number)}': {{delay: 2ms, hops: ['{GATEWAY}', '{core(number)}', '*']}}",
            f"  '{wan(number)}': {{delay: 3ms, hops: [{hops}]}}",
            f"  '{inet(number)}': {{delay: 3ms, hops: ['{GATEWAY}', '10.96.{number}.2']}}",
        ]
    return "\n".join(lines)


def province() -> str:
    head, _, _ = PROVINCE.read_text(encoding="utf-8").partition("sites:\n")
    assert PROBING in head
    head = head.replace(PROBING, f"{PROBING}, via: {{wan: centre-wan}}")
    head = head.replace("type: webhook,", "type: webhook, digests: false,")
    lines = [
        "sites:",
        "  - id: centre",
        "    name: TTCNTT",
        "    level: province",
        "    role: hub",
        "    links: [{id: centre-wan, kind: wan, carrier: vnpt, contracted: [{rate: 1Gbps}],"
        f" targets: [{UPLINK}]}}]",
    ]
    for number, name in enumerate(SITES, 1):
        at_end = f"{{address: {end(number)}, at: carrier}}"
        at_site = f"{{address: {wan(number)}, at: site}}"
        at_inet = f"{{address: {inet(number)}, at: site}}"
        router = f"{{id: r, owner: vnpt, address: {OWN_ROUTER}}}" if name == "inside" else ""
        contract = "contracted: [{rate: 20Mbps}]"
        # Three of one carrier that fail together would be taken for one fault of its network.
        wan_of = "viettel" if name == "inside" else "vnpt"
        lines += [
            f"  - id: {name}",
            f"    name: Điểm cầu {name}",
            "    level: district",
            f"    routers: [{router}]",
            "    links:",
            f"      - {{id: {name}-wan, kind: wan, carrier: {wan_of}, {contract},"
            f" targets: [{at_end}, {at_site}]}}",
            f"      - {{id: {name}-inet, kind: internet, carrier: viettel, {contract},"
            f" targets: [{at_inet}]}}",
        ]
    return head + "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Drill:
    here: Namespace
    hook: Receiver
    daemon: Daemon

    def cut(self, *beyond: str) -> None:
        """Nothing comes back from these any more."""
        self.here.nft_flush()
        if beyond:
            self.here.nft_drop("input", f"ip saddr {{ {', '.join(beyond)} }}")

    def told(self, link: str, event: str) -> Received:
        return self.hook.wait(TOLD, lambda got: (got.link, got.body["event"]) == (link, event))

    def wait_until_known(self) -> None:
        """Until every way was looked at so often that it is relied on."""
        wanted = LOOKS * (2 * len(SITES) + 1)
        self.daemon.wait(KNOWN, lambda: self.looks("survey") >= wanted)

    def looks(self, reason: str) -> float:
        return self.daemon.metric("linkwatch_traces_total", reason=reason) or 0.0


@contextmanager
def drill(home: Path) -> Iterator[Drill]:
    with ExitStack() as stack:
        truth = stack.enter_context(known_truth(network(), home / "truth.csv"))
        hook = stack.enter_context(receiver(truth.namespace))
        daemon = stack.enter_context(Daemon(truth.namespace, home, province()))
        yield Drill(truth.namespace, hook, daemon)


def path_of(received: Received) -> Where | None:
    incident = received.body["incident"]
    assert isinstance(incident, dict)
    path: Where | None = incident["path"]
    return path


def said(last_reply: str | None, segment: str, confidence: str) -> Where:
    return {"last_reply": last_reply, "segment": segment, "confidence": confidence}


def test_each_segment_is_named_and_the_alert_does_not_wait_for_it(tmp_path: Path) -> None:
    with drill(tmp_path) as field:
        field.wait_until_known()
        cuts = {
            "access-wan": ((wan(1),), said(end(1), "carrier access", "likely")),
            "core-wan": (
                (core(2), end(2), wan(2)),
                said(GATEWAY, "carrier core", "possible"),
            ),
            "inside-wan": ((wan(3),), said(OWN_ROUTER, "site", "likely")),
        }
        field.cut(*(address for beyond, _ in cuts.values() for address in beyond))
        for link, (_, expected) in cuts.items():
            opened, updated = field.told(link, "opened"), field.told(link, "updated")
            assert path_of(opened) is None
            assert opened.at <= updated.at
            assert path_of(updated) == expected
        shown = {x["links"][0]: x["path"] for x in field.daemon.status()["incidents"]}
        assert {link: shown[link] for link in cuts} == {x: want for x, (_, want) in cuts.items()}
        assert field.looks("incident") == len(cuts)

        # Our own gateway goes: the way to everything breaks off before it.
        field.cut("10.96.0.0/14")
        updated = field.told("other-wan", "updated")
        assert path_of(updated) == said(None, "province side", "likely")
