"""The turn: an event and the state in, decisions out. Synchronous; time is an argument.

Nothing here waits, reads a clock or sends. `step` and `advance` change the state they are given,
which belongs to one engine alone, and return what is to be written and carried out.
"""

from collections.abc import Sequence

from linkwatch.conference import windows
from linkwatch.incident import lifecycle
from linkwatch.judge.link import LinkJudge
from linkwatch.model.coverage import duty_of
from linkwatch.model.finding import Family, Finding
from linkwatch.model.incident import Incident
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Restored, SaveUsual, Verified
from linkwatch.model.measurement import Outcome, Overdue, ProbeResult
from linkwatch.model.moment import Moment
from linkwatch.model.subject import SubjectKind
from linkwatch.model.uplink import Sensings
from linkwatch.runtime import accounting, losing, maintaining
from linkwatch.runtime.answering import close, take_up, turn_down
from linkwatch.runtime.ascribing import ascribe
from linkwatch.runtime.boosts import look_ahead, remember, vouched
from linkwatch.runtime.causing import note
from linkwatch.runtime.escalating import escalate, follow_clock
from linkwatch.runtime.events import (
    Asked,
    ChannelsLookedAt,
    CloseAsked,
    DeclineAsked,
    Event,
    Numbered,
    Polled,
    Probed,
    Recovered,
    Reloaded,
    RostersLookedAt,
    Sensed,
    Suspected,
    SwapAsked,
    SwapTakenBack,
    TakeAsked,
    TraceEnded,
    Undelivered,
    Vouched,
    WorkAccepted,
    WorkAsked,
    WorkEnded,
)
from linkwatch.runtime.excusing import follow_uplinks, forget_uplinks
from linkwatch.runtime.faults import apply, come_due, found, reprioritise
from linkwatch.runtime.gathering import deliver, take_up_post
from linkwatch.runtime.handing_on import hand_on
from linkwatch.runtime.keeping import watch_all
from linkwatch.runtime.locating import follow, locate, survey, traced
from linkwatch.runtime.manning import looked_at
from linkwatch.runtime.muteness import listened
from linkwatch.runtime.own_uplinks import next_look, restore
from linkwatch.runtime.polled import polled
from linkwatch.runtime.recalling import follow_causes, recall, recall_touched
from linkwatch.runtime.state import Effects, ProbeNow, State
from linkwatch.runtime.swapping import swap, take_back

CONFIRM_SPACING = 0.25
CONFIRM_PROBES = 5
"""Probes that settle a doubt, and the s between them: together they outlast a short stall."""
_READ = frozenset({Family.UTILISATION, Family.INTERFACE})
"""Families that take a router that may be asked."""
CALENDAR_CHECK = 60.0
"""s between two looks at the calendar at most: opening hours change, and clocks are set."""


def step(state: State, event: Event, now: Moment) -> Effects:
    """Take one event."""
    effects = Effects()
    follow_clock(state, now, effects)
    _look_at_calendar(state, now, effects)
    match event:
        case Probed(results):
            _probed(state, results, now, effects)
        case Suspected(overdue):
            _suspected(state, overdue, now, effects)
        case Polled(result):
            polled(state, result, now, effects)
        case Sensed(sensed):
            _sensed(state, sensed, now, effects)
        case TraceEnded(trace):
            traced(state, trace, now, effects)
        case Reloaded() | Recovered() | Numbered() | RostersLookedAt() | ChannelsLookedAt():
            _of_ourselves(state, event, now, effects)
        case Undelivered():
            hand_on(state, event, now, effects)
        case _:
            _asked(state, event, now, effects)
    follow_uplinks(state, now, effects)
    ascribe(state, now, effects)
    come_due(state, now, effects)
    escalate(state, now, effects)
    effects.records.extend(accounting.follow(state, effects.touched, now))
    losing.follow(state, effects, now)
    locate(state, effects)
    deliver(state, now, effects)
    return effects


def _of_ourselves(
    state: State,
    event: Reloaded | Recovered | Numbered | RostersLookedAt | ChannelsLookedAt,
    now: Moment,
    effects: Effects,
) -> None:
    """What has become of our own things."""
    match event:
        case Reloaded(inventory):
            _reloaded(state, inventory, now, effects)
        case Recovered(restored):
            _recovered(state, restored, now, effects)
        case RostersLookedAt(gaps):
            looked_at(state, gaps, now, effects)
        case ChannelsLookedAt(faults):
            listened(state, faults, now, effects)
        case Numbered(numbers):
            state.numbers.extend(numbers)
            waiting, state.waiting = state.waiting, {}
            for finding in waiting.values():
                found(state, finding, now, effects)


def _asked(state: State, event: Asked | Vouched, now: Moment, effects: Effects) -> None:
    match event:
        case SwapAsked():
            swap(state, event, now, effects)
            watch_all(state, now)
        case SwapTakenBack():
            take_back(state, event, now, effects)
            watch_all(state, now)
        case WorkAsked() | WorkAccepted() | WorkEnded():
            maintaining.take(state, event, now, effects)
        case TakeAsked():
            take_up(state, event, now, effects)
        case DeclineAsked():
            turn_down(state, event, now, effects)
        case CloseAsked():
            close(state, event, now, effects)
        case Vouched(evidence):
            vouched(state, evidence, now, effects)


def advance(state: State, now: Moment) -> Effects:
    """Everything that time alone has made due."""
    effects = Effects()
    follow_clock(state, now, effects)
    for link in state.silent(now):
        for finding in state.judges[link].advance(now):
            effects.touched.add(link)
            found(state, finding, now, effects)
    for judge in state.to_compare(now):
        usual = judge.compare(now.wall.astimezone(state.inventory.timezone))
        if usual is not None:
            effects.records.append(SaveUsual(usual))
    accounting.save(state, now, effects)
    _look_at_calendar(state, now, effects)
    survey(state, now, effects)
    follow_uplinks(state, now, effects)
    ascribe(state, now, effects)
    come_due(state, now, effects)
    escalate(state, now, effects)
    locate(state, effects)
    effects.records.extend(accounting.follow(state, effects.touched, now))
    losing.follow(state, effects, now, state.lost.in_turn(now))
    deliver(state, now, effects)
    return effects


def next_due(state: State) -> float:
    """When `advance` has something to do if nothing happens until then (monotonic s)."""
    dues = [heap[0][0] for heap in (state.silence, state.lessons, state.savings) if heap]
    timed = (state.timers.next, state.escalations.next, state.surveys.next, state.causes.next_due)
    post = state.post.next(state.inventory.messages_per_hour)
    return min(*dues, *timed, post, state.calendar_due, next_look(state))


def _look_at_calendar(state: State, now: Moment, effects: Effects) -> None:
    """A window has opened or closed, work begun or ended; or it is time to look whether."""
    if now.monotonic < state.calendar_due:
        return
    _keep_pace(state, now, effects)
    state.works.meet(now.wall)
    for incident in list(state.open_incidents()):
        reprioritise(state, incident, now, effects)
    look_ahead(state, now, effects)
    maintaining.look(state, now, effects)
    effects.records.extend(accounting.follow(state, tuple(state.unseen), now))
    state.calendar_due = now.monotonic + _until_calendar(state, now)
    state.forget_closed(state.stable_since(now.wall))
    watch_all(state, now)


def _keep_pace(state: State, now: Moment, effects: Effects) -> None:
    if state.keep_pace(now):
        effects.hurry = state.hurried


def _until_calendar(state: State, now: Moment) -> float:
    conferences = state.inventory.conferences.values()
    edges = (windows.next_change(conferences, now.wall), state.works.next_change(now.wall))
    waits = [(edge - now.wall).total_seconds() for edge in edges if edge is not None]
    return min((CALENDAR_CHECK, *waits))


def _probed(state: State, results: Sequence[ProbeResult], now: Moment, effects: Effects) -> None:
    judges = state.judges
    for result in results:
        judge = judges.get(result.link)
        if judge is None or judge.pass_by(result, now):
            continue
        findings = judge.take(result, now)
        if result.link in state.unseen:
            effects.touched.add(result.link)
        state.uplinks.ended(result)
        for finding in findings:
            effects.touched.add(result.link)
            found(state, finding, now, effects)
        note(state, judge, now, answered=result.outcome is Outcome.ANSWERED, effects=effects)
        _look_closer(judge, effects)
        _verify(state, judge, result, now, effects)


def _suspected(state: State, overdue: Sequence[Overdue], now: Moment, effects: Effects) -> None:
    for one in overdue:
        judge = state.judges.get(one.link)
        if judge is None:
            continue
        findings = judge.suspect(one, now)
        state.uplinks.overdue(one)
        for finding in findings:
            effects.touched.add(one.link)
            found(state, finding, now, effects)
        note(state, judge, now, answered=False, effects=effects)
        _look_closer(judge, effects)


def _sensed(state: State, sensed: Sensings, now: Moment, effects: Effects) -> None:
    state.uplinks.sensed(sensed)
    # What no uplink of ours is up for has no name either.
    if sensed.resolves is not None and not state.uplinks.is_any_dead:
        for finding in state.names.take(sensed.resolves, now):
            found(state, finding, now, effects)


def _look_closer(judge: LinkJudge, effects: Effects) -> None:
    count = judge.doubt()
    if count:
        probes = max(count, CONFIRM_PROBES)
        effects.probes.append(ProbeNow(judge.link.id, probes, CONFIRM_SPACING))


def _verify(
    state: State, judge: LinkJudge, result: ProbeResult, now: Moment, effects: Effects
) -> None:
    targets = judge.link.targets
    if result.outcome is not Outcome.ANSWERED or result.target >= len(targets):
        return
    address = targets[result.target].address
    known = state.verified.get(result.link)
    if known is not None and address in known:
        return
    if judge.is_target_verified(address):
        state.verified.setdefault(result.link, set()).add(address)
        effects.touched.add(result.link)
        effects.records.append(Verified(result.link, address, now.wall))


def _reloaded(state: State, inventory: Inventory, now: Moment, effects: Effects) -> None:
    accounting.settle(state, now)
    state.adopt(inventory, now)
    effects.records.extend(accounting.open_accounts(state, (), now))
    follow(state, now)
    follow_causes(state, now)
    forget_uplinks(state, now)
    _keep_pace(state, now, effects)
    effects.touched.update(inventory.links)
    for incident in list(state.open_incidents()):
        if not _is_watched(state, incident):
            apply(state, lifecycle.withdraw(incident, now.wall), now, effects)
            continue
        home = state.home(*incident.key)
        moved = lifecycle.rehome(incident, home) if home else None
        if moved is not None and moved.incident != incident:
            apply(state, moved, now, effects)
        reprioritise(state, state.incidents[incident.id], now, effects)
    maintaining.look(state, now, effects)
    watch_all(state, now)


def _recovered(state: State, restored: Restored, now: Moment, effects: Effects) -> None:
    for link, address in restored.verified:
        state.verified.setdefault(link, set()).add(address)
    state.last_swap = restored.last_swap
    state.keep_swaps(restored.swaps)
    state.last_work = restored.last_work
    state.keep_works(restored.works)
    state.adopt(state.inventory, now)
    effects.records.extend(accounting.open_accounts(state, restored.availability, now))
    remember(state, restored, now)
    for incident in (*restored.recent_incidents, *restored.open_incidents):
        state.keep(incident, now)
        duty = duty_of(incident.subject)
        if duty is not None and not incident.status.is_closed:
            state.gaps[duty] = incident.conference
    take_up_post(state, restored, now, effects)
    for incident in restored.open_incidents:
        # A flapping one that is quiet stands on nothing: its next fault is news to the judge.
        if incident.good_since is None:
            recall(state, incident, _standing(incident), now)
        if _is_watched(state, incident) and incident.good_since is None:
            state.restore(_standing(incident), now)
            restore(state, _standing(incident), now)
    for incident in restored.open_incidents:
        recall_touched(state, incident, now)
    # What the configuration has changed meanwhile is a reload that nobody saw.
    _reloaded(state, state.inventory, now, effects)


def _is_watched(state: State, incident: Incident) -> bool:
    """Whether the configuration in force can still find such a fault."""
    if incident.subject.kind is SubjectKind.WORK:
        # Whatever becomes of work, its conflict is over by that: no end of watching.
        return True
    if incident.subject.router is None and incident.subject.link is None:
        return state.home(*incident.key) is not None
    if incident.subject.router is not None:
        return incident.subject.router in state.routers
    judge = state.judges.get(incident.subject.link) if incident.subject.link is not None else None
    if judge is None or incident.family not in judge.families:
        return False
    reference = judge.link.interface
    if incident.family not in _READ or reference is None:
        return True
    return reference.router in state.routers


def _standing(incident: Incident) -> Finding:
    return Finding(
        incident.subject,
        incident.family,
        incident.severity,
        incident.bad_since,
        incident.kind,
        incident.measured,
        incident.threshold,
        incident.direction,
        incident.evidence,
        incident.reason,
    )
