"""Targets that call us: a beat is an answered probe, one that does not come a lost one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from linkwatch.config.settings import Config
from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Outcome, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.topology import Method
from linkwatch.ports import Clock
from linkwatch.runtime.probe_targets import watched_links
from linkwatch.timing.beats import ExpectedBeats
from linkwatch.wire.beattoken import beat_token

LOOK_EVERY = 1.0
"""s between two looks for beats that have not come."""
TOO_LATE = 1.0
"""s a look may be late; after that it was this process that did not listen."""
_TELL_EVERY = 60.0

Sink = Callable[[Sequence[ProbeResult], Moment], None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Caller:
    link: LinkId
    target: int
    interval: float
    grace: float


class BeatLoop:
    """Takes the beats of all push targets and tells of those that are missing.

    A link's caller is expected once an interval, its time-out being the grace.
    """

    def __init__(self, clock: Clock, key: bytes, *, sink: Sink, config: Config) -> None:
        self._clock = clock
        self._key = key
        self._sink = sink
        self._expected: dict[_Caller, ExpectedBeats] = {}
        # A dict finds its key by a hash with a secret seed: timing tells nothing of a token.
        self._callers: Mapping[str, _Caller] = {}
        self._strangers = 0
        self._told_at = float("-inf")
        self._progress = clock.now().monotonic
        self._install(self._tokens(config.inventory))

    @property
    def progress(self) -> float:
        """When (monotonic s) it last looked for beats that have not come."""
        return self._progress

    def beat(self, token: str) -> bool:
        """A site has called; False where nobody has this token."""
        now = self._clock.now()
        caller = self._callers.get(token)
        if caller is None:
            self._note_stranger(now.monotonic)
            return False
        if self._expected[caller].hear(now.monotonic):
            result = ProbeResult(caller.link, caller.target, now.monotonic, Outcome.ANSWERED)
            self._sink([result], now)
        return True

    async def run(self) -> None:
        """Look for what has not come, until cancelled."""
        due = self._clock.now().monotonic
        self._excuse(due)
        while True:
            now = self._clock.now()
            self._progress = now.monotonic
            if now.monotonic - due > TOO_LATE:
                self._excuse(now.monotonic)
            lost = [
                ProbeResult(caller.link, caller.target, at, Outcome.NO_REPLY, reason="no_beat")
                for caller, expected in self._expected.items()
                for at in expected.missed(now.monotonic)
            ]
            if lost:
                self._sink(lost, now)
            due = now.monotonic + LOOK_EVERY
            await self._clock.sleep_until(due)

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Another set of callers; of those that stay nothing is forgotten."""
        callers = self._tokens(new.inventory)
        return lambda: self._install(callers)

    def _tokens(self, inventory: Inventory) -> Mapping[str, _Caller]:
        return {
            beat_token(self._key, link): _Caller(
                link, watched.asked[0], watched.probing.interval, watched.probing.timeout
            )
            for link, watched in watched_links(inventory, Method.PUSH).items()
        }

    def _install(self, callers: Mapping[str, _Caller]) -> None:
        now = self._clock.now().monotonic
        self._callers = callers
        self._expected = {
            caller: self._expected.get(caller) or ExpectedBeats(caller.interval, caller.grace, now)
            for caller in callers.values()
        }

    def _excuse(self, now: float) -> None:
        for expected in self._expected.values():
            expected.excuse(now)

    def _note_stranger(self, now: float) -> None:
        self._strangers += 1
        if now - self._told_at >= _TELL_EVERY:
            log.warning("beats with an unknown token", count=self._strangers)
            self._strangers, self._told_at = 0, now
