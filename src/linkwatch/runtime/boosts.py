"""What time and people do to boosts: a conference comes near, somebody vouches for one."""

from linkwatch.conference import windows
from linkwatch.judge.interface import InterfaceJudge
from linkwatch.judge.month import month_of
from linkwatch.model.boost import Evidence
from linkwatch.model.conference import Attendance, Conference, Phase
from linkwatch.model.finding import Family
from linkwatch.model.journal import Restored, Traced
from linkwatch.model.moment import Moment
from linkwatch.runtime.faults import found
from linkwatch.runtime.state import Effects, State


def look_ahead(state: State, now: Moment, effects: Effects) -> None:
    """A conference within 24 h demands what was promised; a boost that is over ends its fault."""
    for conference in state.inventory.conferences.values():
        if windows.phase(conference, now.wall) is not Phase.NONE:
            for attendance in conference.sites:
                _demand(state, conference, attendance, now, effects)
    for incident in list(state.open_incidents()):
        link = incident.subject.link
        if incident.family is Family.BANDWIDTH and link in state.judges:
            _review(state, state.judges[link].interface, now, effects)


def vouched(state: State, evidence: Evidence, now: Moment, effects: Effects) -> None:
    """Somebody says what a link really carries."""
    judge = state.judges.get(evidence.link)
    if judge is None:
        return
    judge.interface.boost.note(evidence)
    effects.records.append(Traced(evidence))
    effects.touched.add(evidence.link)
    _review(state, judge.interface, now, effects)


def remember(state: State, restored: Restored, now: Moment) -> None:
    """Take up what an earlier run knew of boosts, the month's load and usual delays."""
    for evidence in restored.evidence:
        judge = state.judges.get(evidence.link)
        if judge is not None:
            judge.interface.boost.note(evidence)
    for usual in restored.usual:
        judge = state.judges.get(usual.link)
        if judge is not None:
            judge.remember(usual, now.wall.astimezone(state.inventory.timezone))
    month = month_of(now.wall, state.inventory.timezone)
    for load in restored.loads:
        judge = state.judges.get(load.link)
        if judge is not None:
            judge.interface.month.restore(load, month)


def _demand(
    state: State,
    conference: Conference,
    attendance: Attendance,
    now: Moment,
    effects: Effects,
) -> None:
    due = windows.Due(conference, windows.phase(conference, now.wall), attendance)
    for link in state.links_of.get(attendance.site, ()):
        interface = state.judges[link].interface
        if due.uses(link) and interface.boost.demand(interface.link, now.wall):
            _review(state, interface, now, effects)


def _review(state: State, interface: InterfaceJudge, now: Moment, effects: Effects) -> None:
    for finding in interface.review(now):
        effects.touched.add(interface.link.id)
        found(state, finding, now, effects)
