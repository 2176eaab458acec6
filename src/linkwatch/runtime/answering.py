"""What people answer: they have it, it is not theirs, it is closed."""

from datetime import timedelta

from linkwatch.incident import lifecycle
from linkwatch.model.acts import Refusal
from linkwatch.model.ids import ContactId, IncidentId
from linkwatch.model.incident import Incident, IncidentEvent, Taken, Told, Via
from linkwatch.model.moment import Moment
from linkwatch.oncall.audience import still_reachable
from linkwatch.oncall.holding import LONGEST_ETA, decline, take
from linkwatch.ports import Ruling
from linkwatch.runtime.events import CloseAsked, DeclineAsked, TakeAsked
from linkwatch.runtime.faults import apply
from linkwatch.runtime.keeping import keep, reaches_far
from linkwatch.runtime.state import Effects, State
from linkwatch.runtime.telling import say


def take_up(state: State, asked: TakeAsked, now: Moment, effects: Effects) -> None:
    """Somebody has it; everyone who was told hears who."""
    contact = asked.contact or next(iter(state.book.operators(now.wall)), None)
    incident = _open(state, asked.incident)
    refusal = _refusal(state, incident, contact) or _refused_eta(asked.eta)
    if incident is None or contact is None or refusal is not None:
        effects.ruling = Ruling(refusal)
        return
    eta = timedelta(seconds=asked.eta) if asked.eta is not None else None
    held = take(
        incident,
        contact,
        state.book,
        eta=eta,
        via=asked.via,
        by=asked.by,
        note=asked.note,
        now=now.wall,
    )
    notes = [("acknowledged", _account(held.taken))]
    if held.announced_at is None or _only_renews(incident, asked, contact):
        keep(state, held, notes, [], now=now, effects=effects)
    else:
        telling = say(
            state, held, IncidentEvent.ACKNOWLEDGED, _listeners(state, held, asked), now=now.wall
        )
        held = telling.incident
        keep(state, held, notes, [telling], now=now, effects=effects)
    effects.ruling = Ruling(incident=held)


def turn_down(state: State, asked: DeclineAsked, now: Moment, effects: Effects) -> None:
    """It is not theirs: what that makes due is told in this same turn."""
    incident = _open(state, asked.incident)
    refusal = _refusal(state, incident, asked.contact)
    if refusal is None and incident is not None and incident.announced_at is None:
        refusal = Refusal.NOT_TOLD
    if incident is None or refusal is not None:
        effects.ruling = Ruling(refusal)
        return
    if asked.contact in incident.declined:
        # Said twice: a button pressed again is no reason to go further up.
        effects.ruling = Ruling(incident=incident)
        return
    zone, wide = state.inventory.timezone, reaches_far(state, incident)
    left = decline(incident, asked.contact, zone, wide=wide, now=now.wall)
    notes = [("declined", f"{asked.contact}, by {asked.by}")]
    keep(state, left, notes, [], now=now, effects=effects)
    effects.ruling = Ruling(incident=left)


def close(state: State, asked: CloseAsked, now: Moment, effects: Effects) -> None:
    """Closed by hand, whatever is measured; a change for the worse opens it again."""
    incident = _open(state, asked.incident)
    if incident is None:
        effects.ruling = Ruling(Refusal.UNKNOWN_INCIDENT)
        return
    apply(state, lifecycle.close(incident, asked.by, asked.reason, now.wall), now, effects)
    effects.ruling = Ruling(incident=state.incidents[incident.id])


def _open(state: State, number: IncidentId) -> Incident | None:
    incident = state.incidents.get(number)
    return None if incident is None or incident.status.is_closed else incident


def _refusal(state: State, incident: Incident | None, contact: ContactId | None) -> Refusal | None:
    if incident is None:
        return Refusal.UNKNOWN_INCIDENT
    if contact is None:
        return Refusal.NOBODY_TO_NAME
    return None if contact in state.inventory.contacts else Refusal.UNKNOWN_CONTACT


def _only_renews(incident: Incident, asked: TakeAsked, contact: ContactId) -> bool:
    """Whether the holder says again what everybody knows."""
    taken = incident.taken
    return taken is not None and taken.contact == contact and asked.eta is None and not asked.note


def _refused_eta(eta: float | None) -> Refusal | None:
    if eta is None:
        return None
    return None if 0 < eta <= LONGEST_ETA.total_seconds() else Refusal.ETA_OUT_OF_RANGE


def _listeners(state: State, held: Incident, asked: TakeAsked) -> tuple[Told, ...]:
    """All who were told and have not declined; who said so themselves needs no telling."""
    silent = set(held.declined)
    if held.taken is not None and asked.via is not Via.PHONE:
        silent.add(held.taken.contact)
    told = (one for one in held.told if one.contact not in silent)
    return tuple(still_reachable(one, state.inventory) for one in told)


def _account(taken: Taken | None) -> str:
    if taken is None:
        return ""
    until = taken.until.isoformat(timespec="seconds")
    said = f"{taken.contact} by {taken.via}, until {until}, written down by {taken.by}"
    return f"{said}: {taken.note}" if taken.note else said
