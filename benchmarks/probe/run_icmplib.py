"""Runs icmplib's async_multiping, a round a second if it can; the last line is its report."""

import argparse
import asyncio

from icmplib import async_multiping

from benchmarks.probe.blocker import block_forever
from benchmarks.probe.report import Report
from benchmarks.probe.targets import addresses, sampled


async def run(count: int, seconds: float, *, blocked: bool, flat_out: bool) -> Report:
    """Rounds until the time is up, with the library's own default of 50 pings at once."""
    targets = addresses(count)
    samples: dict[str, list[float | None]] = {target: [] for target in sampled(targets)}
    loop = asyncio.get_running_loop()
    blocking = asyncio.ensure_future(block_forever()) if blocked else None
    sent = lost = 0
    due = loop.time()
    end = due + seconds
    while due < end:
        for host in await async_multiping(targets, count=1, timeout=0.9):
            sent += host.packets_sent
            lost += host.packets_sent - host.packets_received
            if host.address in samples:
                samples[host.address].append(host.rtts[0] / 1e3 if host.rtts else None)
        due = loop.time() if flat_out else max(due + 1, loop.time())
        await asyncio.sleep(due - loop.time())  # noqa: TID251 a benchmark runs on real time
    if blocking is not None:
        blocking.cancel()
    return Report(sent, lost, samples=samples)


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
