"""The escalation's clock: it starts when people are told, stands while somebody has it, goes on.

Each function returns the incident as it becomes.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from linkwatch.model.incident import Incident, IncidentEvent, Progress, Status
from linkwatch.model.priority import Priority
from linkwatch.oncall.row import repetition, row_of, steps, taken_at


def follow(
    before: Incident | None,
    incident: Incident,
    event: IncidentEvent | None,
    *,
    zone: tzinfo,
    wide: bool,
    now: datetime,
) -> Incident:
    """Keep the escalation in step with what has become of the incident, told as `event`.

    It stands still while the incident is muted.
    """
    followed = _follow(before, incident, event, zone=zone, wide=wide, now=now)
    if followed.is_muted:
        return pause(followed, now)
    progress = followed.progress
    if before is None or not before.is_muted or progress is None or followed.taken is not None:
        return followed
    resumed = _resumed(progress, now)
    last_at = progress.last_at + (resumed.zero - progress.zero)
    return replace(followed, progress=replace(resumed, last_at=last_at))


def _follow(
    before: Incident | None,
    incident: Incident,
    event: IncidentEvent | None,
    *,
    zone: tzinfo,
    wide: bool,
    now: datetime,
) -> Incident:
    if before is not None and before.status.is_closed and not incident.status.is_closed:
        incident = replace(_nobodys(incident), progress=None, closed_by=None, closed_why="")
    if before is None or incident.status.is_closed or incident.announced_at is None:
        return incident
    if incident.progress is None:
        return _begin(incident, zone, now, wide=wide)
    if _starts_anew(before, incident, event):
        return _begin(_nobodys(incident), zone, now, wide=wide)
    return _go_on(before, incident, now)


def _starts_anew(before: Incident, incident: Incident, event: IncidentEvent | None) -> bool:
    """Told as more urgent than before, or by now another carrier's.

    What comes and goes at its worst is not told each time, and whoever has it keeps it.
    """
    rises = incident.priority.outranks(before.priority) and event is IncidentEvent.RAISED
    return rises or incident.carrier != before.carrier


def _opening(incident: Incident, zone: tzinfo, now: datetime, *, wide: bool) -> tuple[int, ...]:
    """The steps of the row that are taken as people are first told by it."""
    return tuple(
        number
        for number, step in steps(row_of(incident), wide=wide)
        if step.after == 0 and taken_at(step.hours, zone, now, now) <= now
    )


def done(incident: Incident) -> tuple[int, ...]:
    """The steps of the present row that have been taken, by number."""
    progress = incident.progress
    return progress.done.get(incident.priority, ()) if progress is not None else ()


def with_done(incident: Incident, numbers: Iterable[int], now: datetime) -> Incident:
    """These steps are taken now."""
    if incident.progress is None:
        return incident
    taken = tuple(sorted({*done(incident), *numbers}))
    return replace(incident, progress=_put(incident.progress, incident.priority, taken, now))


def pause(incident: Incident, now: datetime) -> Incident:
    """Somebody has it, or work explains it: no step is due."""
    progress = incident.progress
    if progress is None or progress.paused_at is not None:
        return incident
    return replace(incident, progress=replace(progress, paused_at=now))


def at_once(incident: Incident, zone: tzinfo, now: datetime, *, wide: bool) -> Incident:
    """Nobody has it, or wants it: the next step is due now, the later ones as far apart as ever.

    The next is the first that its hours allow now, if any do. Past the last step everybody is told
    again, as often as the row says; a row that repeats nothing takes its last step once more, and
    looks anew who is on duty.
    """
    progress, row = incident.progress, row_of(incident)
    if progress is None:
        return incident
    progress = _resumed(progress, now)
    left = [step for number, step in steps(row, wide=wide) if number not in done(incident)]
    awake = [step for step in left if taken_at(step.hours, zone, now, now) <= now]
    again, last = repetition(row), max((n for n, _ in steps(row, wide=wide)), default=None)
    if left:
        progress = _due_now(progress, (awake or left)[0].after, now)
    elif again is not None and again.repeat is not None:
        spent = progress.repeats >= again.times
        progress = replace(
            progress,
            last_at=now - timedelta(seconds=again.repeat),
            repeats=0 if spent else progress.repeats,
        )
    elif last is not None:
        rest = tuple(number for number in done(incident) if number != last)
        progress = _put(progress, incident.priority, rest, progress.last_at)
        progress = _due_now(progress, row[last].after, now)
    return replace(incident, progress=progress)


def shift(incident: Incident, seconds: float) -> Incident:
    """The wall clock was set: what is counted from some time on it is counted as before."""
    by = timedelta(seconds=seconds)
    progress, taken = incident.progress, incident.taken
    if progress is not None:
        paused = progress.paused_at + by if progress.paused_at is not None else None
        began = progress.began + by if progress.began is not None else None
        progress = replace(
            progress,
            zero=progress.zero + by,
            last_at=progress.last_at + by,
            paused_at=paused,
            began=began,
        )
    if taken is not None:
        eta = taken.eta + by if taken.eta is not None else None
        taken = replace(taken, at=taken.at + by, until=taken.until + by, eta=eta)
    return replace(
        incident,
        spell_at=incident.spell_at + by,
        announce_at=incident.announce_at + by if incident.announce_at is not None else None,
        good_since=incident.good_since + by if incident.good_since is not None else None,
        progress=progress,
        taken=taken,
    )


def let_go(incident: Incident) -> Incident:
    """Nobody has it any more."""
    status = Status.OPEN if incident.status is Status.ACKNOWLEDGED else incident.status
    return replace(incident, taken=None, status=status)


def _nobodys(incident: Incident) -> Incident:
    return replace(let_go(incident), acknowledged_at=None, declined=())


def _begin(incident: Incident, zone: tzinfo, now: datetime, *, wide: bool) -> Incident:
    first = _opening(incident, zone, now, wide=wide)
    progress = Progress(zero=now, done={incident.priority: first}, last_at=now, began=now)
    begun = replace(incident, progress=progress)
    return begun if begun.taken is None else pause(begun, now)


def _go_on(before: Incident, incident: Incident, now: datetime) -> Incident:
    """By a row that is less urgent, what its steps would have said before is not made up.

    By one that was told before, it goes on where it was.
    """
    progress = incident.progress
    if progress is None or not before.priority.outranks(incident.priority):
        return incident
    elapsed = ((progress.paused_at or now) - progress.zero).total_seconds()
    past = [n for n, step in steps(row_of(incident), wide=True) if step.after <= elapsed]
    taken = tuple(sorted({*done(incident), *past}))
    return replace(incident, progress=_put(progress, incident.priority, taken, progress.last_at))


def _put(
    progress: Progress, priority: Priority, numbers: tuple[int, ...], last_at: datetime
) -> Progress:
    return replace(progress, done={**progress.done, priority: numbers}, last_at=last_at)


def _resumed(progress: Progress, now: datetime) -> Progress:
    if progress.paused_at is None:
        return progress
    stood = now - progress.paused_at
    return replace(progress, zero=progress.zero + stood, paused_at=None)


def _due_now(progress: Progress, after: float, now: datetime) -> Progress:
    return replace(progress, zero=min(progress.zero, now - timedelta(seconds=after)))
