"""When the way to each link is looked at while the link is well."""

import math
from collections.abc import Mapping
from heapq import heappop, heappush
from zlib import crc32

from linkwatch.model.ids import LinkId

FIRST_LOOKS = 4.0
"""A second, over all links."""
SOON, LATER = 10.0, 900.0
"""s from one look to the next: until the way is known, and from then on."""
UNWELL, UNSEEN = 10.0, 60.0
"""s after which a link that was not well has its turn again, and one whose look came to nothing."""
SOON_AT_MOST = 5
"""A way that is never the same is not looked at for ever as if it would settle."""

Course = tuple[int, str, str | None]
"""What is traced for a link: a target's position, its address, and the source to trace from."""


class Surveys:
    """A heap with one time (monotonic s) for each link; each comes again and again."""

    def __init__(self) -> None:
        self._courses: dict[LinkId, Course] = {}
        self._heap: list[tuple[float, LinkId]] = []
        """Outdated entries are skipped."""
        self._due_at: dict[LinkId, float] = {}
        self._looks: dict[LinkId, int] = {}

    @property
    def next(self) -> float:
        """When the next is due, or before."""
        return self._heap[0][0] if self._heap else math.inf

    def course(self, link: LinkId) -> Course | None:
        """What is traced for it; None: nothing can be."""
        return self._courses.get(link)

    def follow(self, courses: Mapping[LinkId, Course], now: float) -> list[LinkId]:
        """Look at these; returns the links whose way is now another, or nobody's."""
        before, self._courses = self._courses, dict(courses)
        changed = [link for link, course in before.items() if courses.get(link) != course]
        for link in changed:
            del self._due_at[link], self._looks[link]
        spread = len(courses) / FIRST_LOOKS
        for link in courses:
            if link not in self._due_at:
                self._looks[link] = 0
                self._put(link, now + crc32(link.encode()) % 1000 / 1000 * spread)
        return changed

    def change(self, link: LinkId, course: Course) -> None:
        """From now on another of its targets is traced."""
        self._courses[link] = course
        self._looks[link] = 0

    def due(self, now: float) -> list[LinkId]:
        """Those whose time has come; each is to be told on by `wait`."""
        found = []
        while self._heap and self._heap[0][0] <= now:
            at, link = heappop(self._heap)
            if self._due_at.get(link) == at:
                found.append(link)
        return found

    def wait(self, link: LinkId, now: float, *, well: bool) -> None:
        """It is looked at now, or not, for it is not well; if nothing more is told, again then."""
        self._put(link, now + (UNSEEN if well else UNWELL))

    def looked(self, link: LinkId, now: float, *, settled: bool) -> None:
        """It was looked at; `settled`: whether its way is known by now."""
        self._looks[link] = 0 if settled else self._looks[link] + 1
        known = settled or self._looks[link] >= SOON_AT_MOST
        self._put(link, now + (LATER if known else SOON))

    def _put(self, link: LinkId, at: float) -> None:
        self._due_at[link] = at
        heappush(self._heap, (at, link))
