"""One router: whether it can be asked, and whether it is alive at all."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from linkwatch.judge.reach import Reach
from linkwatch.judge.said import Said
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.ids import RouterId
from linkwatch.model.measurement import PollOutcome, PollResult
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity

if TYPE_CHECKING:
    from datetime import datetime

SILENT_POLLS = 3
"""Polls in a row without an answer, each with its retries, that are no mere loss of packets."""


class RouterJudge:
    """Follows the polls of one router; `take` returns the findings that changed.

    Probes through its links tell what a poll that timed out means. Where the carrier's end of a
    link answers and nothing at the site does, a router that has answered before is down. Where a
    link is dead, the silence may be the link's and says nothing. Else the router lives and cannot
    be asked.
    """

    def __init__(self, router: RouterId) -> None:
        self._subject = Subject.of_router(router)
        self._said = Said()
        self.unanswered = 0
        """Polls in a row that brought nothing."""
        self._has_answered = False
        self._since: datetime | None = None
        self._outcome = PollOutcome.OK
        self._alike = 0
        self._reason: str | None = None

    @property
    def is_silent(self) -> bool:
        """Whether so many polls brought nothing that earlier figures are of the past."""
        return self.unanswered >= SILENT_POLLS

    def restore(self, finding: Finding) -> None:
        """Stand where an earlier run stood: the first answer ends it."""
        self._said.restore(finding)
        self._has_answered = finding.kind is Kind.ROUTER_DOWN
        self.unanswered, self._since = SILENT_POLLS, finding.started_at
        self._reason = finding.reason

    def take(self, result: PollResult, reaches: Collection[Reach]) -> list[Finding]:
        """Take the end of a poll; `reaches` tell how far probes get on the router's links now."""
        if result.outcome is PollOutcome.LOCAL_FAILURE:
            # Our own failure says nothing of the router.
            return []
        timed_out = result.outcome is PollOutcome.TIMEOUT
        self._has_answered = self._has_answered or not timed_out
        if result.outcome is PollOutcome.OK:
            self.unanswered, self._since, self._reason = 0, None, None
            return self._said.news([Finding(self._subject, Family.ROUTER, Severity.OK, result.at)])
        self.unanswered += 1
        self._since = self._since or result.at
        self._settle_reason(result.outcome)
        finding = self._found(result, reaches)
        return self._said.news([finding]) if finding is not None else []

    def _found(self, result: PollResult, reaches: Collection[Reach]) -> Finding | None:
        since, timed_out = self._since or result.at, result.outcome is PollOutcome.TIMEOUT
        fell_silent = timed_out and self._has_answered
        if fell_silent and Reach.CARRIER in reaches and Reach.SITE not in reaches:
            return Finding(self._subject, Family.ROUTER, Severity.CRITICAL, since, Kind.ROUTER_DOWN)
        if timed_out and any(reach.explains_silence for reach in reaches):
            return None
        if self.is_silent:
            return Finding(
                self._subject,
                Family.ROUTER,
                Severity.WARNING,
                since,
                Kind.SNMP_UNREACHABLE,
                reason=self._reason,
            )
        standing = self._said.standing(Family.ROUTER)
        if standing is not None and standing.kind is Kind.ROUTER_DOWN and Reach.SITE in reaches:
            # It answers pings again; SNMP may take its time.
            return Finding(self._subject, Family.ROUTER, Severity.OK, result.at)
        return None

    def _settle_reason(self, outcome: PollOutcome) -> None:
        """Another outcome is told once it has come as often as makes a verdict."""
        self._alike = self._alike + 1 if outcome is self._outcome else 1
        self._outcome = outcome
        if self._reason is None or self._alike >= SILENT_POLLS:
            self._reason = outcome.value
