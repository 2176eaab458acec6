"""How much may be sent: per address, and in all."""

from collections.abc import Container


class Pacer:
    """Spaces the probes to one address, whoever asks for them (GCRA without burst allowance)."""

    def __init__(self) -> None:
        self._free_at: dict[str, float] = {}

    def reserve(self, address: str, now: float, per_second: float) -> float:
        """Take the next free slot of this address; its time, `now` or later."""
        at = max(now, self._free_at.get(address, now))
        self._free_at[address] = at + 1 / per_second
        return at

    def keep_only(self, addresses: Container[str]) -> None:
        """Forget all other addresses."""
        self._free_at = {a: at for a, at in self._free_at.items() if a in addresses}


class TokenBucket:
    """At most `rate` a second on average, and `capacity` at once."""

    def __init__(self, rate: float, capacity: float) -> None:
        self._rate = rate
        self._capacity = capacity
        self._tokens = capacity
        self._at: float | None = None

    def take(self, now: float) -> bool:
        """Take one token; False where there is none."""
        if self._at is not None:
            self._tokens = min(self._capacity, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
