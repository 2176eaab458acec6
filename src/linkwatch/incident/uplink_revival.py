"""Signs of life through an uplink that was dead: when they are enough, it is well again."""

from math import inf

from linkwatch.model.ids import LinkId

REVIVED_OVER = 5.0
"""s over which there must be answers again."""
RELAPSE = 0.8
"""s without an answer to what was asked meanwhile that end a revival."""


class Revival:
    """Who has answered since it died, and from when on."""

    def __init__(self, after: float = inf) -> None:
        """What was sent later than `after` (monotonic s) and is answered is a sign of life."""
        self._after = after
        self._alive: set[LinkId | str] = set()
        self.since = inf
        """When the first of the answers in a row had been asked for (monotonic s)."""

    @property
    def after(self) -> float:
        """What was sent later and is answered is a sign of life (monotonic s)."""
        return self._after

    def hear(self, who: LinkId | str, sent_at: float) -> None:
        """A link, or something else, answered what was sent then."""
        if sent_at > self._after:
            self._alive.add(who)
            self.since = min(self.since, sent_at)

    def is_lost(self, newest_miss: float, heard: float, now: float) -> bool:
        """Whether what was heard was the last, for something asked later is missing."""
        return bool(self._alive) and newest_miss > heard and now - heard > RELAPSE

    def is_enough(self, least: int, now: float) -> bool:
        """Whether so many have answered, over a while."""
        return len(self._alive) >= least and now - self.since >= REVIVED_OVER
