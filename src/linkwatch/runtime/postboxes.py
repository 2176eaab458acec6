"""What waits for each contact's next message, and when that may go."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import inf

from linkwatch.model.ids import ChannelId, ContactId, IncidentId
from linkwatch.model.moment import Moment
from linkwatch.model.notification import Postbox, Untold
from linkwatch.oncall.spacing import Sent, due, is_urgent

MOST = 500
"""Incidents that one message tells: it takes the turn 50 ms, and its reader a while."""
Address = tuple[ContactId, ChannelId]


@dataclass(slots=True)
class _Box:
    sent: Sent = field(default_factory=Sent)
    waiting: list[Untold] = field(default_factory=list)
    urgent: bool = False
    """Whether anything that waits is."""

    def due(self, per_hour: int) -> float:
        return due(self.sent, urgent=self.urgent, per_hour=per_hour)


class Postboxes:
    """One for each contact and channel. Times are of the clock that nobody sets."""

    def __init__(self) -> None:
        self._boxes: dict[Address, _Box] = {}
        self._full: dict[Address, _Box] = {}
        """Those in which something waits."""
        self._unsaved: dict[str, Untold] = {}
        """What came since `unsaved` was asked last."""

    @property
    def waiting(self) -> int:
        """How much waits."""
        return sum(len(box.waiting) for box in self._full.values())

    @property
    def incidents(self) -> frozenset[IncidentId]:
        """Those that somebody is yet to hear of."""
        return frozenset(one.incident for box in self._full.values() for one in box.waiting)

    def put(self, untold: Untold) -> None:
        """Let it wait for the contact's next message."""
        self._unsaved[untold.key] = untold
        self._add(untold)

    def next(self, per_hour: int) -> float:
        """When (monotonic s) the next message may go, or before; infinity: nothing waits."""
        return min((box.due(per_hour) for box in self._full.values()), default=inf)

    def due(self, now: float, per_hour: int) -> Sequence[Address]:
        """Whose message may go now: what is urgent first, then who has waited longest."""
        found = []
        for address, box in self._full.items():
            box.sent = box.sent.within_hour(now)
            if box.due(per_hour) <= now:
                found.append(address)
        return sorted(
            found, key=lambda a: (not self._full[a].urgent, self._full[a].waiting[0].since)
        )

    def take(self, address: Address, now: float) -> tuple[Sequence[Untold], Collection[str]]:
        """What one message tells that goes now, and which of it has been stored.

        All that waits there; of more than `MOST` incidents what is urgent and what came first.
        """
        box = self._full[address]
        box.sent = box.sent.with_one(now, urgent=box.urgent)
        untold, box.waiting = _first(box.waiting)
        box.urgent = any(map(is_urgent, box.waiting))
        if not box.waiting:
            del self._full[address]
        return untold, [u.key for u in untold if self._unsaved.pop(u.key, None) is None]

    def unsaved(self) -> Iterable[Untold]:
        """What came since the last call, and waits still."""
        found, self._unsaved = self._unsaved, {}
        return found.values()

    def postbox(self, address: Address, now: Moment) -> Postbox:
        """When somebody was written to, as it is stored."""
        sent = self._boxes[address].sent
        urgent, others = (tuple(map(now.wall_at, times)) for times in (sent.urgent, sent.others))
        return Postbox(*address, urgent, others)

    def restore(self, untold: Iterable[Untold], boxes: Iterable[Postbox], now: Moment) -> None:
        """Take up what an earlier run left."""
        for one in boxes:
            urgent, others = (
                # The wall clock may have been set since: nothing was sent in the future.
                tuple(sorted(min(now.monotonic_at(at), now.monotonic) for at in times))
                for times in (one.urgent, one.others)
            )
            sent = Sent(urgent, others).within_hour(now.monotonic)
            self._boxes[one.contact, one.channel] = _Box(sent)
        for each in untold:
            self._add(each)

    def _add(self, untold: Untold) -> None:
        address = (untold.contact, untold.channel)
        box = self._full[address] = self._boxes.setdefault(address, _Box())
        box.waiting.append(untold)
        box.urgent = box.urgent or is_urgent(untold)


def _first(waiting: Sequence[Untold]) -> tuple[list[Untold], list[Untold]]:
    """What goes with the next message, and what is left; all of one incident together."""
    pressing = dict.fromkeys(one.incident for one in waiting if is_urgent(one))
    in_turn = pressing | dict.fromkeys(one.incident for one in waiting)
    now = frozenset(islice(in_turn, MOST))
    return (
        [one for one in waiting if one.incident in now],
        [one for one in waiting if one.incident not in now],
    )
