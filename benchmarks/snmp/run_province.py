"""Probes and polls of a province in one process, for so many seconds; prints how they fared.

`where` the polling is done: in the loop of the probes, in a thread of its own, or in the daemon's
process for it.
"""

import argparse
import asyncio
import gc
import json
import os
import resource
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.snmp.routers import configured, secrets_beside
from benchmarks.snmp.run_engine import cpu
from benchmarks.snmp.run_routers import is_silent, is_slow
from linkwatch.app.snmp_worker import WORKER, worker_environment
from linkwatch.config.settings import Config
from linkwatch.host.clock import SystemClock
from linkwatch.host.resolver import SystemResolver
from linkwatch.model.ids import RouterId
from linkwatch.model.measurement import PollOutcome, PollResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Router
from linkwatch.ports import Poller
from linkwatch.probe.icmp import IcmpProber
from linkwatch.probe.snmp import SnmpPoller
from linkwatch.probe.snmp_aside import AsidePoller
from linkwatch.probe.snmp_planning import Secrets, plan_for
from linkwatch.runtime.polling import PollLoop
from linkwatch.runtime.probing import ProbeLoop
from linkwatch.web.metrics import MetricsObserver
from support.figures import percentile

PLACES = ("loop", "thread", "process")
_WARM_UP = 6.0
"""s in which the first polls are made, with all that is learnt by them."""


class _Lags:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    def scheduler_lag(self, seconds: float) -> None:
        self.seconds.append(seconds)


class _InLoop:
    """Polls in the loop that calls."""

    def __init__(self, config: Config, secrets: Secrets) -> None:
        self._poller = SnmpPoller(SystemClock())
        self._secrets = secrets
        self._poller.take(plan_for(config, secrets))

    async def poll(self, router: Router) -> PollResult:
        return await self._poller.poll(router.id)

    async def prepare(self, config: Config) -> Callable[[], None]:
        return lambda: self._poller.take(plan_for(config, self._secrets))


class _InThread(_InLoop):
    """Polls in the loop of another thread."""

    def __init__(self, config: Config, secrets: Secrets) -> None:
        super().__init__(config, secrets)
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    async def poll(self, router: Router) -> PollResult:
        coming = asyncio.run_coroutine_threadsafe(self._poller.poll(router.id), self.loop)
        return await asyncio.wrap_future(coming)


@asynccontextmanager
async def _poller(place: str, config: Config, secrets: Secrets) -> AsyncIterator[Poller]:
    if place == "loop":
        yield _InLoop(config, secrets)
        return
    if place == "thread":
        yield _InThread(config, secrets)
        return
    clock = SystemClock()
    environment = worker_environment(os.environ)
    aside = AsidePoller(clock, secrets, WORKER, environment, MetricsObserver(clock))
    (await aside.prepare(config))()
    living = asyncio.ensure_future(aside.run())
    try:
        yield aside
    finally:
        living.cancel()
        await asyncio.wait({living})


async def run(config: Config, secrets: Secrets, place: str, seconds: float) -> dict[str, float]:
    """Probe and poll; the figures."""
    clock, lags = SystemClock(), _Lags()
    answered: dict[RouterId, list[float]] = {router: [] for router in config.inventory.routers}
    outcomes: dict[str, int] = dict.fromkeys(PollOutcome, 0)

    def polled(result: PollResult, now: Moment) -> None:
        outcomes[result.outcome] += 1
        if result.outcome is PollOutcome.OK:
            answered[result.router].append(now.monotonic)

    prober = IcmpProber()
    probes = ProbeLoop(
        clock,
        prober,
        sink=lambda _results, _now: None,
        suspect=lambda _overdue, _now: None,
        observer=lags,
        config=config,
        resolver=SystemResolver(),
    )
    gc.collect()
    gc.freeze()
    async with _poller(place, config, secrets) as poller:
        polls = PollLoop(clock, poller, polled, config)
        running = [asyncio.ensure_future(loop.run()) for loop in (probes, polls)]
        await asyncio.wait(running, timeout=_WARM_UP)
        lags.seconds.clear()
        before = cpu()
        await asyncio.wait(running, timeout=seconds)
        took = cpu() - before
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    prober.close()
    ordered = sorted(lags.seconds)
    helper = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "lag_p50": percentile(ordered, 0.5),
        "lag_p99": percentile(ordered, 0.99),
        "lag_max": ordered[-1],
        "late": _latest(answered, config.settings.snmp.interval),
        "answered": outcomes[PollOutcome.OK],
        "timeouts": outcomes[PollOutcome.TIMEOUT],
        "others": sum(outcomes.values()) - outcomes[PollOutcome.OK] - outcomes[PollOutcome.TIMEOUT],
        "daemon_cpu": took / seconds,
        "helper_cpu": (helper.ru_utime + helper.ru_stime) / (seconds + _WARM_UP),
    }


def _latest(answered: dict[RouterId, list[float]], interval: float) -> float:
    """How much later than an interval after its last answer any healthy router answered again.

    Infinite where one did so less than twice: the first gap is to its own phase, and may be longer.
    """
    worst = 0.0
    for number, times in enumerate(answered.values()):
        if is_silent(number) or is_slow(number):
            continue
        beats = times[1:]
        if len(beats) < 2:
            return float("inf")
        worst = max(worst, *(b - a - interval for a, b in zip(beats, beats[1:], strict=False)))
    return worst


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("place", choices=PLACES)
    parser.add_argument("engine")
    parser.add_argument("seconds", type=float)
    chosen = parser.parse_args()
    config, secrets = configured(chosen.path, chosen.engine), secrets_beside(chosen.path)
    figures = asyncio.run(run(config, secrets, chosen.place, chosen.seconds))
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
