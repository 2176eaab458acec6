"""One engine of linkwatch polling one router as fast as it answers; prints what that took.

The CPU is this process's own, in s per poll: `get` for the bare request of everybody's objects,
`poll` for all that the daemon does, `daemon` for what is left of it in the daemon's process.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.snmp.routers import OIDS, configured, only_router, secrets_beside
from linkwatch.app.snmp_worker import WORKER, worker_environment
from linkwatch.host.clock import SystemClock
from linkwatch.model.measurement import PollOutcome, PollResult
from linkwatch.probe.snmp import SnmpPoller
from linkwatch.probe.snmp_aside import AsidePoller
from linkwatch.probe.snmp_planning import plan_for
from linkwatch.web.metrics import MetricsObserver


async def run(path: Path, engine: str, count: int) -> dict[str, float]:
    """Each of the three, `count` times."""
    config, secret = configured(path, engine), secrets_beside(path)
    router, clock = only_router(config), SystemClock()
    poller = SnmpPoller(clock)
    poller.take(plan_for(config, secret))
    checked(await poller.poll(router.id))
    watched = poller.watched(router.id)
    assert watched is not None  # noqa: S101 it was polled

    async def get() -> None:
        async with watched.peer.session() as session:
            await session.get(OIDS)

    async def poll() -> None:
        checked(await poller.poll(router.id))

    took = {"get": await per_call(get, count), "poll": await per_call(poll, count)}
    environment = worker_environment(os.environ)
    aside = AsidePoller(clock, secret, WORKER, environment, MetricsObserver(clock))
    (await aside.prepare(config))()
    living = asyncio.ensure_future(aside.run())

    async def ask() -> None:
        checked(await aside.poll(router))

    took["daemon"] = await per_call(ask, count)
    living.cancel()
    await asyncio.wait({living})
    return took


async def per_call(call: Callable[[], Awaitable[None]], count: int) -> float:
    """CPU s of a call, once it is warm."""
    for _ in range(5):
        await call()
    before = cpu()
    for _ in range(count):
        await call()
    return (cpu() - before) / count


def cpu() -> float:
    """User and system time of this process in s."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def checked(result: PollResult) -> None:
    """A poll that fails is no measurement."""
    if result.outcome is not PollOutcome.OK:
        raise RuntimeError(f"{result.outcome}: {result.detail}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("engine")
    parser.add_argument("count", type=int)
    chosen = parser.parse_args()
    took = asyncio.run(run(chosen.path, chosen.engine, chosen.count))
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
