"""How far apart messages to one contact are: the first goes at once, what follows is gathered.

The longest that anything waits follows from it: what is urgent `URGENT_GAP`, all else `LONGEST_GAP`
while few messages have gone within the hour, and then as long as spreads the rest over the hour.
"""

from dataclasses import dataclass
from math import inf

from linkwatch.model.incident import IncidentEvent
from linkwatch.model.notification import Untold
from linkwatch.model.priority import Priority

URGENT_GAP = 5.0
"""s between two messages that tell something urgent."""
FIRST_GAP = 5.0
LONGEST_GAP = 30.0
"""s from a message to the next of all else; doubled with each within the hour, up to the longest.

An outage that takes 10 s to spread is three messages, and so is its end.
"""
HOUR = 3600.0
OFTEN = 10
"""Escalations of one incident that are urgent; no table has so many steps. What comes after them is
somebody who takes and declines it by turns."""
_ALARMS = frozenset(
    {
        IncidentEvent.OPENED,
        IncidentEvent.RAISED,
        IncidentEvent.FLAPPING,
        IncidentEvent.ESCALATED,
    }
)
_DOUBLINGS = 4
"""Messages after which a gap grows no more."""


@dataclass(frozen=True, slots=True)
class Sent:
    """When (monotonic s, oldest first) a contact was written to by one channel."""

    urgent: tuple[float, ...] = ()
    others: tuple[float, ...] = ()

    def with_one(self, at: float, *, urgent: bool) -> "Sent":
        """One more now; what is an hour old counts no more."""
        kept = self.within_hour(at)
        if urgent:
            return Sent((*kept.urgent, at)[-_DOUBLINGS:], kept.others)
        return Sent(kept.urgent, (*kept.others, at))

    def within_hour(self, now: float) -> "Sent":
        """Those that count."""
        since = now - HOUR
        if all(times[0] > since for times in (self.urgent, self.others) if times):
            return self
        return Sent(
            tuple(at for at in self.urgent if at > since),
            tuple(at for at in self.others if at > since),
        )


def is_urgent(untold: Untold) -> bool:
    """Whether no cap holds for it: word of a P1 that somebody ought to act upon."""
    if untold.priority is not Priority.P1 or untold.event not in _ALARMS:
        return False
    return untold.event is not IncidentEvent.ESCALATED or untold.ordinal <= OFTEN


def due(sent: Sent, *, urgent: bool, per_hour: int) -> float:
    """When (monotonic s) the next message may go; minus infinity: at once.

    `sent` within the hour. `per_hour`: most that are not urgent. The first half of them may follow
    each other closely, the others are spread over the hour, so that no burst silences what follows.
    """
    if urgent:
        return sent.urgent[-1] + URGENT_GAP if sent.urgent else -inf
    last = max((*sent.urgent[-1:], *sent.others[-1:]), default=-inf)
    earliest = last + _gap(sent, per_hour)
    if len(sent.others) >= per_hour:
        earliest = max(earliest, sent.others[-per_hour] + HOUR)
    return earliest


def _gap(sent: Sent, per_hour: int) -> float:
    close = per_hour // 2
    if len(sent.others) >= close:
        return max(HOUR / (per_hour - close), LONGEST_GAP)
    doublings = min(len(sent.urgent) + len(sent.others), _DOUBLINGS) - 1
    return min(FIRST_GAP * 2.0**doublings, LONGEST_GAP)
