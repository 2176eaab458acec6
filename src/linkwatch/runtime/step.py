"""The turn: an event and the state in, decisions out. Synchronous; time is an argument.

Nothing here waits, reads a clock or sends. `step` and `advance` change the state they are given,
which belongs to one engine alone, and return what is to be written and carried out.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from linkwatch.conference import windows
from linkwatch.incident import lifecycle
from linkwatch.incident.lifecycle import Change
from linkwatch.model.finding import Family, Finding
from linkwatch.model.ids import IncidentId, SiteId
from linkwatch.model.incident import Incident, TimelineEntry
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Enqueue, Note, Restored, SaveIncident, Verified
from linkwatch.model.measurement import PollResult, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.priority import Priority
from linkwatch.model.thresholds import Severity
from linkwatch.runtime.state import Effects, ProbeNow, State
from linkwatch.runtime.telling import tell

CONFIRM_SPACING = 0.25
"""Seconds between the probes that settle a doubt: fast, yet four of them outlast a short burst."""
CALENDAR_CHECK = timedelta(minutes=1)
"""Opening hours and clock changes are looked at this often."""


@dataclass(frozen=True, slots=True)
class Probed:
    """Probes that ended in one tick."""

    results: Sequence[ProbeResult]


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


Event = Probed | Polled | Reloaded | Recovered | Numbered


def step(state: State, event: Event, now: Moment) -> Effects:
    """Take one event."""
    effects = Effects()
    match event:
        case Probed(results):
            _probed(state, results, now, effects)
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
    _announce(state, now, effects)
    return effects


def advance(state: State, now: Moment) -> Effects:
    """Everything that time alone has made due."""
    effects = Effects()
    for link in state.silent(now):
        for finding in state.judges[link].advance(now):
            effects.touched.add(link)
            _found(state, finding, now, effects)
    if state.calendar_due is None or now.wall >= state.calendar_due:
        for incident in list(state.open_incidents()):
            _reprioritise(state, incident, now, effects)
        edge = windows.next_change(state.inventory.conferences.values(), now.wall)
        check = now.wall + CALENDAR_CHECK
        state.calendar_due = min(edge, check) if edge else check
        state.forget_closed(state.stable_since(now.wall))
    _announce(state, now, effects)
    return effects


def next_due(state: State, now: Moment) -> float:
    """When `advance` has something to do if nothing happens until then (monotonic s)."""
    dues = [state.silence[0][0]] if state.silence else []
    dues += [
        now.monotonic + (incident.announce_at - now.wall).total_seconds()
        for incident in state.open_incidents()
        if incident.announced_at is None and incident.priority is not Priority.P4
    ]
    if state.calendar_due is not None:
        dues.append(now.monotonic + (state.calendar_due - now.wall).total_seconds())
    return min(dues, default=math.inf)


def _probed(state: State, results: Sequence[ProbeResult], now: Moment, effects: Effects) -> None:
    for result in results:
        judge = state.judges.get(result.link)
        if judge is None:
            continue
        effects.touched.add(result.link)
        for finding in judge.take(result, now):
            _found(state, finding, now, effects)
        count = judge.in_doubt(result)
        if count:
            effects.probes.append(ProbeNow(result.link, count, CONFIRM_SPACING))
        _verify(state, result, now, effects)


def _verify(state: State, result: ProbeResult, now: Moment, effects: Effects) -> None:
    judge = state.judges[result.link]
    targets = judge.link.targets
    if not result.outcome.tells or result.target >= len(targets):
        return
    address = targets[result.target].address
    if (result.link, address) not in state.verified and judge.is_target_verified(address):
        state.verified.add((result.link, address))
        effects.records.append(Verified(result.link, address, now.wall))


def _polled(state: State, result: PollResult, now: Moment, effects: Effects) -> None:
    if result.router not in state.inventory.routers:
        return
    state.polls[result.router] = result
    for sample in result.samples:
        judge = state.judges.get(sample.link)
        if judge is None:
            continue
        state.samples[sample.link] = sample
        effects.touched.add(sample.link)
        for finding in judge.take_sample(sample, now):
            _found(state, finding, now, effects)


def _reloaded(state: State, inventory: Inventory, now: Moment, effects: Effects) -> None:
    state.adopt(inventory, now)
    effects.touched.update(inventory.links)
    for incident in list(state.open_incidents()):
        judge = state.judges.get(incident.link)
        if judge is None or incident.family not in judge.families:
            _apply(state, lifecycle.withdraw(incident, now.wall), now, effects)
        else:
            _reprioritise(state, incident, now, effects)


def _recovered(state: State, restored: Restored, now: Moment, effects: Effects) -> None:
    state.verified |= restored.verified
    state.adopt(state.inventory, now)
    effects.touched.update(state.inventory.links)
    for incident in (*restored.recent_incidents, *restored.open_incidents):
        state.keep(incident)
    for incident in restored.open_incidents:
        judge = state.judges.get(incident.link)
        if judge is None or incident.family not in judge.families:
            _apply(state, lifecycle.withdraw(incident, now.wall), now, effects)
        else:
            judge.restore(_standing(incident), now)


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
    link = state.judges[finding.link].link
    around = state.around(link.site, link.id, now.wall)
    hold, wall = state.inventory.hold, now.wall
    is_open = incident is not None and not incident.status.is_closed
    if finding.severity is Severity.OK:
        if incident is not None and is_open:
            _apply(state, lifecycle.resolve(incident, finding.started_at, wall), now, effects)
    elif incident is not None and is_open:
        change = lifecycle.worsen_or_ease(incident, finding, around, hold, wall)
        _apply(state, change, now, effects)
    elif incident is not None and lifecycle.may_reopen(
        incident, wall, state.inventory.flapping.stable
    ):
        _apply(state, lifecycle.reopen(incident, finding, around, hold, wall), now, effects)
        effects.detected.append((wall - finding.started_at).total_seconds())
    elif state.numbers:
        number = IncidentId(f"LW-{state.numbers.popleft():06d}")
        change = lifecycle.open_incident(
            number,
            finding,
            link,
            around,
            hold=hold,
            escalation=state.inventory.escalation,
            now=wall,
        )
        _apply(state, change, now, effects)
        effects.detected.append((wall - finding.started_at).total_seconds())
    else:
        state.waiting[key] = finding
    if finding.family is Family.QUALITY:
        _neighbours(state, link.site, key, now, effects)


def _neighbours(
    state: State, site: SiteId, key: tuple[Family, str], now: Moment, effects: Effects
) -> None:
    """A link that goes or comes changes what its neighbours' faults mean: cut off, or not."""
    for incident in list(state.open_incidents()):
        if incident.site == site and incident.key != key:
            _reprioritise(state, incident, now, effects)


def _reprioritise(state: State, incident: Incident, now: Moment, effects: Effects) -> None:
    judge = state.judges.get(incident.link)
    if judge is None:
        return
    around = state.around(judge.link.site, incident.link, now.wall)
    change = lifecycle.reprioritise(incident, around, state.inventory.hold, now.wall)
    if change.incident is not incident:
        _apply(state, change, now, effects)


def _announce(state: State, now: Moment, effects: Effects) -> None:
    for incident in list(state.open_incidents()):
        change = lifecycle.announce(incident, now.wall)
        if change is not None:
            _apply(state, change, now, effects)


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
    state.keep(incident)


def _entry(incident: Incident, at: datetime, change: Change) -> TimelineEntry:
    return TimelineEntry(incident.id, at, change.what, change.detail)
