"""The outside of the probe loop, as classes a test drives."""

import asyncio
import heapq
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from linkwatch.model.measurement import Outcome
from linkwatch.model.moment import Moment
from linkwatch.ports import Look, Prepared, Probe, Reply

_EPOCH = datetime(2021, 5, 15, tzinfo=UTC)
_SETTLED = 5


class FakeClock:
    """Stands still until the test moves it; sleepers wake in order, each at its own time."""

    def __init__(self, monotonic: float = 100.0) -> None:
        self.monotonic = monotonic
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> Moment:
        return Moment(self.monotonic, _EPOCH + timedelta(seconds=self.monotonic))

    async def sleep_until(self, monotonic: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (monotonic, self._count, woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let this much time pass, and everybody do what they do in it."""
        until = self.monotonic + seconds
        while True:
            for _ in range(_SETTLED):
                await asyncio.sleep(0)  # noqa: TID251 lets the others run; no time passes
            if not self._sleepers or self._sleepers[0][0] > until:
                break
            at, _, woken = heapq.heappop(self._sleepers)
            self.monotonic = max(self.monotonic, at)
            if not woken.done():
                woken.set_result(None)
        self.monotonic = until


@dataclass
class FakeProber:
    """Answers what is in `answers` after that many s; the rest is lost."""

    clock: FakeClock
    answers: dict[str, float] = field(default_factory=dict)
    refuses: dict[str, str] = field(default_factory=dict)
    sent: list[tuple[float, Probe]] = field(default_factory=list)
    drops: int = 0
    room: int = 1 << 20
    kept: set[Look] = field(default_factory=set)
    coming: deque[tuple[float, Reply]] = field(default_factory=deque)

    def send(self, probes: Sequence[Probe]) -> Sequence[Reply]:
        now = self.clock.monotonic
        failures = []
        for probe in probes:
            if probe.address in self.refuses:
                reason = self.refuses[probe.address]
                failures.append(Reply(probe.token, Outcome.LOCAL_FAILURE, reason=reason))
                continue
            self.sent.append((now, probe))
            rtt = self.answers.get(probe.address)
            if rtt is not None:
                self.coming.append((now + rtt, Reply(probe.token, Outcome.ANSWERED, rtt=rtt)))
        return failures

    def prepare(self, address: str, look: Look) -> Prepared:
        return Probe(0, address, *look)

    def keep(self, looks: Collection[Look]) -> None:
        self.kept = set(looks)

    def launch(self, tokens: Sequence[int], prepared: Sequence[Prepared]) -> Sequence[Reply]:
        probes = zip(tokens, prepared, strict=True)
        return self.send([_probe(made)._replace(token=token) for token, made in probes])

    def drain(self) -> Sequence[Reply]:
        now = self.clock.monotonic
        arrived = [reply for at, reply in self.coming if at <= now]
        self.coming = deque((at, reply) for at, reply in self.coming if at > now)
        return arrived

    def dropped(self) -> int:
        return self.drops

    def close(self) -> None:
        return


def _probe(prepared: Prepared) -> Probe:
    assert isinstance(prepared, Probe)
    return prepared


class FakeResolver:
    """A name server the test may take away."""

    def __init__(self, **names: Sequence[str]) -> None:
        self.names = {f"{name}.example": list(found) for name, found in names.items()}
        self.asked: list[str] = []

    async def resolve(self, name: str) -> Sequence[str]:
        self.asked.append(name)
        return self.names.get(name, ())
