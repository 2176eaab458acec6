"""Runs gufo_ping, each target once a second at its own phase; the last line is its report."""

import argparse
import asyncio
import importlib

from benchmarks.probe.blocker import block_forever
from benchmarks.probe.report import Report
from benchmarks.probe.targets import addresses, sampled
from linkwatch.probe.icmp import RECEIVE_BUFFER

_AT_ONCE = 64
_PACKET = 20 + 8 + 64
"""Bytes with the headers of IP and ICMP."""


class _Run:
    def __init__(self, count: int, seconds: float) -> None:
        module = importlib.import_module("gufo.ping")
        # With the system's default buffer it loses replies from 5,000 targets on.
        self.ping = module.Ping(size=_PACKET, timeout=0.9, recv_buffer_size=RECEIVE_BUFFER)
        self.targets = addresses(count)
        self.samples: dict[str, list[float | None]] = {t: [] for t in sampled(self.targets)}
        self.loop = asyncio.get_running_loop()
        self.begin = self.loop.time()
        self.end = self.begin + seconds
        self.sent = self.lost = 0

    async def ask(self, target: str) -> None:
        """One ping."""
        rtt = await self.ping.ping(target)
        self.sent += 1
        self.lost += rtt is None
        if target in self.samples:
            self.samples[target].append(rtt)

    async def once_a_second(self, place: int) -> None:
        """This target until the time is up."""
        due = self.begin + place / len(self.targets)
        while due < self.end:
            await asyncio.sleep(due - self.loop.time())  # noqa: TID251 a benchmark runs on real time
            await self.ask(self.targets[place])
            due = max(due + 1, self.loop.time())

    async def flat_out(self, first: int) -> None:
        """Every 64th target, one after the other."""
        while self.loop.time() < self.end:
            for target in self.targets[first::_AT_ONCE]:
                await self.ask(target)


async def run(count: int, seconds: float, *, blocked: bool, flat_out: bool) -> Report:
    """All targets."""
    this = _Run(count, seconds)
    blocking = asyncio.ensure_future(block_forever()) if blocked else None
    if flat_out:
        await asyncio.gather(*(this.flat_out(first) for first in range(_AT_ONCE)))
    else:
        await asyncio.gather(*(this.once_a_second(place) for place in range(count)))
    if blocking is not None:
        blocking.cancel()
    return Report(this.sent, this.lost, samples=this.samples)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--blocked", action="store_true")
    parser.add_argument("--flat-out", action="store_true")
    chosen = parser.parse_args()
    asyncio.run(
        run(chosen.count, chosen.seconds, blocked=chosen.blocked, flat_out=chosen.flat_out)
    ).print()


if __name__ == "__main__":
    main()
