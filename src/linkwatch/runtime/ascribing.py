"""At the end of a turn: faults that waited are settled, groups form and end, causes are retold.

Each function changes the state it is given and adds to the effects of the turn.
"""

from collections.abc import Iterator

from linkwatch.incident import reach
from linkwatch.incident.home import Home
from linkwatch.model.finding import Finding, Kind
from linkwatch.model.incident import Incident
from linkwatch.model.moment import Moment
from linkwatch.runtime.causes import IncidentKey
from linkwatch.runtime.causing import (
    Course,
    explain,
    explanation,
    stand_alone,
    waits_on,
    weigh,
)
from linkwatch.runtime.faults import accuse, apply, enter
from linkwatch.runtime.grouping import ended, formed
from linkwatch.runtime.own_uplinks import answers_meanwhile, hidden_by
from linkwatch.runtime.sparing import follows_late
from linkwatch.runtime.state import Effects, State

SETTLED = 5.0
"""s without another that came to it, and a cause has reached as far as it does."""
REVIEW = 0.5
"""s between two looks at lossy and late lines that wait: they may be thousands."""


def ascribe(state: State, now: Moment, effects: Effects) -> None:
    """Decide what can be decided of the faults that were not anybody's yet."""
    causes = state.causes
    if causes.moved or causes.held or causes.next_due <= now.monotonic:
        causes.moved = False
        for finding in ended(state, now):
            enter(state, finding, now, effects)
        for finding in formed(state, now):
            enter(state, finding, now, effects)
        _weigh_again(state, now, effects)
    if causes.joined:
        _attach(state, now, effects)
    if causes.next_due > now.monotonic:
        return
    for key in _waited(state, now):
        _alone(state, causes.bad[key], now, effects)
    _attach(state, now, effects)
    for key in list(causes.looks.pass_by(now.monotonic)):
        _retell(state, key, now, effects)


def _waited(state: State, now: Moment) -> Iterator[IncidentKey]:
    """What has waited for as long as it may."""
    causes = state.causes
    for key in list(causes.held.pass_by(now.monotonic)):
        if not waits_on(state, key) and not answers_meanwhile(state, key, now):
            yield key
    for key in list(causes.spared.pass_by(now.monotonic)):
        uplink = hidden_by(state, key[1].link) if key[1].link is not None else None
        if uplink is not None:
            explain(state, key, uplink, now)
        elif not follows_late(state, key, now):
            yield key


def _weigh_again(state: State, now: Moment, effects: Effects) -> None:
    causes = state.causes
    is_time = now.monotonic - causes.reviewed_at >= REVIEW
    if is_time:
        causes.reviewed_at = now.monotonic
    for key in list(causes.held):
        if key in causes.held:
            finding = causes.bad[key]
            if finding.kind is not Kind.DOWN and not is_time:
                continue
            accuse(state, finding, now, effects)
            if weigh(state, finding, now, effects) is Course.OWN:
                _own(state, finding, now, effects)


def _alone(state: State, finding: Finding, now: Moment, effects: Effects) -> None:
    """It need not wait any longer."""
    if finding.subject.link is not None:
        effects.touched.add(finding.subject.link)
    cause = explanation(state, finding, now)
    if cause is not None:
        explain(state, finding.key, cause, now)
        return
    stand_alone(state, finding, now)
    _own(state, finding, now, effects)


def _own(state: State, finding: Finding, now: Moment, effects: Effects) -> None:
    incident = state.incident(finding.key)
    if incident is not None and not incident.status.is_closed and incident.caused_by is not None:
        home = state.home(*finding.key)
        if home is not None:
            around = state.around(finding.subject, home, now.wall)
            change = reach.detach(incident, around, state.inventory.hold)
            apply(state, change, now, effects)
    enter(state, finding, now, effects)


def _attach(state: State, now: Moment, effects: Effects) -> None:
    """Incidents that were open when something came to explain them say no more."""
    joined, state.causes.joined = state.causes.joined, []
    for key in joined:
        effect, root = state.incident(key), state.causes.cause(key)
        if effect is None or effect.status.is_closed or root is None:
            continue
        cause = state.incident(root)
        if cause is not None and effect.caused_by != cause.id:
            apply(state, reach.attach(effect, cause.id), now, effects)


def _retell(state: State, key: IncidentKey, now: Moment, effects: Effects) -> None:
    """Bring the incident of a cause up to date with all that it explains."""
    cause = state.incident(key)
    if cause is None or cause.status.is_closed:
        return
    home = state.home(*key)
    if home is not None:
        _spread(state, cause, home, now, effects)


def _spread(state: State, cause: Incident, home: Home, now: Moment, effects: Effects) -> None:
    since = now.monotonic - state.causes.grown.get(cause.key, now.monotonic)
    around, hold = state.around(cause.subject, home, now.wall), state.inventory.hold
    change = reach.spread(cause, home, around, hold, now.wall, settled=since >= SETTLED)
    if change.incident != cause:
        apply(state, change, now, effects)
    if since < SETTLED:
        causes = state.causes
        causes.looks.set(cause.key, now.monotonic + SETTLED - since)
