"""When a message that did not get through is tried again, and when it is given up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from types import MappingProxyType

from linkwatch.model.notification import Delivery, DeliveryOutcome, DeliveryStatus
from linkwatch.model.priority import Priority

HOUR = 3600.0
TEST_LASTS = 900.0
"""s after which a test has failed: later it would tell nothing of now."""
MOST_DOUBTS = 3
"""A test that may have arrived is not sent more often: it would tell nothing new."""
_LONGEST_USEFUL = MappingProxyType(
    {
        Priority.P1: 6 * HOUR,
        Priority.P2: 6 * HOUR,
        Priority.P3: 12 * HOUR,
        Priority.P4: 24 * HOUR,
    }
)
# What is not urgent may be greylisted: mail servers mean some five minutes by that.
_PATIENCE = MappingProxyType(
    {
        Priority.P1: 60.0,
        Priority.P2: 60.0,
        Priority.P3: 900.0,
        Priority.P4: 900.0,
    }
)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff. Times in s; `spread` is the share by which a wait may be shorter.

    `longest_asked` caps what a peer asks for, so that it cannot silence an alert for a day;
    `give_up` is the age of a message, by priority, beyond which it helps nobody any more, and
    `patience` the age from which on it looks for another channel. `test` is the age beyond which a
    test has failed.
    """

    first: float = 1.0
    factor: float = 2.0
    slowest: float = 60.0
    spread: float = 0.25
    longest_asked: float = 300.0
    give_up: Mapping[Priority, float] = field(default_factory=lambda: _LONGEST_USEFUL)
    patience: Mapping[Priority, float] = field(default_factory=lambda: _PATIENCE)
    test: float = TEST_LASTS


class Reason(StrEnum):
    """Why a message goes on as it does."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    BACKOFF = "backoff"
    ASKED = "asked"
    TOO_OLD = "too_old"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Onward:
    """What becomes of a message: its status and, while pending, the s until the next attempt."""

    status: DeliveryStatus
    reason: Reason
    wait: float | None = None


def after_attempt(
    policy: RetryPolicy,
    delivery: Delivery,
    *,
    key: str,
    priority: Priority,
    attempts: int,
    age: float,
    is_test: bool = False,
) -> Onward:
    """Decide after the `attempts`-th attempt (from 1) of a message that is `age` s old."""
    if delivery.outcome is DeliveryOutcome.ACCEPTED:
        return Onward(DeliveryStatus.ACCEPTED, Reason.ACCEPTED)
    if delivery.outcome is DeliveryOutcome.REFUSED:
        return Onward(DeliveryStatus.REFUSED, Reason.REFUSED)
    in_doubt = delivery.outcome is DeliveryOutcome.IN_DOUBT
    if is_test and in_doubt and attempts >= MOST_DOUBTS:
        return Onward(DeliveryStatus.EXPIRED, Reason.IN_DOUBT)
    wait, reason = backoff(policy, key, attempts), Reason.BACKOFF
    if delivery.retry_after is not None:
        asked = min(delivery.retry_after, policy.longest_asked)
        if asked > wait:
            wait, reason = asked, Reason.ASKED
    if is_too_old(policy, priority, age + wait, is_test=is_test):
        return Onward(DeliveryStatus.EXPIRED, Reason.TOO_OLD)
    return Onward(DeliveryStatus.PENDING, reason, wait)


def backoff(policy: RetryPolicy, key: str, attempts: int) -> float:
    """s to wait after the `attempts`-th attempt: the same for the same key, spread over keys."""
    # The exponent is bounded: a float overflows at 2**1024.
    full = min(policy.first * policy.factor ** min(attempts - 1, 64), policy.slowest)
    return full * (1.0 - policy.spread * _fraction(f"{key}#{attempts}"))


def is_too_old(
    policy: RetryPolicy, priority: Priority, age: float, *, is_test: bool = False
) -> bool:
    """Whether a message of this age (s) is given up."""
    return age > (policy.test if is_test else policy.give_up[priority])


def is_late(policy: RetryPolicy, priority: Priority, age: float) -> bool:
    """Whether a message of this age (s) is no longer left to one channel."""
    return age > policy.patience[priority]


def _fraction(text: str) -> float:
    """A number from 0 to 1 that looks random and is not: two daemons agree, tests repeat."""
    digest = blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
