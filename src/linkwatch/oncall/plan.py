"""What is due for an incident now, and when it is looked at next: all from what is written down.

A restart plans by the same facts, so that nothing is lost; what came due meanwhile is done at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from linkwatch.model.incident import Incident, IncidentEvent, Taken, Told
from linkwatch.model.inventory import Acknowledgement
from linkwatch.model.people import EscalationStep, Role
from linkwatch.oncall.audience import Audience, asked, still_reachable, together
from linkwatch.oncall.duty import DutyBook
from linkwatch.oncall.holding import hand_over, relief, remind_at
from linkwatch.oncall.progress import at_once, done, let_go, with_done
from linkwatch.oncall.roster import next_change
from linkwatch.oncall.row import repetition, row_of, steps, taken_at

_LAST_RESORT = EscalationStep(notify=(Role.OPERATOR,))


@dataclass(frozen=True, slots=True)
class Tell:
    """One event that these people hear of, each once."""

    event: IncidentEvent
    people: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the timeline: a short code and plain English."""

    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The incident as it becomes, who hears of what, the timeline's lines, the next look."""

    incident: Incident
    tells: tuple[Tell, ...] = ()
    notes: tuple[Note, ...] = ()
    due: datetime | None = None


def plan(incident: Incident, book: DutyBook, *, wide: bool, now: datetime) -> Plan:
    """Everything that is due at `now`.

    `wide`: the fault hits the hub, the main hall, a platform, or 3 and more conference sites.
    """
    if not is_active(incident):
        return Plan(incident)
    rule = book.inventory.acknowledgement
    deeds = _Deeds(incident, book, wide=wide, now=now)
    if incident.taken is not None:
        deeds.watch(incident.taken, rule)
    if deeds.incident.taken is None:
        deeds.climb()
        deeds.repeat()
    after = deeds.incident
    return Plan(
        after, tuple(deeds.tells), tuple(deeds.notes), next_due(after, book, wide=wide, now=now)
    )


def is_active(incident: Incident) -> bool:
    """Whether anything may be due: people have been told, and the fault goes on, unexplained."""
    is_open = not incident.status.is_closed and incident.good_since is None
    explained = incident.caused_by is not None or incident.is_muted
    return is_open and incident.progress is not None and not explained


def next_due(incident: Incident, book: DutyBook, *, wide: bool, now: datetime) -> datetime | None:
    """When something is due next if nothing happens until then; None: never."""
    if not is_active(incident):
        return None
    dues = (
        _held_dues(incident, incident.taken, book, now)
        if incident.taken
        else _climbing_dues(incident, book, wide=wide, now=now)
    )
    return min(dues, default=None)


def _held_dues(
    incident: Incident, taken: Taken, book: DutyBook, now: datetime
) -> Iterator[datetime]:
    yield taken.until
    if relief(taken, book, incident.priority, now):
        yield now
    if not taken.reminded:
        yield remind_at(taken, book.inventory.acknowledgement)
    roster = book.inventory.rosters.get(taken.roster) if taken.roster is not None else None
    change = next_change(roster, now) if roster is not None else None
    if change is not None:
        yield change


def _climbing_dues(
    incident: Incident, book: DutyBook, *, wide: bool, now: datetime
) -> Iterator[datetime]:
    left = dict(left_steps(incident, book, wide=wide, now=now))
    yield from left.values()
    if not left:
        yield from repeat_due(incident)
    # Whether it is wide is seen when the step is due.
    yield from (at for _, at in left_steps(incident, book, wide=True, now=now) if at > now)


def left_steps(
    incident: Incident, book: DutyBook, *, wide: bool, now: datetime
) -> Iterator[tuple[int, datetime]]:
    """The steps not yet taken, and when each may be."""
    progress = incident.progress
    if progress is None:
        return
    for number, step in steps(row_of(incident), wide=wide):
        if number not in done(incident):
            due = progress.zero + timedelta(seconds=step.after)
            yield number, taken_at(step.hours, book.inventory.timezone, due, now)


def repeat_due(incident: Incident) -> Iterator[datetime]:
    """When all are told again, once no step is left; nothing: never again."""
    again, progress = repetition(row_of(incident)), incident.progress
    if again is None or again.repeat is None or progress is None:
        return
    if progress.repeats < again.times:
        yield progress.last_at + timedelta(seconds=again.repeat)


class _Deeds:
    """What is done at one look, in its order."""

    def __init__(self, incident: Incident, book: DutyBook, *, wide: bool, now: datetime) -> None:
        self.incident = incident
        self.tells: list[Tell] = []
        self.notes: list[Note] = []
        self._book = book
        self._zone = book.inventory.timezone
        self._wide = wide
        self._now = now

    def watch(self, taken: Taken, rule: Acknowledgement) -> None:
        """The holder is reminded before it lapses; a shift change hands it over."""
        now = self._now
        if not taken.reminded and now >= remind_at(taken, rule):
            self._remind(taken)
        if now >= taken.until:
            self.notes.append(Note("lapsed", f"{taken.contact} had it"))
            self.incident = at_once(let_go(self.incident), self._zone, now, wide=self._wide)
            return
        relieved_by = relief(taken, self._book, self.incident.priority, now)
        if relieved_by:
            self._hand_over(taken, relieved_by, rule)

    def climb(self) -> None:
        """The steps that are due; one that finds nobody loses no time, the next is due at once.

        A call list finds somebody: whoever looks at the wallboard.
        """
        for _ in row_of(self.incident):
            due = [n for n, at in self._left() if at <= self._now]
            if not due:
                return
            row = row_of(self.incident)
            found = asked(self._book, self.incident, [row[n] for n in due], self._now)
            self.incident = with_done(self.incident, due, self._now)
            self._note_steps(due, found)
            if found.people:
                self._tell(IncidentEvent.ESCALATED, found.people)
            if found.people or any(row[n].task_call for n in due):
                return
            if list(self._left()):
                self.incident = at_once(self.incident, self._zone, self._now, wide=self._wide)
            else:
                self._last_resort()

    def repeat(self) -> None:
        """Everyone told so far hears it again."""
        due = next(repeat_due(self.incident), None)
        progress = self.incident.progress
        if progress is None or due is None or due > self._now or list(self._left()):
            return
        self.incident = replace(
            self.incident,
            progress=replace(progress, repeats=progress.repeats + 1, last_at=self._now),
        )
        self.notes.append(Note("reminded", f"everyone told so far, {progress.repeats + 1} times"))
        again = [one for one in self.incident.told if one.contact not in self.incident.declined]
        reachable = tuple(still_reachable(one, self._book.inventory) for one in again)
        if reachable:
            self._tell(IncidentEvent.REMINDER, reachable)
        else:
            self._last_resort()

    def _left(self) -> Iterator[tuple[int, datetime]]:
        return left_steps(self.incident, self._book, wide=self._wide, now=self._now)

    def _last_resort(self) -> None:
        """Nobody is left to turn to: the operators hear of it, whatever the table says."""
        found = asked(self._book, self.incident, [_LAST_RESORT], self._now)
        self.notes.append(Note("nobody_left", "the operators are told"))
        self._tell(IncidentEvent.ESCALATED, found.people)

    def _remind(self, taken: Taken) -> None:
        self.incident = replace(self.incident, taken=replace(taken, reminded=True))
        until = taken.until.isoformat(timespec="seconds")
        self.notes.append(Note("holder_reminded", f"{taken.contact}, until {until}"))
        holder = [one for one in self.incident.told if one.contact == taken.contact]
        reachable = tuple(still_reachable(one, self._book.inventory) for one in holder)
        self._tell(IncidentEvent.REMINDER, reachable)

    def _hand_over(
        self, taken: Taken, relieved_by: tuple[Told, ...], rule: Acknowledgement
    ) -> None:
        new = relieved_by[0].contact
        self.notes.append(Note("handed_over", f"{taken.contact} -> {new}"))
        self.incident = hand_over(self.incident, taken, new, rule, self._now)
        before = [one for one in self.incident.told if one.contact == taken.contact]
        known = tuple(still_reachable(one, self._book.inventory) for one in before)
        self._tell(IncidentEvent.HANDED_OVER, together(relieved_by, known))

    def _note_steps(self, numbers: list[int], found: Audience) -> None:
        named = ", ".join(str(number + 1) for number in numbers)
        self.notes.append(Note("escalated", f"step {named} of {self.incident.priority}"))
        self.notes.extend(Note("inherited", note) for note in found.notes)

    def _tell(self, event: IncidentEvent, people: tuple[Told, ...]) -> None:
        self.incident = replace(self.incident, told=together(self.incident.told, people))
        self.tells.append(Tell(event, people))
