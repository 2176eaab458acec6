"""When time alone changes something of an incident: on the clock that nobody sets."""

import math
from datetime import datetime
from heapq import heappop, heappush

from linkwatch.model.ids import IncidentId
from linkwatch.model.moment import Moment


class Timers:
    """One time for each incident, of the wall clock; from when it is known, on the monotonic one.

    A wall clock that is set later changes nothing.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[float, IncidentId]] = []
        """Outdated entries are skipped."""
        self._present: dict[IncidentId, tuple[datetime, float]] = {}

    @property
    def next(self) -> float:
        """When (monotonic s) the next is due, or before."""
        return self._heap[0][0] if self._heap else math.inf

    def set(self, incident: IncidentId, wall: datetime | None, now: Moment) -> None:
        """Let its time come at `wall`; None: never. The same as before changes nothing."""
        known = self._present.get(incident)
        if wall is None:
            self.forget(incident)
        elif known is None or known[0] != wall:
            self._put(incident, wall, max(now.monotonic, now.monotonic_at(wall)))

    def wait(self, incident: IncidentId, seconds: float, now: Moment) -> None:
        """Let its time come again later."""
        self._put(incident, now.wall, now.monotonic + seconds)

    def due(self, now: Moment) -> list[IncidentId]:
        """Those whose time has come; each comes once."""
        found = []
        while self._heap and self._heap[0][0] <= now.monotonic:
            at, incident = heappop(self._heap)
            if incident in self._present and self._present[incident][1] == at:
                del self._present[incident]
                found.append(incident)
        return found

    def forget(self, incident: IncidentId) -> None:
        """It has no time any more."""
        self._present.pop(incident, None)

    def _put(self, incident: IncidentId, wall: datetime, at: float) -> None:
        self._present[incident] = (wall, at)
        heappush(self._heap, (at, incident))
