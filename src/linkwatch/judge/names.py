"""Whether this host can turn names into addresses: what it probes by name, and whom it tells."""

from collections.abc import Sequence
from datetime import datetime

from linkwatch.judge.said import Said
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.moment import Moment
from linkwatch.model.subject import RESOLVER
from linkwatch.model.thresholds import Severity

LEAST_FAILURES = 3
"""Look-ups in a row, each of several names, none of which had an address."""


class NamesJudge:
    """Follows the name service. It is at fault only if it has worked in this run, or an earlier."""

    def __init__(self) -> None:
        self._works = False
        self._failures = 0
        self._since: datetime | None = None
        self._said = Said()

    def restore(self, standing: Finding) -> None:
        """Stand where an earlier run stood."""
        self._works = True
        self._failures, self._since = LEAST_FAILURES, standing.started_at
        self._said.restore(standing)

    def take(self, resolves: bool, now: Moment) -> Sequence[Finding]:
        """Whether any of the names just looked up had an address; the findings that changed."""
        if resolves:
            self._works, self._failures, self._since = True, 0, None
            return self._say(Severity.OK, now.wall)
        self._failures += 1
        self._since = self._since or now.wall
        if not self._works or self._failures < LEAST_FAILURES:
            return ()
        return self._say(Severity.WARNING, self._since)

    def _say(self, severity: Severity, since: datetime) -> Sequence[Finding]:
        kind = None if severity is Severity.OK else Kind.RESOLVER_DOWN
        return self._said.news((Finding(RESOLVER, Family.RESOLVER, severity, since, kind),))
