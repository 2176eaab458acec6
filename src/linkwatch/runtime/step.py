"""The turn: an event and the state in, decisions out. Synchronous; time is an argument.

Nothing here waits, reads a clock or sends. `step` and `advance` change the state they are given,
which belongs to one engine alone, and return what is to be written and carried out.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linkwatch.conference import windows
from linkwatch.incident import lifecycle
from linkwatch.incident.lifecycle import Change
from linkwatch.judge.link import LinkJudge
from linkwatch.model.finding import Family, Finding
from linkwatch.model.ids import IncidentId, LinkId, RouterId
from linkwatch.model.incident import Incident, TimelineEntry
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Enqueue, Note, Restored, SaveIncident, Verified
from linkwatch.model.measurement import Overdue, PollOutcome, PollResult, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.thresholds import Severity
from linkwatch.runtime.state import Effects, ProbeNow, State
from linkwatch.runtime.telling import is_awake, tell

CONFIRM_SPACING = 0.25
CONFIRM_PROBES = 5
"""Probes that settle a doubt, and the s between them: together they outlast a short stall."""
CALENDAR_CHECK = 60.0
"""s between two looks at the calendar at most: opening hours change, and clocks are set."""
SILENT_POLLS = 3
"""Polls in a row without an answer after which a router's figures are not known any more."""


@dataclass(frozen=True, slots=True)
class Probed:
    """Probes that ended in one tick."""

    results: Sequence[ProbeResult]


@dataclass(frozen=True, slots=True)
class Suspected:
    """Replies that are overdue."""

    overdue: Sequence[Overdue]


@dataclass(frozen=True, slots=True)
class Polled:
    """A router was asked."""

    result: PollResult


@dataclass(frozen=True, slots=True)
class Reloaded:
    """A new configuration is in force."""

    inventory: Inventory


@dataclass(frozen=True, slots=True)
class Recovered:
    """What an earlier run left in the store; the first event of all."""

    restored: Restored


@dataclass(frozen=True, slots=True)
class Numbered:
    """Incident numbers were reserved in the store."""

    numbers: range


Event = Probed | Suspected | Polled | Reloaded | Recovered | Numbered


def step(state: State, event: Event, now: Moment) -> Effects:
    """Take one event."""
    effects = Effects()
    match event:
        case Probed(results):
            _probed(state, results, now, effects)
        case Suspected(overdue):
            _suspected(state, overdue, now, effects)
        case Polled(result):
            _polled(state, result, now, effects)
        case Reloaded(inventory):
            _reloaded(state, inventory, now, effects)
        case Recovered(restored):
            _recovered(state, restored, now, effects)
        case Numbered(numbers):
            state.numbers.extend(numbers)
            waiting, state.waiting = state.waiting, {}
            for finding in waiting.values():
                _found(state, finding, now, effects)
    _come_due(state, now, effects)
    return effects


def advance(state: State, now: Moment) -> Effects:
    """Everything that time alone has made due."""
    effects = Effects()
    for link in state.silent(now):
        for finding in state.judges[link].advance(now):
            effects.touched.add(link)
            _found(state, finding, now, effects)
    if now.monotonic >= state.calendar_due:
        for incident in list(state.open_incidents()):
            _reprioritise(state, incident, now, effects)
        state.calendar_due = now.monotonic + _until_calendar(state, now)
        state.forget_closed(state.stable_since(now.wall))
    _come_due(state, now, effects)
    return effects


def next_due(state: State) -> float:
    """When `advance` has something to do if nothing happens until then (monotonic s)."""
    dues = [heap[0][0] for heap in (state.silence, state.timers) if heap]
    return min(*dues, state.calendar_due, math.inf)


def _until_calendar(state: State, now: Moment) -> float:
    edge = windows.next_change(state.inventory.conferences.values(), now.wall)
    if edge is None:
        return CALENDAR_CHECK
    return min(CALENDAR_CHECK, (edge - now.wall).total_seconds())


def _probed(state: State, results: Sequence[ProbeResult], now: Moment, effects: Effects) -> None:
    for result in results:
        judge = state.judges.get(result.link)
        if judge is None:
            continue
        effects.touched.add(result.link)
        for finding in judge.take(result, now):
            _found(state, finding, now, effects)
        _look_closer(judge, effects)
        _verify(state, result, now, effects)


def _suspected(state: State, overdue: Sequence[Overdue], now: Moment, effects: Effects) -> None:
    for one in overdue:
        judge = state.judges.get(one.link)
        if judge is None:
            continue
        for finding in judge.suspect(one, now):
            effects.touched.add(one.link)
            _found(state, finding, now, effects)
        _look_closer(judge, effects)


def _look_closer(judge: LinkJudge, effects: Effects) -> None:
    count = judge.doubt()
    if count:
        probes = max(count, CONFIRM_PROBES)
        effects.probes.append(ProbeNow(judge.link.id, probes, CONFIRM_SPACING))


def _verify(state: State, result: ProbeResult, now: Moment, effects: Effects) -> None:
    judge = state.judges[result.link]
    targets = judge.link.targets
    if not result.outcome.tells or result.target >= len(targets):
        return
    address = targets[result.target].address
    known = state.verified.setdefault(result.link, set())
    if address not in known and judge.is_target_verified(address):
        known.add(address)
        effects.records.append(Verified(result.link, address, now.wall))


def _polled(state: State, result: PollResult, now: Moment, effects: Effects) -> None:
    if result.router not in state.inventory.routers:
        return
    state.polls[result.router] = result
    state.unanswered[result.router] += 1
    if result.outcome is PollOutcome.OK:
        state.unanswered[result.router] = 0
    elif state.unanswered[result.router] == SILENT_POLLS:
        _lose_sight(state, result.router, effects)
    for sample in result.samples:
        judge = state.judges.get(sample.link)
        if judge is None:
            continue
        state.samples[sample.link] = sample
        effects.touched.add(sample.link)
        for finding in judge.take_sample(sample, now):
            _found(state, finding, now, effects)


def _lose_sight(state: State, router: RouterId, effects: Effects) -> None:
    for link, judge in state.judges.items():
        if judge.link.interface is not None and judge.link.interface.router == router:
            judge.lose_sight()
            state.samples.pop(link, None)
            effects.touched.add(link)


def _reloaded(state: State, inventory: Inventory, now: Moment, effects: Effects) -> None:
    state.adopt(inventory, now)
    effects.touched.update(inventory.links)
    for incident in list(state.open_incidents()):
        if not _is_watched(state, incident):
            _apply(state, lifecycle.withdraw(incident, now.wall), now, effects)
            continue
        moved = lifecycle.rehome(incident, inventory.links[incident.link])
        if moved.what:
            _apply(state, moved, now, effects)
        _reprioritise(state, state.incidents[incident.id], now, effects)


def _recovered(state: State, restored: Restored, now: Moment, effects: Effects) -> None:
    for link, address in restored.verified:
        state.verified.setdefault(link, set()).add(address)
    state.adopt(state.inventory, now)
    for incident in (*restored.recent_incidents, *restored.open_incidents):
        state.keep(incident, now)
    for incident in restored.open_incidents:
        # A flapping one that is quiet stands on nothing: its next fault is news to the judge.
        if _is_watched(state, incident) and incident.good_since is None:
            state.judges[incident.link].restore(_standing(incident), now)
    # What the configuration has changed meanwhile is a reload that nobody saw.
    _reloaded(state, state.inventory, now, effects)


def _is_watched(state: State, incident: Incident) -> bool:
    judge = state.judges.get(incident.link)
    if judge is None or incident.family not in judge.families:
        return False
    reference = judge.link.interface
    if incident.family is not Family.UTILISATION or reference is None:
        return True
    return state.inventory.routers[reference.router].snmp is not None


def _standing(incident: Incident) -> Finding:
    return Finding(
        incident.link,
        incident.family,
        incident.severity,
        incident.started_at,
        incident.kind,
        incident.measured,
        incident.threshold,
        incident.direction,
        incident.evidence,
    )


def _found(state: State, finding: Finding, now: Moment, effects: Effects) -> None:
    key = (finding.family, finding.link)
    state.waiting.pop(key, None)
    incident = state.incident(key)
    is_open = incident is not None and not incident.status.is_closed
    if finding.severity is Severity.OK:
        if incident is not None and is_open:
            _well(state, incident, finding, now, effects)
    elif incident is not None and (
        is_open or lifecycle.may_reopen(incident, now.wall, state.inventory.flapping)
    ):
        _bad_still(state, incident, finding, now, effects)
    elif state.numbers:
        _bad_anew(state, finding, now, effects)
    else:
        state.waiting[key] = finding
    if finding.family is Family.QUALITY:
        _neighbours(state, finding.link, now, effects)


def _well(
    state: State, incident: Incident, finding: Finding, now: Moment, effects: Effects
) -> None:
    rule = state.inventory.flapping
    _apply(state, lifecycle.resolve(incident, finding.started_at, rule, now.wall), now, effects)


def _bad_still(
    state: State, incident: Incident, finding: Finding, now: Moment, effects: Effects
) -> None:
    around, hold = state.around(finding.link, now.wall), state.inventory.hold
    if incident.resolved_at is None and incident.good_since is None:
        change = lifecycle.worsen_or_ease(incident, finding, around, hold, now.wall)
    else:
        rule, link = state.inventory.flapping, state.judges[finding.link].link
        change = lifecycle.bad_again(
            incident, finding, link, around, hold=hold, rule=rule, now=now.wall
        )
        effects.detected.append((now.wall - finding.started_at).total_seconds())
    _apply(state, change, now, effects)


def _bad_anew(state: State, finding: Finding, now: Moment, effects: Effects) -> None:
    change = lifecycle.open_incident(
        IncidentId(f"LW-{state.numbers.popleft():06d}"),
        finding,
        state.judges[finding.link].link,
        state.around(finding.link, now.wall),
        hold=state.inventory.hold,
        escalation=state.inventory.escalation,
        now=now.wall,
    )
    effects.detected.append((now.wall - finding.started_at).total_seconds())
    _apply(state, change, now, effects)


def _neighbours(state: State, link: LinkId, now: Moment, effects: Effects) -> None:
    """A link that goes or comes changes what its neighbours' faults mean: cut off, or not."""
    site = state.judges[link].link.site
    for number in sorted(state.open_at.get(site, ())):
        incident = state.incidents[number]
        if incident.key != (Family.QUALITY, link):
            _reprioritise(state, incident, now, effects)


def _reprioritise(state: State, incident: Incident, now: Moment, effects: Effects) -> None:
    if incident.status.is_closed or incident.link not in state.judges:
        return
    around = state.around(incident.link, now.wall)
    change = lifecycle.reprioritise(incident, around, state.inventory.hold, now.wall)
    if change.incident is not incident:
        _apply(state, change, now, effects)


def _come_due(state: State, now: Moment, effects: Effects) -> None:
    """Holds that are over, and flapping faults that have stayed well."""
    for incident in state.due(now):
        if incident.good_since is not None:
            _apply(state, lifecycle.settle(incident, now.wall), now, effects)
        elif is_awake(state, incident, now.wall):
            _apply(state, lifecycle.announce(incident, now.wall), now, effects)
        else:
            state.wait(incident, CALENDAR_CHECK, now)


def _apply(state: State, change: Change, now: Moment, effects: Effects) -> None:
    """Write down what became of an incident, and the messages that tell it."""
    incident = change.incident
    telling = tell(state, incident, change.event, now.wall) if change.event else None
    incident = telling.incident if telling else incident
    effects.records.append(SaveIncident(incident))
    if change.what:
        effects.records.append(Note(_entry(incident, now.wall, change)))
    if telling is not None:
        effects.records.extend(Note(note) for note in telling.notes)
        effects.records.extend(Enqueue(notification) for notification in telling.notifications)
    state.keep(incident, now)


def _entry(incident: Incident, at: datetime, change: Change) -> TimelineEntry:
    return TimelineEntry(incident.id, at, change.what, change.detail)
