"""The long form of a message: for e-mail, chat, the webhook's `text` and the log."""

from collections.abc import Iterator

from linkwatch.message import phrases
from linkwatch.message.figures import beside, clock, duration, number, phone
from linkwatch.message.phrases import say
from linkwatch.message.view import View
from linkwatch.model.conference import Phase
from linkwatch.model.finding import Kind
from linkwatch.model.incident import IncidentEvent, Status
from linkwatch.model.people import Contact
from linkwatch.model.priority import Priority
from linkwatch.model.thresholds import Metric
from linkwatch.model.words import Language

MBIT = 1_000_000


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
        what = f"{say(phrases.RESTORED, language)} ({what})"
    elif view.event is IncidentEvent.RAISED:
        what = f"{say(phrases.RAISED, language)}: {what}"
    elif view.event is IncidentEvent.FLAPPING:
        what = f"{say(phrases.FLAPPING, language)}: {what}"
    site = view.site.name if view.site else incident.site
    kind = say(phrases.LINK_KIND[view.link.kind], language) if view.link else incident.link
    carrier = view.carrier.short if view.carrier else incident.carrier
    line = " ".join(part for part in (kind, carrier, incident.circuit) if part)
    return f"[{incident.priority}] {what} – {site} – {line}"


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
    figures = _figures(view, language)
    if figures:
        yield say(phrases.MEASURED, language, figures=figures)
    if view.told:
        yield say(phrases.TOLD, language, names=", ".join(c.name for c in view.told))
    yield _site(view, language)
    if view.hotline:
        yield say(phrases.CALL, language, hotline=phone(view.hotline), id=incident.id)
    else:
        yield say(phrases.CLOSING, language, id=incident.id)


def _ending(view: View, language: Language) -> Iterator[str]:
    incident = view.incident
    since = clock(incident.started_at, view.now, view.timezone)
    if incident.status is Status.WITHDRAWN:
        at = clock(incident.resolved_at or view.now, view.now, view.timezone)
        yield say(phrases.UNWATCHED if view.link else phrases.LEFT, language, at=at, since=since)
    else:
        end = incident.restored_at or incident.resolved_at or view.now
        length = duration((end - incident.started_at).total_seconds(), language)
        at = clock(end, view.now, view.timezone)
        yield say(phrases.LASTED, language, at=at, length=length, since=since)
    yield say(phrases.CLOSING, language, id=incident.id)


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


def _figures(view: View, language: Language) -> str:
    incident = view.incident
    match incident.kind:
        case Kind.DOWN:
            return _counted(view, language)
        case Kind.LOSS:
            return _loss(view, language)
        case Kind.LATENCY:
            return _delay(view, Metric.LATENCY, phrases.LATENCY, language)
        case Kind.JITTER:
            return _delay(view, Metric.JITTER, phrases.JITTER, language)
        case Kind.UTILISATION:
            return _load(view, language)
        case Kind.NO_DATA:
            return say(phrases.NO_DATA, language)


def _counted(view: View, language: Language) -> str:
    lost = number(view.incident.evidence.get("lost", 0.0), 0, language)
    sent = number(view.incident.evidence.get("sent", 0.0), 0, language)
    return say(phrases.LOST_ALL, language, lost=lost, sent=sent)


def _level(view: View, metric: Metric) -> tuple[float, float] | None:
    value = view.incident.measured.get(metric)
    limit = view.incident.threshold.get(metric)
    return None if value is None or limit is None else (value, limit)


def _loss(view: View, language: Language) -> str:
    level = _level(view, Metric.LOSS)
    if level is None:
        return ""
    value, limit = level
    evidence = view.incident.evidence
    return say(
        phrases.LOSS,
        language,
        value=beside(value * 100, limit * 100, 1, language),
        limit=number(limit * 100, 3, language),
        span=duration(evidence.get("span", 0.0), language),
        lost=number(evidence.get("lost", 0.0), 0, language),
        sent=number(evidence.get("sent", 0.0), 0, language),
    )


def _delay(view: View, metric: Metric, phrase: phrases.Phrase, language: Language) -> str:
    level = _level(view, metric)
    if level is None:
        return ""
    value, limit = level
    return say(
        phrase,
        language,
        value=beside(value * 1000, limit * 1000, 1, language),
        limit=number(limit * 1000, 3, language),
    )


def _load(view: View, language: Language) -> str:
    level = _level(view, Metric.UTILISATION)
    direction = view.incident.direction
    if level is None or direction is None:
        return ""
    value, limit = level
    contracted = view.incident.evidence.get("contracted", 0.0)
    return say(
        phrases.UTILISATION,
        language,
        direction=say(phrases.DIRECTION[direction], language),
        used=number(value * contracted / MBIT, 1, language),
        contracted=number(contracted / MBIT, 1, language),
        value=beside(value * 100, limit * 100, 1, language),
        limit=number(limit * 100, 3, language),
    )
