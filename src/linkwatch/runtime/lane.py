"""One channel's queue: what goes next, and what must wait for what."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from math import inf

from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import OutboxRow
from linkwatch.model.priority import Priority

CONCURRENT = 4
"""Attempts at once on one channel; messages below P2 leave one of them free."""
HOLD = 300.0
"""s that a message which does not get through holds back later ones of its conversation."""

Conversation = tuple[str, str]


@dataclass(slots=True, eq=False)
class Parcel:
    """A message on its way; `due`, `born` and `first_tried` are monotonic s."""

    row: OutboxRow
    due: float
    born: float
    """When it was made, by the clock that nobody sets: what is set forward must not age it."""
    first_tried: float | None = None
    in_flight: bool = False
    queued: bool = False
    """In one of the lane's heaps."""
    number: int = 0
    """Its place in the lane's order."""
    offered: frozenset[ChannelId] | None = None
    """Which channels had failed when another one was last asked to take it on."""

    @property
    def key(self) -> str:
        """The message's idempotency key."""
        return self.row.notification.key

    @property
    def conversations(self) -> Sequence[Conversation]:
        """What must stay in order: the messages on one incident to one contact.

        A digest is part of as many as it has incidents.
        """
        message = self.row.notification
        about = message.incidents or (message.incident or message.key,)
        return tuple((each, message.contact) for each in about)

    @property
    def is_urgent(self) -> bool:
        """Whether it may take the last free place."""
        return self.row.notification.priority in (Priority.P1, Priority.P2)

    @property
    def rank(self) -> tuple[str, datetime]:
        """Most urgent first, then oldest."""
        message = self.row.notification
        return (message.priority.value, message.created_at)


class Lane:
    """Messages of one channel: the most urgent first, in order within a conversation.

    A message in flight or not yet tried holds back its successors; one that fails again and again
    does so for `HOLD` s. Nothing here waits, sends or knows the time.
    """

    def __init__(self, concurrent: int = CONCURRENT) -> None:
        self._concurrent = concurrent
        self._conversations: dict[Conversation, list[Parcel]] = defaultdict(list)
        self._later: list[tuple[float, int, Parcel]] = []
        self._ready: list[tuple[tuple[str, datetime], int, Parcel]] = []
        self._entered = 0
        self._in_flight = 0

    def add(self, parcel: Parcel, now: float) -> None:
        """Append a message to its conversations."""
        parcel.number = self._next_number()
        for conversation in parcel.conversations:
            self._conversations[conversation].append(parcel)
        self._admit([parcel], now)

    def head(self, now: float) -> Parcel | None:
        """The next message to attempt now, None if none is due or no place is free."""
        while self._later and self._later[0][0] <= now:
            parcel = heappop(self._later)[2]
            heappush(self._ready, (parcel.rank, self._next_number(), parcel))
        # The head is the most urgent one: if it may not go, none may.
        if not self._ready or self._in_flight >= self._places(self._ready[0][2]):
            return None
        return self._ready[0][2]

    def take(self, now: float) -> Parcel | None:
        """As `head`, and on its way from now on."""
        parcel = self.head(now)
        if parcel is None:
            return None
        heappop(self._ready)
        parcel.queued, parcel.in_flight = False, True
        if parcel.first_tried is None:
            parcel.first_tried = now
        self._in_flight += 1
        return parcel

    def again(self, parcel: Parcel, row: OutboxRow, due: float, now: float) -> None:
        """The attempt failed: keep the message, as `row`, until `due`."""
        self._land(parcel)
        parcel.row, parcel.due = row, due
        self._admit([parcel, *self._after([parcel])], now)

    def settle(self, parcel: Parcel, now: float) -> None:
        """The message has left for good."""
        self._land(parcel)
        self.withdraw([parcel], now)

    def overtaken_by(self, parcel: Parcel) -> Sequence[Parcel]:
        """Earlier messages still not through that say nothing else; none in flight; taken out."""
        said = set(parcel.conversations)
        earlier = [
            p for p in self._before(parcel) if not p.in_flight and said.issuperset(p.conversations)
        ]
        self._drop(earlier)
        return earlier

    def waiting(self) -> list[Parcel]:
        """All that is not in flight, in order within each conversation."""
        found = {id(p): p for c in self._conversations.values() for p in c if not p.in_flight}
        return sorted(found.values(), key=lambda p: p.number)

    def withdraw(self, parcels: Sequence[Parcel], now: float) -> None:
        """Take some out that are not in flight; what waited for them goes on."""
        gone = {p.number for p in parcels}
        held_back = [p for p in self._after(parcels) if p.number not in gone]
        self._drop(parcels)
        self._admit(held_back, now)

    def clear(self) -> Sequence[Parcel]:
        """Take out all that is not in flight."""
        waiting = self.waiting()
        self._drop(waiting)
        return waiting

    @property
    def next_due(self) -> float:
        """When (monotonic s) the next message becomes due; infinity: not by time alone."""
        return self._later[0][0] if self._later else inf

    def _places(self, parcel: Parcel) -> int:
        return self._concurrent if parcel.is_urgent else max(1, self._concurrent - 1)

    def _land(self, parcel: Parcel) -> None:
        if parcel.in_flight:
            parcel.in_flight = False
            self._in_flight -= 1

    def _drop(self, parcels: Sequence[Parcel]) -> None:
        gone = {id(p) for p in parcels}
        for conversation in {c for p in parcels for c in p.conversations}:
            left = [p for p in self._conversations[conversation] if id(p) not in gone]
            if left:
                self._conversations[conversation] = left
            else:
                del self._conversations[conversation]
        if any(p.queued for p in parcels):
            self._later = sorted(entry for entry in self._later if id(entry[2]) not in gone)
            self._ready = sorted(entry for entry in self._ready if id(entry[2]) not in gone)

    def _admit(self, parcels: Iterable[Parcel], now: float) -> None:
        """Queue those that nothing holds back."""
        for parcel in parcels:
            if parcel.queued or parcel.in_flight:
                continue
            if any(_holds_back(earlier, now) for earlier in self._before(parcel)):
                continue
            parcel.queued = True
            heappush(self._later, (parcel.due, self._next_number(), parcel))

    def _before(self, parcel: Parcel) -> list[Parcel]:
        """The earlier ones of its conversations, in their order."""
        earlier = {
            p.number: p
            for conversation in parcel.conversations
            for p in self._conversations[conversation]
            if p.number < parcel.number
        }
        return [earlier[number] for number in sorted(earlier)]

    def _after(self, parcels: Iterable[Parcel]) -> list[Parcel]:
        """The later ones of their conversations, in their order."""
        later = {
            p.number: p
            for parcel in parcels
            for conversation in parcel.conversations
            for p in self._conversations[conversation]
            if p.number > parcel.number
        }
        return [later[number] for number in sorted(later)]

    def _next_number(self) -> int:
        self._entered += 1
        return self._entered


def _holds_back(earlier: Parcel, now: float) -> bool:
    """In flight, not tried yet, or not for long: what comes later would overtake it."""
    first = earlier.first_tried
    return earlier.in_flight or first is None or now - first < HOLD
