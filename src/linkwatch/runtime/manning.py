"""Duties that lack somebody are faults: they open incidents for the operators, and end them."""

from collections.abc import Sequence

from linkwatch.model.coverage import duty_of, duty_subject
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.moment import Moment
from linkwatch.model.thresholds import Severity
from linkwatch.oncall.rostergaps import RosterGap
from linkwatch.runtime.faults import found
from linkwatch.runtime.state import Effects, State


def looked_at(state: State, gaps: Sequence[RosterGap], now: Moment, effects: Effects) -> None:
    """A look at the rosters found these gaps, and no others."""
    state.gaps = {gap.key: gap.conference for gap in gaps}
    for gap in gaps:
        found(state, _finding(gap, now), now, effects)
    for incident in list(state.open_incidents()):
        duty = duty_of(incident.subject)
        if duty is not None and duty not in state.gaps and incident.good_since is None:
            filled = Finding(incident.subject, Family.ROSTER, Severity.OK, now.wall)
            found(state, filled, now, effects)


def _finding(gap: RosterGap, now: Moment) -> Finding:
    return Finding(
        duty_subject(*gap.key),
        Family.ROSTER,
        Severity.WARNING,
        now.wall,
        Kind.ROSTER_GAP,
        evidence={
            "on_duty": gap.on_duty,
            "wanted": gap.wanted,
            "from": gap.period.start.timestamp(),
            "until": gap.period.end.timestamp(),
            "sites": len(gap.sites),
        },
        reason="too_few" if gap.on_duty else "nobody",
    )
