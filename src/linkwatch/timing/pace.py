"""How much may be sent: per address, and in all."""


class Pace:
    """Spaces the probes to one address, whoever asks for them (GCRA without burst allowance)."""

    __slots__ = ("free_at",)

    def __init__(self) -> None:
        self.free_at = float("-inf")

    def reserve(self, now: float, spacing: float) -> float:
        """Take the next free slot and keep the `spacing` s after it; its time, `now` or later."""
        at = max(now, self.free_at)
        self.free_at = at + spacing
        return at


class TokenBucket:
    """At most `rate` a second on average, and `capacity` at once."""

    def __init__(self, rate: float, capacity: float) -> None:
        self._rate = rate
        self._capacity = capacity
        self._tokens = capacity
        self._at: float | None = None

    def take(self, now: float, leave: float = 0.0) -> bool:
        """Take one token; False where there is none, or not so many that `leave` are left."""
        self._fill(now)
        if self._tokens < 1 + leave:
            return False
        self._tokens -= 1
        return True

    def wait(self, now: float, leave: float = 0.0) -> float:
        """s until `take` will give one, if nobody else takes any."""
        self._fill(now)
        return max(0.0, (1 + leave - self._tokens) / self._rate)

    def _fill(self, now: float) -> None:
        if self._at is not None:
            self._tokens = min(self._capacity, self._tokens + (now - self._at) * self._rate)
        self._at = now
