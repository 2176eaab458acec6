"""Announced work in the turn: what people announce, and faults of which its beginning or end tells.

Its conflicts with conferences are faults, too: they open incidents for the operators, and end them.
"""

from collections.abc import Mapping
from dataclasses import replace

from linkwatch.conference.conflicts import Conflict
from linkwatch.incident.lifecycle import Change
from linkwatch.model.acts import Refusal
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.journal import SaveWork
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.moment import Moment, Span
from linkwatch.model.subject import Subject, SubjectKind
from linkwatch.model.thresholds import Severity
from linkwatch.ports import Ruling
from linkwatch.runtime.accounting import settle
from linkwatch.runtime.events import WorkAccepted, WorkAsked, WorkEnded
from linkwatch.runtime.faults import apply, found
from linkwatch.runtime.state import Effects, State


def look(state: State, now: Moment, effects: Effects) -> None:
    """Work has begun, is over, or has met a conference: what follows for each fault."""
    state.works.meet(now.wall)
    for incident in list(state.open_incidents()):
        stands = state.works.standing(incident, incident.maintenance, now.wall)
        owed = incident.withheld and incident.good_since is None and not incident.is_muted
        if stands != incident.maintenance or owed:
            apply(state, Change(incident), now, effects)
    _compare(state, now, effects)


def take(
    state: State, asked: WorkAsked | WorkAccepted | WorkEnded, now: Moment, effects: Effects
) -> None:
    """Work is announced, agreed to, or ended before its time."""
    if isinstance(asked, WorkAsked):
        _announce(state, asked.work, now, effects)
        return
    known = state.announced.get(asked.number)
    if known is None or known.is_over(now.wall):
        effects.ruling = Ruling(Refusal.UNKNOWN_WORK)
    elif isinstance(asked, WorkAccepted):
        # From now on it mutes even over a conference.
        _keep(state, replace(known, accepted_by=asked.accepted_by), now, effects)
    else:
        _keep(state, replace(known, ended_at=now.wall, ended_by=asked.by), now, effects)


def _announce(state: State, work: Maintenance, now: Moment, effects: Effects) -> None:
    refusal = _refused(state, work, now)
    if refusal is not None:
        effects.ruling = Ruling(refusal)
        return
    span = Span(work.span.start or now.wall, work.span.end)
    number = state.last_work + 1
    _keep(state, replace(work, span=span, number=number, made_at=now.wall), now, effects)


def _keep(state: State, work: Maintenance, now: Moment, effects: Effects) -> None:
    settle(state, now, [work])
    state.keep_works([work])
    effects.records.append(SaveWork(work))
    look(state, now, effects)
    # The end of this work may come before whatever the calendar has next.
    state.calendar_due = now.monotonic
    effects.ruling = Ruling(works=(work,))


def _refused(state: State, work: Maintenance, now: Moment) -> Refusal | None:
    whole, start, until = state.inventory, work.span.start, work.span.end
    links = whole.links.values()
    unknown: Mapping[Refusal, bool] = {
        Refusal.UNKNOWN_LINK: not work.links <= whole.links.keys(),
        Refusal.UNKNOWN_SITE: not work.sites <= whole.sites.keys(),
        Refusal.UNKNOWN_CARRIER: work.carrier is not None and work.carrier not in whole.carriers,
        Refusal.UNKNOWN_RISK: not work.shared_risk <= {r for x in links for r in x.shared_risk},
        Refusal.WORK_ON_NOTHING: not any(map(work.touches, links)),
        Refusal.ENDS_FIRST: until is None or (start is not None and until <= start),
        Refusal.IS_OVER: until is not None and until <= now.wall,
    }
    return next((refusal for refusal, applies in unknown.items() if applies), None)


def _compare(state: State, now: Moment, effects: Effects) -> None:
    """Only news of conflicts is news: one that was closed by hand is not found again each time."""
    before = state.clashes
    state.clashes = {subject: _evidence(met) for subject, met in state.works.conflicts.items()}
    for subject, evidence in state.clashes.items():
        known = state.incident((Family.MAINTENANCE, subject))
        stands = known is not None and not known.status.is_closed and known.evidence == evidence
        if evidence != before.get(subject) and not stands:
            found(state, _finding(subject, evidence, now), now, effects)
    for incident in list(state.open_incidents()):
        subject, quiet = incident.subject, incident.good_since is not None
        if subject.kind is SubjectKind.WORK and subject not in state.clashes and not quiet:
            over = Finding(subject, Family.MAINTENANCE, Severity.OK, now.wall)
            found(state, over, now, effects)


def _evidence(met: tuple[Conflict, ...]) -> Mapping[str, float]:
    nearest = met[0]
    return {
        "from": nearest.period.start.timestamp(),
        "until": nearest.period.end.timestamp(),
        "links": len({link for one in met for link in one.links}),
    }


def _finding(subject: Subject, evidence: Mapping[str, float], now: Moment) -> Finding:
    kind, severity = Kind.MAINTENANCE_CONFLICT, Severity.WARNING
    return Finding(subject, Family.MAINTENANCE, severity, now.wall, kind, evidence=evidence)
