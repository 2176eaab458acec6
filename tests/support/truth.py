"""A network of known truth for tests: what was asked of it, and what it really did."""

import ipaddress
import threading
import time  # noqa: TID251  requests go out on a real clock
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from linkwatch.lab.network_loading import parse_script
from linkwatch.lab.network_log import Entry, Summary, read_log
from linkwatch.lab.network_process import RunningNetwork
from linkwatch.ports import Probe, Reply
from linkwatch.probe.icmp import IcmpProber
from support.netns import Namespace

GREATEST_ERROR = 200e-6
"""How far a measured percentile of the round-trip time may be from the truth, in s."""

PROFILES: Mapping[str, str] = {
    "clean": "{delay: 10ms}",
    "near": "{delay: 1ms}",
    "at once": "{delay: 0}",
    "far": "{delay: 150ms}",
    "uneven": "{delay: 20ms, jitter: {uniform: 5ms}}",
    "very uneven": "{delay: 60ms, jitter: {uniform: 40ms}}",
    "bell": "{delay: 30ms, jitter: {normal: 3ms}}",
    "wide bell": "{delay: 80ms, jitter: {normal: 15ms}}",
    "1 % loss": "{delay: 15ms, loss: 1%}",
    "5 % loss": "{delay: 15ms, jitter: {uniform: 2ms}, loss: 5%}",
    "20 % loss": "{delay: 25ms, jitter: {normal: 2ms}, loss: 20%}",
    "dead": "{delay: 10ms, loss: 100%}",
    "2 % in bursts": "{delay: 12ms, loss: {gilbert_elliott: {p: 0.5%, r: 25%}}}",
    "10 % in bursts": "{delay: 18ms, loss: {gilbert_elliott: {p: 2.5%, r: 22.5%}}}",
    "30 % in bursts": "{delay: 40ms, jitter: {uniform: 10ms},"
    " loss: {gilbert_elliott: {p: 6%, r: 12%, good_loss: 1%, bad_loss: 88%}}}",
    "twice": "{delay: 20ms, duplicate: 10%}",
    "out of order": "{delay: 20ms, reorder: {share: 10%, by: 60ms}}",
    "refused": "{delay: 8ms, error: {host_unreachable: 15%}}",
    "outage": "{delay: 10ms, outages: [{from: 2s, until: 4s}]}",
    "everything": "{delay: 50ms, jitter: {normal: 5ms}, duplicate: 5%, loss: 5%,"
    " reorder: {share: 5%, by: 40ms}, error: {admin_prohibited: 5%}}",
}
"""Twenty ways a link can be, as they are written in a script."""

UNEVEN = ("uneven", "very uneven", "bell", "wide bell", "30 % in bursts", "everything")
"""Those with a jitter far above what measuring itself adds."""


def addresses(version: int) -> Mapping[str, str]:
    """The address of each profile in this family."""
    first = ipaddress.ip_address("10.99.0.1" if version == 4 else "fd00:99::1")
    return {name: str(first + number) for number, name in enumerate(PROFILES)}


def all_profiles() -> str:
    """A script with every profile side by side, in both families."""
    lines = ["seed: profiles", "addresses:"]
    for version in (4, 6):
        places = addresses(version)
        lines += [f"  '{places[name]}': {behaviour}" for name, behaviour in PROFILES.items()]
    return "\n".join(lines)


@dataclass
class Truth:
    """A running network, and the place to ask it from."""

    namespace: Namespace
    network: RunningNetwork
    path: Path

    def end(self) -> tuple[Sequence[Entry], Summary]:
        """End the network; its whole log."""
        self.network.end()
        return read_log(self.path)


@contextmanager
def known_truth(script: str, log: Path) -> Iterator[Truth]:
    """A namespace of the test's own with a network in it that behaves as the script says."""
    loaded = parse_script(script, Path("script"))
    assert loaded.script is not None, "\n".join(map(str, loaded.problems))
    with (
        Namespace("truth") as namespace,
        RunningNetwork(loaded.script, log, namespace.name) as network,
    ):
        yield Truth(namespace, network, log)


@dataclass
class Asked:
    """What a prober sent, got back, and threw away; `sent`: token -> address."""

    sent: Mapping[int, str]
    replies: Mapping[int, Reply]
    rejected: Mapping[str, int]


def ask(
    truth: Truth, targets: Sequence[str], rounds: int, interval: float, linger: float = 0.5
) -> Asked:
    """Probe each target once a round with our own prober, the rounds `interval` s apart.

    Targets are spread over the interval. Waits `linger` s for the last answers.
    """
    sent: dict[int, str] = {}
    replies: dict[int, Reply] = {}
    pause = threading.Event()
    with truth.namespace.entered():
        prober = IcmpProber()
    try:
        start = time.monotonic()
        for number in range(rounds * len(targets)):
            pause.wait(max(0.0, start + number * interval / len(targets) - time.monotonic()))
            token, address = number + 1, targets[number % len(targets)]
            sent[token] = address
            assert not prober.send([Probe(token, address, 64, 34)])
            replies.update((reply.token, reply) for reply in prober.drain())
        end = time.monotonic() + linger
        while time.monotonic() < end:
            pause.wait(0.02)
            replies.update((reply.token, reply) for reply in prober.drain())
        assert prober.dropped() == 0
        return Asked(sent, replies, dict(prober.counters))
    finally:
        prober.close()


def token_of(entry: Entry) -> int:
    """The token our prober put into a request."""
    return int.from_bytes(entry.payload[:8], "big")
