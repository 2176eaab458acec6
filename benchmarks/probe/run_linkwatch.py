"""Runs linkwatch's prober and probe loop on so many targets; the last line is its report."""

import argparse
import asyncio
import gc
from collections import defaultdict
from collections.abc import Sequence

from benchmarks.probe.blocker import block_forever
from benchmarks.probe.links import configuration
from benchmarks.probe.report import Report
from benchmarks.probe.targets import addresses, sampled
from linkwatch.host.clock import SystemClock
from linkwatch.host.resolver import SystemResolver
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.ports import Probe
from linkwatch.probe.icmp import IcmpProber
from linkwatch.probe.icmp_plain import PlainSocket
from linkwatch.runtime.probing import ProbeLoop

_AT_ONCE = 400


class _Lag:
    seconds = 0.0

    def scheduler_lag(self, seconds: float) -> None:
        self.seconds = max(self.seconds, seconds)


class _Tally:
    def __init__(self, closely: Sequence[str]) -> None:
        self.sent = 0
        self.odd = 0
        self.odd_outcomes: defaultdict[str, int] = defaultdict(int)
        self.samples: dict[str, list[float | None]] = {target: [] for target in closely}

    def take(self, results: Sequence[ProbeResult], _now: Moment) -> None:
        answered, samples = Outcome.ANSWERED, self.samples
        self.sent += len(results)
        for result in results:
            if result.outcome is not answered:
                self.odd_outcomes[result.outcome.value] += 1
            if result.link in samples:
                samples[result.link].append(result.rtt)

    def report(self, note: str) -> Report:
        lost = self.odd_outcomes.pop("no_reply", 0) + self.odd_outcomes.pop("unreachable", 0)
        odd = ", ".join(f"{count} {name}" for name, count in self.odd_outcomes.items())
        return Report(self.sent, lost, self.samples, "; ".join(filter(None, (note, odd))))


async def once_a_second(count: int, seconds: float, *, blocked: bool, plain: bool) -> Report:
    """Each target once a second, through the loop that the daemon runs."""
    targets = addresses(count)
    tally, lag, clock = _Tally(sampled(targets)), _Lag(), SystemClock()
    prober = IcmpProber(kind=PlainSocket) if plain else IcmpProber()
    loop = ProbeLoop(
        clock,
        prober,
        sink=tally.take,
        suspect=lambda _overdue, _now: None,
        observer=lag,
        config=configuration(targets),
        resolver=SystemResolver(),
    )
    gc.collect()
    gc.freeze()
    running = [asyncio.ensure_future(loop.run())]
    if blocked:
        running.append(asyncio.ensure_future(block_forever()))
    await asyncio.wait(running, timeout=seconds)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    note = f"{', '.join(sorted(set(prober.modes.values())))}; own drops {prober.dropped()}"
    note += f", rounds missed {loop.skipped['missed']}, loop late ≤ {lag.seconds * 1e3:.0f} ms"
    prober.close()
    return tally.report(note)


def flat_out(count: int, seconds: float) -> Report:
    """As many as this process can send and take in."""
    prober, clock = IcmpProber(), SystemClock()
    targets = addresses(count)
    sent = answered = 0
    end = clock.now().monotonic + seconds
    while clock.now().monotonic < end:
        probes = [
            Probe(token, targets[token % count], 64, 34) for token in range(sent, sent + _AT_ONCE)
        ]
        sent += _AT_ONCE - len(prober.send(probes))
        answered += len(prober.drain())
    answered += len(prober.drain())
    prober.close()
    return Report(sent, sent - answered)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--blocked", action="store_true")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--flat-out", action="store_true")
    chosen = parser.parse_args()
    if chosen.flat_out:
        flat_out(chosen.count, chosen.seconds).print()
        return
    asyncio.run(
        once_a_second(chosen.count, chosen.seconds, blocked=chosen.blocked, plain=chosen.plain)
    ).print()


if __name__ == "__main__":
    main()
