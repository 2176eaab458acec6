"""Runs linkwatch's prober and probe loop on so many targets; its report is all it prints."""

import argparse
import asyncio
import select
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.common.kept import take
from benchmarks.common.machine import capabilities
from benchmarks.probe.blocker import block_forever
from benchmarks.probe.report import Report
from benchmarks.probe.tap import TappedProber
from benchmarks.probe.targets import addresses, sampled
from linkwatch.config import Config
from linkwatch.host.clock import SystemClock
from linkwatch.host.memory import set_aside
from linkwatch.host.resolver import SystemResolver
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.ports import Look
from linkwatch.probe.icmp import RECEIVE_BUFFER, IcmpProber
from linkwatch.probe.icmp_open import FASTEST
from linkwatch.probe.icmp_plain import PlainSocket
from linkwatch.runtime.probing import ProbeLoop

_AT_ONCE = 400
_LAST_ANSWERS = 0.1
_SIZE, _DSCP = 64, 34


class _Lag:
    seconds = 0.0

    def scheduler_lag(self, seconds: float) -> None:
        self.seconds = max(self.seconds, seconds)


class _Tally:
    def __init__(self) -> None:
        self.ended = 0
        self.odd: Counter[Outcome] = Counter()

    def take(self, results: Sequence[ProbeResult], _now: Moment) -> None:
        self.ended += len(results)
        answered = Outcome.ANSWERED
        for result in results:
            if result.outcome is not answered:
                self.odd[result.outcome] += 1


@dataclass(frozen=True)
class _Way:
    """How the prober is to be opened."""

    plain: bool
    receive_buffer: int

    def tapped(self, closely: Sequence[str]) -> TappedProber:
        return TappedProber(closely, self.receive_buffer, PlainSocket if self.plain else FASTEST)


async def once_a_second(config: Config, seconds: float, way: _Way, *, blocked: bool) -> Report:
    """Each target once a second, through the loop that the daemon runs."""
    targets = addresses(len(config.inventory.links))
    tally, lag = _Tally(), _Lag()
    prober = way.tapped(sampled(targets))
    loop = ProbeLoop(
        SystemClock(),
        prober,
        sink=tally.take,
        suspect=lambda _overdue, _now: None,
        observer=lag,
        config=config,
        resolver=SystemResolver(),
    )
    set_aside()  # as the daemon does
    running = [asyncio.ensure_future(loop.run())]
    if blocked:
        running.append(asyncio.ensure_future(block_forever()))
    try:
        await asyncio.wait(running, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in running:
            task.cancel()
        for ended in await asyncio.gather(*running, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
    notes = (
        ", ".join(sorted(set(prober.modes.values()))),
        capabilities(),
        f"loop late ≤ {lag.seconds * 1e3:.0f} ms",
        f"{loop.skipped['missed']} rounds missed" if loop.skipped["missed"] else None,
    )
    odd, drops = tally.odd, prober.dropped()
    prober.close()
    return Report(
        tally.ended - odd[Outcome.LOCAL_FAILURE],
        odd[Outcome.NO_REPLY] + odd[Outcome.UNREACHABLE],
        odd[Outcome.UNKNOWN] + odd[Outcome.LOCAL_FAILURE],
        prober.samples(),
        {"own_drops": drops, "loop_late_s": lag.seconds, "room": prober.room},
        "; ".join(filter(None, notes)),
    )


def flat_out(count: int, seconds: float) -> Report:
    """As many as this process can send and take in, its destinations made ready before."""
    prober, clock = IcmpProber(), SystemClock()
    made = [prober.prepare(target, Look(_SIZE, _DSCP)) for target in addresses(count)]
    rounds = [made[at : at + _AT_ONCE] for at in range(0, count, _AT_ONCE)]
    sent = answered = place = token = 0
    end = clock.now().monotonic + seconds
    while clock.now().monotonic < end:
        asked = rounds[place]
        place = (place + 1) % len(rounds)
        sent += len(asked) - len(prober.launch(range(token, token + len(asked)), asked))
        token += len(asked)
        answered += len(prober.drain())
    select.select([], [], [], _LAST_ANSWERS)
    answered += len(prober.drain())
    drops = prober.dropped()
    prober.close()
    return Report(sent, max(0, sent - answered - drops), drops)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("config", type=Path, nargs="?")
    parser.add_argument("--blocked", action="store_true")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--flat-out", action="store_true")
    parser.add_argument("--receive-buffer", type=int, default=RECEIVE_BUFFER)
    chosen = parser.parse_args()
    if chosen.flat_out or chosen.config is None:
        flat_out(chosen.count, chosen.seconds).print()
        return
    way = _Way(chosen.plain, chosen.receive_buffer)
    config = take(chosen.config)
    asyncio.run(once_a_second(config, chosen.seconds, way, blocked=chosen.blocked)).print()


if __name__ == "__main__":
    main()
