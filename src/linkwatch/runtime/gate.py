"""What a channel may be asked for: no more than its peer takes, and little while it fails."""

from collections.abc import Callable, Mapping

import structlog

from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery
from linkwatch.timing.breaker import Breaker, BreakerPolicy
from linkwatch.timing.pace import TokenBucket

MINUTE = 60.0
URGENT_SHARE = 2
"""One token in so many is left for urgent messages."""

_log = structlog.get_logger(__name__)


class Gate:
    """One channel's circuit breaker and, with `per_minute`, its rate limit."""

    def __init__(self, policy: BreakerPolicy, per_minute: int | None) -> None:
        self.breaker = Breaker(policy)
        self._bucket: TokenBucket | None = None
        self._kept = 0.0
        if per_minute is not None:
            # A full bucket and what trickles in make no more than the limit in any minute.
            at_once = max(1, per_minute // 4)
            self._bucket = TokenBucket(max(1, per_minute - at_once) / MINUTE, at_once)
            self._kept = at_once // URGENT_SHARE

    def wait(self, now: float, *, urgent: bool) -> float:
        """s until an attempt may start; infinity: not before another one has ended."""
        wait = self.breaker.wait(now, urgent=urgent)
        if self._bucket is not None:
            wait = max(wait, self._bucket.wait(now, leave=0.0 if urgent else self._kept))
        return wait

    def start(self, now: float) -> None:
        """An attempt that may start begins."""
        self.breaker.start()
        if self._bucket is not None:
            self._bucket.take(now)


class Gates:
    """The gates of all channels; says which have failed, and logs when that changes."""

    def __init__(
        self,
        limits: Mapping[ChannelId, int],
        tell: Callable[[ChannelId, bool], None],
        policy: BreakerPolicy,
    ) -> None:
        self._limits = limits
        self._tell = tell
        self._policy = policy
        self._gates: dict[ChannelId, Gate] = {}
        self.failed: frozenset[ChannelId] = frozenset()
        """Channels by which nothing gets through."""

    def of(self, channel: ChannelId) -> Gate:
        """The channel's gate."""
        gate = self._gates.get(channel)
        if gate is None:
            gate = self._gates[channel] = Gate(self._policy, self._limits.get(channel))
        return gate

    def end(self, channel: ChannelId, delivery: Delivery, now: float) -> None:
        """An attempt has ended."""
        breaker = self.of(channel).breaker
        breaker.end(delivery.outcome, now)
        if breaker.has_failed == (channel in self.failed):
            return
        if breaker.has_failed:
            self.failed |= {channel}
            _log.error("channel failed", channel=channel, detail=delivery.detail)
        else:
            self.failed -= {channel}
            _log.warning("channel works again", channel=channel)
        self._tell(channel, breaker.has_failed)

    def reset(self, limits: Mapping[ChannelId, int]) -> None:
        """A new configuration may have mended what failed: each channel begins anew."""
        for channel in self.failed:
            self._tell(channel, False)
        self._limits, self._gates, self.failed = limits, {}, frozenset()
