"""When a channel that fails is left alone, and when it is tried again (monotonic s)."""

from dataclasses import dataclass
from enum import StrEnum

from linkwatch.model.notification import DeliveryOutcome

_FAILURES = (DeliveryOutcome.FAILED, DeliveryOutcome.IN_DOUBT)
"""What speaks against the channel; all else is an answer, so its peer is there."""


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """So many failures in a row break it; the pauses (s) before each trial grow by `factor`."""

    failures: int = 5
    first: float = 5.0
    factor: float = 2.0
    slowest: float = 60.0


class Circuit(StrEnum):
    """`closed`: used freely; `broken`: not until a pause is over; `trial`: one is under way."""

    CLOSED = "closed"
    BROKEN = "broken"
    TRIAL = "trial"


class Breaker:
    """One channel's circuit. A message that is urgent need not wait for the end of a pause: it is
    the trial; but there is one trial at a time.
    """

    def __init__(self, policy: BreakerPolicy) -> None:
        self._policy = policy
        self._failures = 0
        self._pause = policy.first
        self._until = float("-inf")
        self.circuit = Circuit.CLOSED

    @property
    def has_failed(self) -> bool:
        """Whether nothing has got through since it broke."""
        return self.circuit is not Circuit.CLOSED

    def wait(self, now: float, *, urgent: bool) -> float:
        """s until the next attempt may start: 0 for now, infinity while a trial is under way."""
        match self.circuit:
            case Circuit.CLOSED:
                return 0.0
            case Circuit.BROKEN:
                return 0.0 if urgent else max(0.0, self._until - now)
            case Circuit.TRIAL:
                return float("inf")

    def start(self) -> None:
        """An attempt that may start begins."""
        if self.circuit is Circuit.BROKEN:
            self.circuit = Circuit.TRIAL

    def end(self, outcome: DeliveryOutcome, now: float) -> None:
        """An attempt has ended, also one that began before the circuit broke."""
        if outcome not in _FAILURES:
            self.circuit = Circuit.CLOSED
            self._failures, self._pause = 0, self._policy.first
            return
        self._failures += 1
        too_many = self.circuit is Circuit.CLOSED and self._failures >= self._policy.failures
        if too_many or self.circuit is Circuit.TRIAL:
            self._break(now)

    def _break(self, now: float) -> None:
        self.circuit = Circuit.BROKEN
        self._until = now + self._pause
        self._pause = min(self._pause * self._policy.factor, self._policy.slowest)
