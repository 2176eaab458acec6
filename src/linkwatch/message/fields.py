"""What the holes of the long form and of a mail's subject are filled with."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from linkwatch.message import facts, phrases, spread
from linkwatch.message.figures import beside, clock, duration, number, phone
from linkwatch.message.inert import printable
from linkwatch.message.located import path
from linkwatch.message.measured import measured, rate
from linkwatch.message.phrases import say
from linkwatch.message.view import DigestView, TrialView, View
from linkwatch.model.coverage import duty_of
from linkwatch.model.finding import Kind
from linkwatch.model.incident import Status
from linkwatch.model.maintenance import work_of
from linkwatch.model.people import Contact
from linkwatch.model.priority import Priority
from linkwatch.model.subject import RESOLVER
from linkwatch.model.words import Language

_NOBODY_ON_SITE = frozenset(
    {
        Kind.BANDWIDTH_NOT_EXPANDED,
        Kind.BANDWIDTH_NOT_REVERTED,
        Kind.SNMP_UNREACHABLE,
        Kind.INTERFACE_MISSING,
        Kind.INTERFACE_AMBIGUOUS,
        Kind.ROSTER_GAP,
        Kind.RESOLVER_DOWN,
        Kind.CHANNEL_FAILED,
        Kind.MAINTENANCE_CONFLICT,
    }
)
"""No light on a modem tells anything of these."""

Values = dict[str, str]


def incident_fields(view: View, language: Language) -> Values:
    """Of one event of one incident. Names are shown as they are, but move no cursor."""
    incident = view.incident
    what = headline(view, language)
    access = _access(view, language)
    return _inert(
        {
            "priority": incident.priority.value,
            "what": what,
            "fault": what.lower(),
            "site": _site_name(view, language),
            "line": " ".join(part for part in (access, incident.circuit) if part),
            "access": access,
            "thing": say(phrases.SUBJECT[incident.subject.kind], language),
            "incident": incident.id,
            "figures": measured(view, language),
            "maintenance": _under_work(view, language),
            "path": path(view, language),
            "affected": spread.affected(view, language),
            "guess": spread.guess(view, language),
            "neighbours": _neighbours(view, language),
            "told": ", ".join(contact.name for contact in view.told),
            "holder": view.holder.name if view.holder else "",
            "closed_by": incident.closed_by or "",
            "why": incident.closed_why,
            "ack_url": view.ack_url or "",
            "runbook_url": view.runbook_url or "",
            "news": say(phrases.NEWS.get(facts.section(view), phrases.NEWS["updated"]), language),
            "organisation": view.organisation,
            **hotline(view.hotline),
            **dict(_site(view)),
            **dict(times(view)),
            **dict(_numbers(view, language)),
        }
    )


def digest_fields(view: DigestView, language: Language) -> Values:
    """Of several incidents; `items` is the caller's, and `more` has the ids of those left."""
    names = dict.fromkeys(_site_name(one, language) for one in view.views)
    counted = counts(view)
    return _inert(
        {
            **counted,
            "sites": some(list(names), language),
            "more": ", ".join(one.incident.id for one in view.views[LISTED:]),
            "runbook_url": (view.runbook_url or "") if counted["open"] else "",
            "organisation": view.organisation,
            **hotline(view.hotline),
        }
    )


def trial_fields(view: TrialView) -> Values:
    """Of a test."""
    return _inert(
        {
            "now": clock(view.now, view.now, view.timezone),
            "contact": view.contact.name,
            "organisation": view.organisation,
        }
    )


def times(view: View) -> Iterator[tuple[str, str]]:
    """Every time of day that a message can name, and how long it has been."""

    def at(moment: datetime | None) -> str:
        return clock(moment, view.now, view.timezone) if moment else ""

    running, coming = facts.conference(view)
    end = facts.ending(view)
    unwatched, left = facts.left(view)
    yield "now", at(view.now)
    yield "since", at(view.incident.started_at)
    yield "until", at(end.at if end else None)
    yield "eta", at(view.eta)
    yield "held_until", at(view.held_until)
    yield "unwatched_at", at(unwatched)
    yield "left_at", at(left)
    yield "running", running.name if running else ""
    yield "ends", at(running.end if running else None)
    yield "coming", coming.name if coming else ""
    yield "starts", at(coming.start if coming else None)
    yield "minutes", str(facts.minutes(view) or "")


def counts(view: DigestView) -> Mapping[str, str]:
    """What a digest counts."""
    incidents = [one.incident for one in view.views]
    still = [incident for incident in incidents if not incident.status.is_closed]
    closed = len(incidents) - len(still)
    restored = all(i.status is Status.RESOLVED and i.closed_by is None for i in incidents)
    since = min(incident.started_at for incident in incidents)
    ids = sorted(incident.id for incident in still or incidents)
    return {
        "priority": min(incident.priority.value for incident in still or incidents),
        "count": str(len(incidents)),
        "open": str(len(still) or ""),
        "closed": str(closed or ""),
        "restored": str(len(incidents)) if restored else "",
        "since": clock(since, view.now, view.timezone),
        "now": clock(view.now, view.now, view.timezone),
        "incidents": ", ".join(ids) if len(ids) <= SHOWN else f"{ids[0]} .. {ids[-1]}",
    }


LISTED = 50
"""Incidents that a digest tells in a line each, the most urgent first; the others by their ids."""
SHOWN = 3
"""Names that a digest lists; the others are a number."""


def some(names: list[str], language: Language) -> str:
    """The first of some names, and how many there are besides."""
    shown = ", ".join(names[:SHOWN])
    if len(names) <= SHOWN:
        return shown
    return say(phrases.AND_MORE, language, names=shown, more=str(len(names) - SHOWN))


def hotline(number_: str | None) -> Mapping[str, str]:
    """The number to call."""
    return {"hotline": phone(number_) if number_ else ""}


def headline(view: View, language: Language) -> str:
    """What is wrong, in capitals."""
    wide = spread.is_wide(view)
    return say(phrases.WIDE if wide else phrases.HEADLINE[view.incident.kind], language)


def _site_name(view: View, language: Language) -> str:
    if spread.is_wide(view):
        return spread.number_of_sites(view, language)
    return view.site.name if view.site else view.incident.site


def _access(view: View, language: Language) -> str:
    """What the fault is of; by its bare id once the configuration has it no more."""
    subject = view.incident.subject
    if subject.router is not None:
        return f"router {subject.id}"
    if subject.is_group:
        return group_access(view, language)
    own = _own_access(view, language)
    if own is not None:
        return own
    kind = say(phrases.LINK_KIND[view.link.kind], language) if view.link else subject.id
    carrier = view.carrier.short if view.carrier else view.incident.carrier
    return f"{kind} {carrier}" if carrier else kind


def _own_access(view: View, language: Language) -> str | None:
    """What is the centre's own, or announced to it; None where it is neither."""
    subject = view.incident.subject
    thing, duty = say(phrases.SUBJECT[subject.kind], language), duty_of(subject)
    if subject.channel is not None:
        return f"{thing} {subject.channel}"
    if duty is not None:
        name = view.carrier.short if view.carrier else duty[0]
        return f"{name} {say(phrases.LEVEL[duty[1]], language)}"
    return thing if subject == RESOLVER else work_of(subject)


def _under_work(view: View, language: Language) -> str:
    under = view.incident.maintenance
    if under is None:
        return ""
    until = clock(under.until, view.now, view.timezone)
    return say(phrases.UNDER_WORK[under.bearing], language, work=under.work, until=until)


def group_access(view: View, language: Language) -> str:
    """What many links have in common."""
    subject, carrier = view.incident.subject, view.incident.carrier
    if subject.site is not None:
        return say(phrases.ALL_LINKS, language)
    if subject.carrier is not None:
        return view.carrier.short if view.carrier else subject.carrier[0]
    known = view.carrier.short if view.carrier else carrier
    return f"{known} {subject.id}" if known else subject.id


def _neighbours(view: View, language: Language) -> str:
    return " ".join(
        say(
            phrases.NEIGHBOUR,
            language,
            kind=say(phrases.LINK_KIND[n.link.kind], language),
            carrier=n.carrier.short,
            state=say(phrases.STATE[n.state], language),
        )
        for n in view.neighbours
    )


def _site(view: View) -> Iterator[tuple[str, str]]:
    if view.incident.kind in _NOBODY_ON_SITE or spread.is_wide(view):
        return
    yield "on_site", ", ".join(_reachable(contact) for contact in view.on_site)
    if view.site is not None and view.incident.priority is Priority.P1:
        yield "fallback", view.site.fallback or ""


def _reachable(contact: Contact) -> str:
    return f"{contact.name} {phone(contact.phones[0])}" if contact.phones else contact.name


def _numbers(view: View, language: Language) -> Iterator[tuple[str, str]]:
    level, load, end = facts.level(view), facts.load(view), facts.ending(view)
    boost = facts.boost(view)
    if level is not None:
        value, limit = level
        yield "value", beside(value, limit, 1, language)
        yield "limit", number(limit, 3, language)
    if load is not None:
        yield "used", beside(load.used, load.threshold, 1, language)
        yield "contracted", number(load.contracted, 1, language)
    if boost is not None:
        yield "peak", number(boost.peak, 1, language) if boost.peak is not None else ""
        yield "due", rate(boost.due, language)
        yield "reference", boost.reference
    if view.incident.direction is not None:
        yield "direction", say(phrases.DIRECTION[view.incident.direction], language)
    if end is not None:
        yield "lasted", duration(end.lasted, language)


def _inert(values: Mapping[str, str]) -> Values:
    return {name: printable(value) for name, value in values.items()}
