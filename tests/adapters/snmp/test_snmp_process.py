"""SNMP in a process of its own: its life, its end, and what of us it shows."""

import asyncio
import os
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pysnmp.proto import rfc1901, rfc1905
from pysnmp.proto.api import v2c as api
from structlog.testing import capture_logs

from linkwatch.app.snmp_worker import WORKER, worker_environment
from linkwatch.config.settings import Config
from linkwatch.host.clock import SystemClock
from linkwatch.model.measurement import PollOutcome, Trap, TrapKind, TrapOutcome
from linkwatch.probe import snmp_aside
from linkwatch.probe.snmp_aside import AsidePoller
from linkwatch.probe.snmp_ber import encode
from linkwatch.probe.snmp_listen import bound
from linkwatch.probe.snmp_outcome import SnmpSetupError
from support.snmp import (
    SECRETS,
    SkewedClock,
    config,
    free_port,
    lab_agents,
    resolve,
    router,
    v2c,
    v3,
    watched,
)
from support.waiting import PATIENCE, Changes

LO = watched("lo", "lo")


class Seen:
    """What the poller tells of its process."""

    def __init__(self) -> None:
        self.changes = Changes()
        self.restarts = 0
        self.traps: Counter[TrapOutcome] = Counter()

    def snmp_restarted(self) -> None:
        self.restarts += 1
        self.changes.tell()

    def trapped(self, outcomes: Mapping[TrapOutcome, int]) -> None:
        self.traps.update(outcomes)
        self.changes.tell()


@asynccontextmanager
async def running(
    new: Config, seen: Seen, command: tuple[str, ...] = WORKER
) -> AsyncIterator[AsidePoller]:
    poller = aside(seen, command)
    (await poller.prepare(new))()
    async with living(poller):
        yield poller


def aside(seen: Seen, command: tuple[str, ...] = WORKER) -> AsidePoller:
    environment = worker_environment({**os.environ, "SNMP_AUTH": SECRETS["auth"]})
    return AsidePoller(SystemClock(), resolve, command, environment, seen)


@asynccontextmanager
async def living(poller: AsidePoller) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        life = tasks.create_task(poller.run())
        try:
            yield
        finally:
            life.cancel()


def children() -> list[int]:
    """This process's own."""
    return [
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text().split()
    ]


def worker() -> int:
    """The one that polls."""
    (found,) = [
        pid for pid in children() if b"snmp_worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return found


def shown(pid: int) -> bytes:
    """What others can see of a process: its arguments, its environment."""
    return b"".join(Path(f"/proc/{pid}", name).read_bytes() for name in ("cmdline", "environ"))


def test_it_polls_and_shows_no_secret() -> None:
    async def run() -> None:
        r1 = router(v3(), free_port())
        new = config([r1], [LO])
        async with lab_agents(new, SkewedClock()), running(new, Seen()) as poller:
            result = await poller.poll(r1)
            assert result.outcome is PollOutcome.OK, result.detail
            assert [sample.link for sample in result.samples] == [LO.id]
            seen = shown(worker())
            assert not [secret for secret in SECRETS.values() if secret.encode() in seen]

    asyncio.run(run())


def test_it_ends_with_the_daemon() -> None:
    async def run() -> int:
        r1 = router(v3(), free_port())
        async with running(config([r1], []), Seen()) as poller:
            await poller.poll(r1)
            return worker()

    ended = asyncio.run(run())
    assert ended not in children()
    assert not Path(f"/proc/{ended}").exists()


def test_a_terminals_interrupt_does_not_end_it() -> None:
    async def run() -> None:
        r1 = router(v2c(), free_port())
        new = config([r1], [LO])
        async with lab_agents(new, SkewedClock()), running(new, Seen()) as poller:
            await poller.poll(r1)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                os.kill(worker(), number)
            assert (await poller.poll(r1)).outcome is PollOutcome.OK

    asyncio.run(run())


def test_its_end_costs_the_polls_under_way_and_is_counted() -> None:
    async def run() -> None:
        r1 = router(v2c(), free_port())
        new = config([r1], [LO])
        seen = Seen()
        async with lab_agents(new, SkewedClock()), running(new, seen) as poller:
            await poller.poll(r1)
            first = worker()
            async with asyncio.TaskGroup() as tasks:
                os.kill(first, signal.SIGSTOP)
                under_way = [tasks.create_task(poller.poll(r1)) for _ in range(3)]
                await asyncio.wait(under_way, timeout=0.05)
                os.kill(first, signal.SIGKILL)
            ends = {(task.result().outcome, task.result().detail) for task in under_way}
            assert ends == {(PollOutcome.LOCAL_FAILURE, "the process for SNMP ended")}
            await seen.changes.until(lambda: seen.restarts == 1)
            assert (await poller.poll(r1)).outcome is PollOutcome.OK
            assert worker() != first

    asyncio.run(run())


def test_one_that_hangs_is_ended_and_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snmp_aside, "_GRACE", 0.2)

    async def run() -> None:
        r1 = router(v2c(), free_port())
        new = config([r1], [LO], timeout=0.05, retries=0)
        seen = Seen()
        async with lab_agents(new, SkewedClock()), running(new, seen) as poller:
            await poller.poll(r1)
            os.kill(worker(), signal.SIGSTOP)
            result = await poller.poll(r1)
            assert (result.outcome, result.detail) == (
                PollOutcome.LOCAL_FAILURE,
                "the process for SNMP did not answer",
            )
            await seen.changes.until(lambda: seen.restarts == 1)
            async with asyncio.timeout(PATIENCE):
                while (await poller.poll(r1)).outcome is not PollOutcome.OK:
                    pass

    asyncio.run(run())


def test_one_that_cannot_be_started_is_a_failure_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snmp_aside, "_START", 0.1)

    async def run() -> None:
        r1 = router(v2c(), free_port())
        with capture_logs() as logs:
            async with running(config([r1], []), Seen(), ("/no/such/program",)) as poller:
                result = await poller.poll(r1)
        assert (result.outcome, result.detail) == (
            PollOutcome.LOCAL_FAILURE,
            "the process for SNMP does not run",
        )
        assert logs[0]["event"] == "snmp_process_missing"

    asyncio.run(run())


def test_one_that_never_gets_ready_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snmp_aside, "_START", 0.2)

    async def run() -> None:
        seen = Seen()
        r1 = router(v2c(), free_port())
        async with running(config([r1], []), seen, ("sleep", "60")) as poller:
            assert (await poller.poll(r1)).outcome is PollOutcome.LOCAL_FAILURE
            await seen.changes.until(lambda: seen.restarts == 1)

    asyncio.run(run())


def test_a_reload_is_taken_by_the_process_that_runs() -> None:
    async def run() -> None:
        r1, r2 = router(v3(), free_port()), router(v2c(), free_port(), "r2", "127.0.0.2")
        both = config([r1, r2], [LO])
        async with lab_agents(both, SkewedClock()), running(config([r1], [LO]), Seen()) as poller:
            await poller.poll(r1)
            first = worker()
            commit = await poller.prepare(both)
            assert (await poller.poll(r2)).outcome is PollOutcome.LOCAL_FAILURE
            commit()
            assert (await poller.poll(r2)).outcome is PollOutcome.OK
            assert (await poller.poll(r1)).samples[0].discard is not None, "its clock stands still"
            assert worker() == first

    asyncio.run(run())


def test_a_refused_configuration_leaves_the_process_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(SECRETS, "short", "hush")

    async def run() -> None:
        r1 = router(v2c(), free_port())
        new = config([r1], [LO])
        async with lab_agents(new, SkewedClock()), running(new, Seen()) as poller:
            with pytest.raises(SnmpSetupError):
                await poller.prepare(config([router(v3(auth=("SHA", "short")), 161)], []))
            assert (await poller.poll(r1)).outcome is PollOutcome.OK

    asyncio.run(run())


def test_traps_come_through_and_the_listener_moves_with_a_reload() -> None:
    async def run() -> None:
        one, other = ("127.0.0.1", free_port()), ("127.0.0.1", free_port())
        r1 = router(v2c(), free_port())
        seen = Seen()
        async with running(config([r1], [LO], traps=one), seen) as poller:
            for at in (one, other):
                if at == other:
                    (await poller.prepare(config([r1], [LO], traps=at)))()
                # The process opens its sockets in its own time: what is sent before is lost.
                told = asyncio.ensure_future(poller.trap())
                while not told.done():
                    send(cold_start(), at)
                    await asyncio.wait({told}, timeout=0.1)
                assert told.result() == Trap(r1.id, TrapKind.COLD_START)
            send(b"noise", other)
            await seen.changes.until(lambda: seen.traps[TrapOutcome.MALFORMED] == 1)
            bound(*one).close()

    asyncio.run(run())


def test_what_the_process_has_to_say_is_in_the_daemons_log() -> None:
    """Here, that somebody took the trap listener's port when nobody looked."""

    async def run() -> None:
        r1 = router(v2c(), free_port())
        there = ("127.0.0.1", free_port())
        poller = aside(Seen())
        (await poller.prepare(config([r1], [LO], traps=there)))()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other, capture_logs() as logs:
            other.bind(there)
            async with living(poller):
                async with asyncio.timeout(PATIENCE):
                    while not logs:
                        await poller.poll(r1)
        assert logs[0]["log_level"] == "error"
        assert logs[0]["event"] == (
            f"traps are not heard: snmp.traps.listen: cannot listen at 127.0.0.1 port {there[1]}: "
            "Address already in use"
        )

    asyncio.run(run())


def test_an_address_that_is_taken_is_refused_before_anything_changes() -> None:
    async def run() -> None:
        r1 = router(v2c(), free_port())
        new = config([r1], [LO])
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            taken = other.getsockname()
            async with lab_agents(new, SkewedClock()), running(new, Seen()) as poller:
                with pytest.raises(SnmpSetupError) as refused:
                    await poller.prepare(config([r1], [LO], traps=taken))
                assert str(refused.value) == (
                    f"snmp.traps.listen: cannot listen at 127.0.0.1 port {taken[1]}: "
                    "Address already in use"
                )
                assert (await poller.poll(r1)).outcome is PollOutcome.OK

    asyncio.run(run())


def send(datagram: bytes, to: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(datagram, to)


def cold_start() -> bytes:
    """In the community of these tests."""
    pdu = rfc1905.SNMPv2TrapPDU()
    api.apiTrapPDU.set_defaults(pdu)
    message = rfc1901.Message()
    message[0], message[1] = 1, SECRETS["community"].encode()
    message[2].setComponentByType(pdu.tagSet, pdu)
    return encode(message)
