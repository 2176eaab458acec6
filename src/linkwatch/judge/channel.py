"""One channel: whether what it is given gets through."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from linkwatch.model.ids import ChannelId, ContactId
from linkwatch.model.notification import DeliveryOutcome

LONG = timedelta(minutes=15)
"""How long nothing may get through: mail servers that greylist mean some five minutes by it."""
LEAST_TRIES = 3
LEAST_CONTACTS = 2
"""One contact's number may be wrong; what two are refused, the channel is refused."""


@dataclass(frozen=True, slots=True)
class ChannelFault:
    """Nothing gets through since `since`, by what the last of `tries` attempts came to.

    `last_accepted_at` None: not since the daemon started.
    """

    channel: ChannelId
    since: datetime
    reason: DeliveryOutcome
    tries: int
    last_accepted_at: datetime | None


class ChannelJudge:
    """Follows one channel's attempts. What has failed has failed until something is accepted:
    a refusal proves that a peer is there, but not that anybody is reached.
    """

    def __init__(self, channel: ChannelId) -> None:
        self._channel = channel
        self._tries = 0
        self._since: datetime | None = None
        self._last: DeliveryOutcome = DeliveryOutcome.ACCEPTED
        self._last_accepted_at: datetime | None = None
        self._refused: set[ContactId] = set()
        self._has_failed = False

    @property
    def last_accepted_at(self) -> datetime | None:
        """When something last got through; None: not since the daemon started."""
        return self._last_accepted_at

    def restore(self, since: datetime, reason: DeliveryOutcome) -> None:
        """Stand where an earlier run stood."""
        self._since, self._last, self._has_failed = since, reason, True

    def take(self, outcome: DeliveryOutcome, contact: ContactId, at: datetime) -> None:
        """An attempt to reach a contact has ended."""
        self._last = outcome
        if outcome is DeliveryOutcome.ACCEPTED:
            self._tries, self._since, self._has_failed = 0, None, False
            self._last_accepted_at = at
            self._refused.clear()
            return
        self._tries += 1
        self._since = self._since or at
        if outcome is DeliveryOutcome.REFUSED:
            self._refused.add(contact)
        else:
            self._refused.clear()

    def fail(self) -> None:
        """A test has failed: not accepted by the end of its time, or refused.

        One that was never tried says nothing.
        """
        self._has_failed = self._since is not None

    def verdict(self, *, broken: bool, now: datetime) -> ChannelFault | None:
        """What is wrong now; `broken`: its circuit is."""
        if self._since is None:
            return None
        if not self._has_failed and not self._is_bad(broken, now - self._since):
            return None
        self._has_failed = True
        return ChannelFault(
            self._channel, self._since, self._last, self._tries, self._last_accepted_at
        )

    def _is_bad(self, broken: bool, lasting: timedelta) -> bool:
        if self._last is DeliveryOutcome.REFUSED:
            return self._tries >= LEAST_TRIES and len(self._refused) >= LEAST_CONTACTS
        return broken or (self._tries >= LEAST_TRIES and lasting >= LONG)
