"""How long is waited for answers, and what it is called when none comes."""

from collections.abc import Sequence

from linkwatch.model.measurement import PollOutcome
from linkwatch.probe.snmp_outcome import PollFailure

_BACKOFF = 1.5
_MAX_ROUNDS = 4


def waits(timeout: float, retries: int) -> Sequence[float]:
    """How long (s) to wait for an answer to each attempt.

    A router that is slow because it is busy is not helped by being asked again at the same pace.
    """
    return [timeout * _BACKOFF**attempt for attempt in range(retries + 1)]


def longest_poll(timeout: float, retries: int) -> float:
    """s after which a poll is ended, however slowly a router answers a walk."""
    return _MAX_ROUNDS * sum(waits(timeout, retries))


def silence(waited: Sequence[float]) -> PollFailure:
    """Nothing came back in all these waits (s)."""
    return PollFailure(
        PollOutcome.TIMEOUT, f"no answer to {len(waited)} attempts in {sum(waited):g} s"
    )
