"""What can happen to the engine."""

from collections.abc import Sequence
from dataclasses import dataclass

from linkwatch.model.boost import Evidence
from linkwatch.model.ids import ChannelId
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Restored
from linkwatch.model.measurement import Overdue, PollResult, ProbeResult
from linkwatch.model.notification import Notification, Trouble


@dataclass(frozen=True, slots=True)
class Probed:
    """Probes that ended in one tick."""

    results: Sequence[ProbeResult]


@dataclass(frozen=True, slots=True)
class Suspected:
    """Replies that are overdue."""

    overdue: Sequence[Overdue]


@dataclass(frozen=True, slots=True)
class Polled:
    """A router was asked."""

    result: PollResult


@dataclass(frozen=True, slots=True)
class Reloaded:
    """A new configuration is in force."""

    inventory: Inventory


@dataclass(frozen=True, slots=True)
class Recovered:
    """What an earlier run left in the store; the first event of all."""

    restored: Restored


@dataclass(frozen=True, slots=True)
class Numbered:
    """Incident numbers were reserved in the store."""

    numbers: range


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A channel does not get a message through; `failed` are the channels that are broken."""

    message: Notification
    trouble: Trouble
    failed: frozenset[ChannelId]


@dataclass(frozen=True, slots=True)
class Vouched:
    """Somebody says what a boosted link really carries."""

    evidence: Evidence


Event = Probed | Suspected | Polled | Reloaded | Recovered | Numbered | Undelivered | Vouched
