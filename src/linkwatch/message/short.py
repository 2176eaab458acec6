"""What the holes of a short message are filled with: GSM letters, each with a width of its own."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from linkwatch.message import facts, phrases, spread
from linkwatch.message.fields import Values, counts, group_access, headline, hotline, some, times
from linkwatch.message.figures import briefly_beside, clock, duration, number
from linkwatch.message.gsm import (
    CARRIER_SHORT,
    SITE_SHORT,
    short_name,
    unaccented,
)
from linkwatch.message.located import segment
from linkwatch.message.phrases import Phrase, say
from linkwatch.message.view import DigestView, TrialView, View
from linkwatch.model.coverage import duty_of
from linkwatch.model.finding import Direction, Kind
from linkwatch.model.maintenance import work_of
from linkwatch.model.subject import SubjectKind
from linkwatch.model.topology import LinkKind
from linkwatch.model.words import Language

CIRCUIT = 20
"""Characters of a circuit, a router's name or a reference; a longer one is left out, never cut."""
CHANNEL = 12
"""Likewise of a channel's name."""
WHAT = 24
FAULT = 17
ROUTER_FAULT = 14
CONTACT = 24
SIGNATURE = 10

LINK_KIND: Mapping[LinkKind, str] = {LinkKind.WAN: "WAN", LinkKind.INTERNET: "Inet"}
FAULTS: Mapping[Kind, Phrase] = {
    Kind.DOWN: ("mat", "down"),
    Kind.LOSS: ("mat goi {value}/100", "loss {value}/100"),
    Kind.LATENCY: ("tre {value}ms", "delay {value}ms"),
    Kind.JITTER: ("jitter {value}ms", "jitter {value}ms"),
    Kind.UTILISATION: ("day tai {value}/100", "full {value}/100"),
    Kind.NO_DATA: ("khong do duoc", "not measured"),
    Kind.ROUTER_DOWN: ("mat", "down"),
    Kind.SNMP_UNREACHABLE: ("khong doc SNMP", "no SNMP"),
    Kind.BANDWIDTH_NOT_EXPANDED: ("chua mo rong", "not expanded"),
    Kind.BANDWIDTH_NOT_REVERTED: ("chua tra muc cu", "not reverted"),
    Kind.INTERFACE_MISSING: ("mat cong router", "no interface of"),
    Kind.INTERFACE_AMBIGUOUS: ("trung ten cong", "two interfaces"),
    Kind.ROSTER_GAP: ("thieu nguoi truc", "too few on duty"),
    Kind.CHANNEL_FAILED: ("hong", "failed"),
    Kind.MAINTENANCE_CONFLICT: ("bao tri luc hop", "work clashes"),
    Kind.SITE_DOWN: ("mat moi kenh", "cut off"),
    Kind.UPLINK_DOWN: ("mat uplink", "uplink down"),
    Kind.UPLINK_DEGRADED: ("uplink kem", "uplink poor"),
    Kind.RESOLVER_DOWN: ("loi ten mien", "no names"),
}
"""What is wrong, inside a sentence. A kind without a line here is named by its headline."""


def incident_fields(view: View, language: Language) -> Values:
    """Of one event of one incident."""
    incident = view.incident
    what = headline(view, language)
    access = _access(view, language)
    known = dict(times(view))
    running, coming = facts.conference(view)
    return _sendable(
        {
            **known,
            **dict(_numbers(view, language)),
            **hotline(view.hotline),
            "priority": incident.priority.value,
            "what": short_name(what, WHAT),
            "fault": _fault(view, language),
            "path": _sentence(segment(view, language)),
            "site": _site(view, language),
            "line": f"{access} {fitting(incident.circuit or '')}",
            "access": access,
            "thing": say(phrases.SUBJECT[incident.subject.kind], language),
            "incident": incident.id,
            "running": running.short if running else "",
            "coming": coming.short if coming else "",
            "starts": _date_first(coming.start, view) if coming else "",
            "ends": _soon(running.end, view) if running else "",
            "eta": _soon(view.eta, view) if view.eta else "",
            "holder": short_name(view.holder.name, CONTACT) if view.holder else "",
            "closed_by": short_name(incident.closed_by or "", CONTACT),
            "organisation": signature(view.organisation),
        }
    )


def digest_fields(view: DigestView, language: Language) -> Values:
    """Of several incidents."""
    names = dict.fromkeys(_site(one, language) for one in view.views)
    return _sendable(
        {
            **counts(view),
            **hotline(view.hotline),
            "sites": some(list(names), language),
            "organisation": signature(view.organisation),
        }
    )


def trial_fields(view: TrialView) -> Values:
    """Of a test."""
    return _sendable(
        {
            "now": clock(view.now, view.now, view.timezone),
            "contact": short_name(view.contact.name, CONTACT),
            "organisation": signature(view.organisation),
        }
    )


def signature(organisation: str) -> str:
    """Who sends it, in a word: `Sở TT&TT tỉnh Gia Lai` is SOTTTT."""
    return short_name(organisation, SIGNATURE).replace(" ", "").upper()


def _site(view: View, language: Language) -> str:
    if spread.is_wide(view):
        return spread.number_of_sites(view, language)
    return view.site.short if view.site else short_name(view.incident.site, SITE_SHORT)


def _access(view: View, language: Language) -> str:
    subject = view.incident.subject
    if subject.router is not None:
        return f"router {fitting(subject.id)}"
    if subject.channel is not None:
        thing = say(phrases.SUBJECT[subject.kind], language)
        return f"{thing} {fitting(subject.channel, CHANNEL)}".strip()
    work = work_of(subject)
    if work is not None:
        return fitting(work) or say(phrases.SUBJECT[subject.kind], language)
    duty = duty_of(subject)
    if duty is not None:
        name, level = duty
        whose = view.carrier.short if view.carrier else short_name(name, CARRIER_SHORT)
        return f"{whose} {say(phrases.LEVEL[level], language)}"
    if subject.is_group:
        return _group(view, language)
    kind = LINK_KIND[view.link.kind] if view.link else ""
    gone = short_name(view.incident.carrier or "", CARRIER_SHORT)
    access = f"{kind} {view.carrier.short if view.carrier else gone}".strip()
    return access or say(phrases.SUBJECT[subject.kind], Language.EN)


def _group(view: View, language: Language) -> str:
    subject = view.incident.subject
    if subject.kind is not SubjectKind.RISK:
        return group_access(view, language)
    return fitting(subject.id) or say(phrases.SUBJECT[subject.kind], language)


def fitting(name: str, room: int = CIRCUIT) -> str:
    """A name that can be looked up must be whole, or it had better not be there."""
    plain = unaccented(name)
    return plain if len(plain) <= room else ""


def _fault(view: View, language: Language) -> str:
    phrase, level = FAULTS.get(view.incident.kind), facts.level(view)
    if phrase is not None and level is not None:
        return say(phrase, language, value=briefly_beside(*level, 1, language))
    if phrase is not None and "{" not in phrase[0]:
        return say(phrase, language)
    return short_name(say(phrases.HEADLINE[view.incident.kind], language), FAULT).lower()


def _numbers(view: View, language: Language) -> Iterator[tuple[str, str]]:
    level, load, end = facts.level(view), facts.load(view), facts.ending(view)
    boost = facts.boost(view)
    if level is not None:
        yield "value", briefly_beside(*level, 1, language)
        yield "limit", number(level[1], 3, language)
    if load is not None:
        yield "used", briefly_beside(load.used, load.threshold, 0, language)
        yield "contracted", number(load.contracted, 0, language)
    if boost is not None:
        yield "peak", _peak(boost, language)
        yield "due", due(boost.due, language)
        yield "reference", fitting(boost.reference)
    if view.incident.direction is not None:
        yield "direction", _direction(view.incident.direction, language)
    if end is not None:
        yield "lasted", duration(end.lasted, language)


def _peak(boost: facts.Boosted, language: Language) -> str:
    if boost.peak is None:
        return ""
    if boost.due is None:
        return number(boost.peak, 0, language)
    return briefly_beside(boost.peak, boost.due, 0, language)


def due(rate: float | None, language: Language) -> str:
    """What ought to be, with its unit: 100Mb, or the most there is."""
    return say(phrases.MOST_BRIEFLY, language) if rate is None else f"{number(rate, 0, language)}Mb"


def _direction(direction: Direction, language: Language) -> str:
    return say(phrases.DIRECTION[direction], language)


def _date_first(at: datetime, view: View) -> str:
    local = at.astimezone(view.timezone)
    today = local.date() == view.now.astimezone(view.timezone).date()
    return local.strftime("%H:%M" if today else "%d/%m %H:%M")


def _soon(at: datetime, view: View) -> str:
    """A time of day; within the next 24 hours there is no other."""
    if timedelta() <= at - view.now < timedelta(hours=24):
        return clock(at, at, view.timezone)
    return clock(at, view.now, view.timezone)


def _sendable(values: Mapping[str, str]) -> Values:
    return {name: unaccented(value) for name, value in values.items()}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
