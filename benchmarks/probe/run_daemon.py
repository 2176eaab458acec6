"""Runs the whole daemon in this process, with a tap in its prober; its report is all it prints.

From SIGUSR1 on it watches how late its event loop is.
"""

import argparse
import asyncio
import os
import signal
import tempfile
import time  # noqa: TID251  this process's own CPU clock
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.common.exposition import Totals, totals_in
from benchmarks.common.kept import take
from benchmarks.probe.report import Report
from benchmarks.probe.tap import TappedProber
from benchmarks.probe.targets import addresses, sampled
from linkwatch.app.daemon import Daemon
from linkwatch.app.parts import Parts, build
from linkwatch.config import Config
from linkwatch.host import logs
from linkwatch.host.clock import SystemClock
from linkwatch.model.measurement import InterfaceSample, OperStatus, PollOutcome, PollResult
from linkwatch.model.topology import Link, Router
from support.figures import percentile

_LOOK_EVERY = 0.05
_POLLS = (1, 2)
"""Two readings make a rate."""
_SECONDS_BETWEEN = 30
_clock = SystemClock()


@dataclass
class _Lateness:
    """How late the event loop calls somebody who wants to be called 50 times a second."""

    every: float = 0.02
    seen: list[float] = field(default_factory=list)

    async def watch(self, begin: asyncio.Event) -> None:
        await begin.wait()
        due = _clock.now().monotonic
        while True:
            due = max(due + self.every, _clock.now().monotonic)
            await _clock.sleep_until(due)
            self.seen.append(_clock.now().monotonic - due)

    def facts(self) -> dict[str, float]:
        if not self.seen:
            return {}
        ordered = sorted(self.seen)
        return {
            "loop_late_p50_s": percentile(ordered, 0.5),
            "loop_late_p99_s": percentile(ordered, 0.99),
            "loop_late_s": ordered[-1],
        }


async def run(config: Config, seconds: float, home: Path, *, fill: bool) -> Report:
    """The daemon for so long, from its first full round on."""
    os.environ.update(STATE_DIRECTORY=str(home / "state"), RUNTIME_DIRECTORY=str(home / "run"))
    prober = TappedProber(sampled(addresses(len(config.inventory.links))))
    begin, lateness = asyncio.Event(), _Lateness()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, begin.set)
    async with AsyncExitStack() as stack:
        parts = await build(config, _clock, os.environ, stack, lambda: prober)
        if fill:
            _fill(parts, config)
        daemon = Daemon(config.files[0], parts, _clock.now().wall)
        async with asyncio.TaskGroup() as tasks:
            living = tasks.create_task(daemon.run())
            watching = tasks.create_task(lateness.watch(begin))
            await _first_round(parts)
            await asyncio.wait([living], timeout=seconds)
            watching.cancel()
            incidents = len(parts.engine.incidents())
            os.kill(os.getpid(), signal.SIGTERM)
        drops = prober.dropped()
        cpu, size, totals = _render(parts)
    facts = {
        **lateness.facts(),
        "incidents": incidents,
        "own_drops": drops,
        "render_cpu_s": cpu,
        "render_bytes": size,
        "series": totals.series,
    }
    note = f"{incidents} incidents" if incidents else ""
    return Report(totals.sent, totals.lost, totals.unknown, prober.samples(), facts, note)


async def _first_round(parts: Parts) -> None:
    while not (parts.probes.first_round_done and parts.polls.first_round_done.is_set()):
        await _clock.sleep_until(_clock.now().monotonic + _LOOK_EVERY)


def _fill(parts: Parts, config: Config) -> None:
    """Tell the engine what SNMP would have: every interface family has figures then."""
    by_router: dict[str, list[Link]] = {}
    for link in config.inventory.links.values():
        if link.interface is not None:
            by_router.setdefault(link.interface.router, []).append(link)
    for number in _POLLS:
        for router in config.inventory.routers.values():
            parts.engine.polled(_poll(router, by_router[router.id], number), _clock.now())


def _poll(router: Router, links: Iterable[Link], number: int) -> PollResult:
    samples = tuple(_sample(link, number, 1 + place) for place, link in enumerate(links))
    return PollResult(router.id, _clock.now().wall, PollOutcome.OK, samples=samples)


def _sample(link: Link, number: int, place: int) -> InterfaceSample:
    rate = 3_210_987.0 * place
    octets = 987_654_321_098 * place + number * int(rate / 8 * _SECONDS_BETWEEN)
    return InterfaceSample(
        link=link.id,
        oper=OperStatus.UP,
        receive_bytes=octets,
        transmit_bytes=octets // 2,
        receive_errors=number,
        transmit_errors=2 * number,
        receive_discards=3 * number,
        transmit_discards=4 * number,
        line_rate=1_000_000_000,
        receive_rate=rate,
        transmit_rate=rate / 2,
    )


def _render(parts: Parts) -> tuple[float, int, Totals]:
    """CPU s to make the exposition, its bytes, and what it says of all links together."""
    began = time.process_time()
    # As a reader has it: a chunk is gone once it is sent. To hold all at once costs a fifth more.
    size = sum(map(len, parts.metrics.exposition()))
    rendered = time.process_time() - began
    return rendered, size, totals_in(b"".join(parts.metrics.exposition()))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("config", type=Path)
    parser.add_argument("--fill", action="store_true")
    chosen = parser.parse_args()
    config = take(chosen.config)
    logs.configure(_clock)
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(run(config, chosen.seconds, Path(home), fill=chosen.fill)).print()


if __name__ == "__main__":
    main()
