"""A fault and its incident: what a finding makes of it, and what time does.

Each function changes the state it is given and adds to the effects of the turn.
"""

from linkwatch.incident import lifecycle, reach
from linkwatch.incident.home import Home, last_known
from linkwatch.incident.lifecycle import Change
from linkwatch.incident.maintenance import as_heard
from linkwatch.model.finding import Family, Finding
from linkwatch.model.ids import IncidentId, SiteId
from linkwatch.model.incident import Incident
from linkwatch.model.moment import Moment
from linkwatch.model.thresholds import Severity
from linkwatch.oncall.progress import follow
from linkwatch.oncall.row import first_word_at
from linkwatch.runtime.blaming import blame
from linkwatch.runtime.causing import Course, clear, concerns, take
from linkwatch.runtime.keeping import keep, reaches_far
from linkwatch.runtime.state import Detected, Effects, State
from linkwatch.runtime.telling import tell

ASLEEP = 60.0
"""s until it is looked at again whether the table's hours let anybody be told."""

_WORSE = frozenset({"reopened", "raised"})


def found(state: State, finding: Finding, now: Moment, effects: Effects) -> None:
    """Take a finding: what something else explains, or may, goes no further."""
    if concerns(finding):
        if finding.severity is Severity.OK:
            clear(state, finding.key, now)
        else:
            accuse(state, finding, now, effects)
            if take(state, finding, now, effects) is not Course.OWN:
                return
    enter(state, finding, now, effects)


def accuse(state: State, finding: Finding, now: Moment, effects: Effects) -> None:
    """Find what it passes at fault, where that loses as much."""
    for above in blame(state, finding, now):
        if above.subject.link is not None:
            effects.touched.add(above.subject.link)
        found(state, above, now, effects)


def enter(state: State, finding: Finding, now: Moment, effects: Effects) -> None:
    """Take a finding that is a fault of its own, or over."""
    key = finding.key
    state.waiting.pop(key, None)
    incident, home = state.incident(key), state.home(*key)
    if home is None and incident is not None and finding.severity is Severity.OK:
        home = last_known(incident)
    if home is None:
        return
    is_open = incident is not None and not incident.status.is_closed
    if finding.severity is Severity.OK:
        if incident is not None and is_open:
            _well(state, incident, finding, home, now=now, effects=effects)
    elif incident is not None and (
        is_open or lifecycle.may_reopen(incident, now.wall, state.inventory.flapping)
    ):
        _bad_still(state, incident, finding, home, now=now, effects=effects)
    elif state.numbers:
        _bad_anew(state, finding, home, now, effects)
    else:
        state.waiting[key] = finding
    if finding.family is Family.QUALITY:
        _neighbours(state, home.site, finding, now, effects)


def _well(
    state: State,
    incident: Incident,
    finding: Finding,
    home: Home,
    *,
    now: Moment,
    effects: Effects,
) -> None:
    around, rule = state.around(finding.subject, home, now.wall), state.inventory.flapping
    change = lifecycle.resolve(incident, finding.started_at, around, rule, now.wall)
    apply(state, change, now, effects)


def _bad_still(
    state: State,
    incident: Incident,
    finding: Finding,
    home: Home,
    *,
    now: Moment,
    effects: Effects,
) -> None:
    around, hold = state.around(finding.subject, home, now.wall), state.inventory.hold
    if incident.resolved_at is None and incident.good_since is None:
        change = lifecycle.worsen_or_ease(incident, finding, around, hold, now.wall)
    else:
        rule = state.inventory.flapping
        change = lifecycle.bad_again(
            incident, finding, home, around, hold=hold, rule=rule, now=now.wall
        )
        effects.detected.append(_detected(incident.id, finding, now))
    apply(state, change, now, effects)
    if change.what in _WORSE:
        effects.worsened.append(incident.id)


def _bad_anew(state: State, finding: Finding, home: Home, now: Moment, effects: Effects) -> None:
    change = lifecycle.open_incident(
        IncidentId(f"LW-{state.numbers.popleft():06d}"),
        finding,
        home,
        state.around(finding.subject, home, now.wall),
        hold=state.inventory.hold,
        escalation=state.inventory.escalation,
        now=now.wall,
    )
    effects.detected.append(_detected(change.incident.id, finding, now))
    apply(state, change, now, effects)
    effects.worsened.append(change.incident.id)


def _detected(number: IncidentId, finding: Finding, now: Moment) -> Detected:
    return Detected(number, (now.wall - finding.started_at).total_seconds())


def _neighbours(
    state: State, site: SiteId, finding: Finding, now: Moment, effects: Effects
) -> None:
    """A link that goes or comes changes what its neighbours' faults mean: cut off, or not."""
    for number in sorted(state.open_at.get(site, ())):
        incident = state.incidents[number]
        if incident.key != finding.key:
            reprioritise(state, incident, now, effects)


def reprioritise(state: State, incident: Incident, now: Moment, effects: Effects) -> None:
    home = state.home(*incident.key)
    if incident.status.is_closed or home is None:
        return
    around = state.around(incident.subject, home, now.wall)
    change = lifecycle.reprioritise(incident, around, state.inventory.hold, now.wall)
    if change.incident is not incident:
        apply(state, change, now, effects)


def come_due(state: State, now: Moment, effects: Effects) -> None:
    """Holds that are over, and flapping faults that have stayed well."""
    for incident in state.due(now):
        if incident.good_since is not None:
            apply(state, lifecycle.settle(incident, now.wall), now, effects)
            continue
        first_word = first_word_at(incident, state.inventory.timezone, now.wall)
        if first_word is None or first_word <= now.wall:
            apply(state, lifecycle.announce(incident, now.wall), now, effects)
        else:
            wait = (first_word - now.wall).total_seconds()
            state.timers.wait(incident.id, min(wait, ASLEEP), now)


def apply(state: State, change: Change, now: Moment, effects: Effects) -> None:
    """Write down what became of an incident, and the messages that tell it."""
    before = state.incidents.get(change.incident.id)
    change, on_work = state.works.weigh(before, reach.unsaid(before, change), now.wall)
    incident = follow(
        as_heard(before),
        change.incident,
        change.event,
        zone=state.inventory.timezone,
        wide=reaches_far(state, change.incident),
        now=now.wall,
    )
    telling = tell(state, incident, change.event, now.wall) if change.event else None
    keep(
        state,
        telling.incident if telling else incident,
        [*([(change.what, change.detail)] if change.what else []), *on_work],
        [telling] if telling else [],
        now=now,
        effects=effects,
    )
