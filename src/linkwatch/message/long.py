"""The long form of a message: for e-mail, chat, the webhook's `text` and the log."""

from collections.abc import Iterator, Mapping

from linkwatch.message import phrases
from linkwatch.message.figures import clock, duration, phone
from linkwatch.message.measured import measured
from linkwatch.message.phrases import say
from linkwatch.message.view import View
from linkwatch.model.conference import Phase
from linkwatch.model.coverage import duty_of
from linkwatch.model.finding import Family, Kind
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.people import Contact
from linkwatch.model.priority import Priority
from linkwatch.model.words import Language

_NOBODY_ON_SITE = frozenset(
    {
        Kind.BANDWIDTH_NOT_EXPANDED,
        Kind.BANDWIDTH_NOT_REVERTED,
        Kind.SNMP_UNREACHABLE,
        Kind.INTERFACE_MISSING,
        Kind.INTERFACE_AMBIGUOUS,
        Kind.ROSTER_GAP,
    }
)
"""No light on a modem tells anything of these."""


_ENDS = frozenset({Family.BANDWIDTH, Family.ROSTER})
"""What was wrong is over; nothing was broken that could be restored."""
_PREFIX: Mapping[IncidentEvent, phrases.Phrase] = {
    IncidentEvent.RAISED: phrases.RAISED,
    IncidentEvent.FLAPPING: phrases.FLAPPING,
    IncidentEvent.ESCALATED: phrases.ESCALATED,
    IncidentEvent.REMINDER: phrases.REMINDER,
    IncidentEvent.ACKNOWLEDGED: phrases.ACKNOWLEDGED,
    IncidentEvent.HANDED_OVER: phrases.HANDED_OVER,
}


def text(view: View, language: Language) -> str:
    """The whole message, one clause group a line; what matters most stands first."""
    closed = view.event is IncidentEvent.RESOLVED
    lines = [_headline(view, language)]
    lines += _ending(view, language) if closed else _fault(view, language)
    return "\n".join(line for line in lines if line)


def _headline(view: View, language: Language) -> str:
    incident = view.incident
    what = say(phrases.HEADLINE[incident.kind], language)
    if incident.status is Status.WITHDRAWN:
        what = f"{say(phrases.WITHDRAWN, language)} ({what})"
    elif view.event is IncidentEvent.RESOLVED:
        what = f"{say(_end(incident), language)} ({what})"
    elif view.event in _PREFIX:
        what = f"{say(_PREFIX[view.event], language)}: {what}"
    site = view.site.name if view.site else incident.site
    return f"[{incident.priority}] {what} – {site} – {_subject(view, language)}"


def _end(incident: Incident) -> phrases.Phrase:
    if incident.closed_by:
        return phrases.CLOSED
    return phrases.OVER if incident.family in _ENDS else phrases.RESTORED


def _subject(view: View, language: Language) -> str:
    """What the fault is of; by its bare id once the configuration has it no more."""
    incident = view.incident
    if incident.subject.router is not None:
        return f"router {incident.subject.id}"
    duty = duty_of(incident.subject)
    if duty is not None:
        name, level = duty
        whose = view.carrier.short if view.carrier else name
        return f"{whose} {say(phrases.LEVEL[level], language)}"
    kind = say(phrases.LINK_KIND[view.link.kind], language) if view.link else incident.subject.id
    carrier = view.carrier.short if view.carrier else incident.carrier
    return " ".join(part for part in (kind, carrier, incident.circuit) if part)


def _fault(view: View, language: Language) -> Iterator[str]:
    incident = view.incident
    since = clock(incident.started_at, view.now, view.timezone)
    around = [say(phrases.SINCE, language, since=since), _conference(view, language)]
    around += [
        say(
            phrases.NEIGHBOUR,
            language,
            kind=say(phrases.LINK_KIND[n.link.kind], language),
            carrier=n.carrier.short,
            state=say(phrases.STATE[n.state], language),
        )
        for n in view.neighbours
    ]
    yield " ".join(part for part in around if part)
    figures = measured(view, language)
    if figures:
        yield say(phrases.MEASURED, language, figures=figures)
    if view.told:
        yield say(phrases.TOLD, language, names=", ".join(c.name for c in view.told))
    yield _holder(view, language)
    if incident.kind not in _NOBODY_ON_SITE:
        yield _site(view, language)
    yield _answer(view, language)


def _answer(view: View, language: Language) -> str:
    """How to say that one has it."""
    url, hotline, number = view.ack_url, view.hotline, view.incident.id
    if url and hotline:
        return say(phrases.OPEN_OR_CALL, language, url=url, hotline=phone(hotline), id=number)
    if url:
        return say(phrases.OPEN, language, url=url, id=number)
    if hotline:
        return say(phrases.CALL, language, hotline=phone(hotline), id=number)
    return say(phrases.CLOSING, language, id=number)


def _ending(view: View, language: Language) -> Iterator[str]:
    incident = view.incident
    since = clock(incident.started_at, view.now, view.timezone)
    if incident.status is Status.WITHDRAWN:
        at = clock(incident.resolved_at or view.now, view.now, view.timezone)
        what = say(phrases.SUBJECT[incident.subject.kind], language)
        is_there = view.link is not None or view.router is not None
        phrase = phrases.UNWATCHED if is_there else phrases.LEFT
        yield say(phrase, language, at=at, since=since, what=what)
    elif incident.closed_by:
        at = clock(incident.resolved_at or view.now, view.now, view.timezone)
        by, why = incident.closed_by, incident.closed_why
        yield say(phrases.BY_HAND, language, by=by, at=at, why=why, since=since)
    else:
        end = incident.restored_at or incident.resolved_at or view.now
        length = duration((end - incident.started_at).total_seconds(), language)
        at = clock(end, view.now, view.timezone)
        yield say(phrases.LASTED, language, at=at, length=length, since=since)
    yield say(phrases.CLOSING, language, id=incident.id)


def _holder(view: View, language: Language) -> str:
    taken = view.incident.taken
    if taken is None:
        return ""
    known = (contact.name for contact in view.told if contact.id == taken.contact)
    return say(
        phrases.HELD,
        language,
        name=next(known, taken.contact),
        at=clock(taken.at, view.now, view.timezone),
        until=clock(taken.until, view.now, view.timezone),
    )


def _conference(view: View, language: Language) -> str:
    conference = view.conference
    if conference is None or view.phase is Phase.NONE:
        return ""
    start = clock(conference.start, view.now, view.timezone)
    end = clock(conference.end, view.now, view.timezone)
    running = conference.start <= view.now
    phrase = phrases.RUNNING if running else phrases.COMING
    return say(phrase, language, name=conference.name, start=start, end=end)


def _site(view: View, language: Language) -> str:
    clauses = []
    if view.on_site:
        people = ", ".join(_reachable(c) for c in view.on_site)
        clauses.append(say(phrases.ON_SITE, language, people=people))
    if view.site and view.site.fallback and view.incident.priority is Priority.P1:
        clauses.append(say(phrases.FALLBACK, language, what=view.site.fallback))
    return " ".join(clauses)


def _reachable(contact: Contact) -> str:
    return f"{contact.name} {phone(contact.phones[0])}" if contact.phones else contact.name
