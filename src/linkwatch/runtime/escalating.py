"""The escalation's turn: what is due is told, and what is counted keeps its pace."""

from linkwatch.model.incident import Incident
from linkwatch.model.moment import Moment
from linkwatch.oncall.plan import plan
from linkwatch.oncall.progress import shift
from linkwatch.runtime.keeping import keep, reaches_far, watch
from linkwatch.runtime.state import Effects, State
from linkwatch.runtime.telling import Telling, say

CLOCK_WAS_SET = 1.0
"""s by which the clocks drift apart between two turns only where one of them is set."""


def escalate(state: State, now: Moment, effects: Effects) -> None:
    """Everything that is due for any incident."""
    for number in state.escalations.due(now):
        incident = state.incidents.get(number)
        if incident is not None:
            _look(state, incident, now, effects)


def _look(state: State, incident: Incident, now: Moment, effects: Effects) -> None:
    found = plan(incident, state.book, wide=reaches_far(state, incident), now=now.wall)
    after, tellings = found.incident, list[Telling]()
    for tell in found.tells:
        telling = say(state, after, tell.event, tell.people, now=now.wall)
        after = telling.incident
        tellings.append(telling)
    if after == incident:
        watch(state, incident, now)
        return
    notes = [(note.what, note.detail) for note in found.notes]
    keep(state, after, notes, tellings, now=now, effects=effects)


def follow_clock(state: State, now: Moment, effects: Effects) -> None:
    """A wall clock that is set moves what is counted along: nobody is told sooner or later.

    What stands in a calendar is looked at anew.
    """
    apart = now.wall.timestamp() - now.monotonic
    before, state.clocks_apart = state.clocks_apart, apart
    moved = apart - before if before is not None else 0.0
    if abs(moved) < CLOCK_WAS_SET:
        return
    state.calendar_due = now.monotonic
    for account in state.accounts.values():
        account.shift(moved)
    state.lost.shift(moved)
    for incident in list(state.open_incidents()):
        shifted = shift(incident, moved)
        if shifted != incident:
            keep(state, shifted, [], [], now=now, effects=effects)
