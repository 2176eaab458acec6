"""What has been said of one subject, so that only news is said again."""

from collections.abc import Iterable

from linkwatch.model.finding import Family, Finding
from linkwatch.model.thresholds import Severity


class Said:
    """The last word on each family."""

    def __init__(self) -> None:
        self._last: dict[Family, Finding] = {}

    def standing(self, family: Family) -> Finding | None:
        """What was said last, good or bad; None: nothing yet."""
        return self._last.get(family)

    def stands(self, family: Family) -> bool:
        """Whether something was found wrong, and is not over."""
        last = self._last.get(family)
        return last is not None and last.severity is not Severity.OK

    def restore(self, finding: Finding) -> None:
        """Take over what an earlier run said."""
        self._last[finding.family] = finding

    def news(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those that say something new; that all is well is no news at the beginning."""
        return [finding for finding in findings if self._is_new(finding)]

    def _is_new(self, finding: Finding) -> bool:
        last = self._last.get(finding.family)
        if last is None and finding.severity is Severity.OK:
            return False
        if last is not None and _gist(last) == _gist(finding):
            return False
        self._last[finding.family] = finding
        return True


def _gist(finding: Finding) -> tuple[object, ...]:
    return (finding.severity, finding.kind, finding.direction, finding.reason)
