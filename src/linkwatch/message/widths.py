"""How long a short message can become with the names of one configuration."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from linkwatch.message import phrases, short
from linkwatch.message.facts import MBIT
from linkwatch.message.fields import SHOWN
from linkwatch.message.figures import number, phone
from linkwatch.message.gsm import CONFERENCE_SHORT, ONE_PART, SITE_SHORT, STANDS_ALONE, unaccented
from linkwatch.message.located import named
from linkwatch.message.phrases import say
from linkwatch.message.template import fill, groups, joined
from linkwatch.model.finding import Kind
from linkwatch.model.inventory import Inventory
from linkwatch.model.path import Confidence, Segment
from linkwatch.model.subject import SubjectKind
from linkwatch.model.topology import Link
from linkwatch.model.words import Clause, Language, Template

SITE_SHOWN = 12
"""Characters of a site's short name that the first `STANDS_ALONE` have to show."""
_DAY = timedelta(hours=24)
_WIDEST: Mapping[str, str] = {
    "priority": "P1",
    "what": "W" * short.WHAT,
    "since": "23:59 31/12",
    "now": "23:59 31/12",
    "until": "23:59 31/12",
    "unwatched_at": "23:59 31/12",
    "left_at": "23:59 31/12",
    "eta": "23:59",
    "held_until": "23:59 31/12",
    "lasted": "999 gio 59 phut",
    "minutes": "999",
    "direction": "chieu xuong",
    "incident": "LW-999999",
    "holder": "W" * short.CONTACT,
    "closed_by": "W" * short.CONTACT,
    "contact": "W" * short.CONTACT,
    "count": "999",
    "open": "999",
    "closed": "999",
    "restored": "999",
    "incidents": "LW-999997, LW-999998, LW-999999",
}
"""What depends neither on names nor on thresholds."""
_PERCENT = (Kind.LOSS.value, Kind.UTILISATION.value)


@dataclass(frozen=True, slots=True)
class Widest:
    """The longest a message by one template can be, and what it loses at that.

    `length` is that of all clauses, `beginning` that of the first, which is never left out;
    `left_out` the fields that no clause within `ONE_PART` shows any more; `site_at` where the site
    begins in the first, None where it is not in it.
    """

    length: int
    beginning: int
    left_out: frozenset[str]
    site_at: int | None

    @property
    def stands_alone(self) -> bool:
        """Whether the first characters, all that a locked phone shows, say where."""
        return self.site_at is not None and self.site_at <= STANDS_ALONE - SITE_SHOWN


def widest(inventory: Inventory, section: str) -> Sequence[Mapping[str, str]]:
    """Every field at its widest in this province: one for each set that can come together.

    A fault is of a link, a router, a duty, a channel, some work, a site or of many; a conference is
    on or coming.
    """
    site = "W" * max((len(s.short) for s in inventory.sites.values()), default=SITE_SHORT)
    hotline = inventory.operators.hotline
    names = {
        "site": site,
        "sites": f"{', '.join([site] * SHOWN)} va 999 noi khac",
        "hotline": phone(hotline) if hotline else "",
        "organisation": short.signature(inventory.organisation),
    }
    return [
        {**_WIDEST, **names, **subject, **meeting}
        for subject in (
            _of_links(inventory, section),
            _of_routers(inventory),
            _of_duties(inventory),
            _of_channels(inventory),
            _of_sites(),
            _of_many(inventory),
            *_of_works(section),
        )
        for meeting in _conferences(inventory)
    ]


def measure(template: Template, scenes: Sequence[Mapping[str, str]]) -> Widest:
    """How long its messages can become when filled so."""
    length, beginning, left_out = 0, 0, set[str]()
    for known in scenes:
        filled = [_longest(group, known) for group in groups(template)]
        clauses = [clause for clause in filled if clause.text]
        shown = clauses
        while len(shown) > 1 and _length(shown) > ONE_PART:
            shown = shown[:-1]
        length = max(length, _length(clauses))
        beginning = max(beginning, len(filled[0].text))
        left_out |= _fields(clauses) - _fields(shown)
    places = [_place(clause, known) for clause in groups(template)[0] for known in scenes]
    found = [place for place in places if place is not None]
    site_at = max(found) if len(found) == len(places) else None
    return Widest(length, beginning, frozenset(left_out), site_at)


def _of_links(inventory: Inventory, section: str) -> Mapping[str, str]:
    links = inventory.links.values()
    accesses = {
        link.id: f"{short.LINK_KIND[link.kind]} {inventory.carriers[link.carrier].short}"
        for link in links
    }
    lines = (f"{accesses[link.id]} {short.fitting(link.circuit or '')}".strip() for link in links)
    limit = max((_limit(link) for link in links), key=len, default="")
    rate = max((len(_rate(link)) for link in links), default=0)
    orders = (rate for link in links for rate in link.contracted)
    references = [short.fitting(order.reference or "") for order in orders]
    in_percent = section.partition(".")[2] in _PERCENT
    return {
        "line": max(lines, key=len, default=""),
        "access": max(accesses.values(), key=len, default=""),
        "fault": "w" * short.FAULT,
        "thing": "uplink",
        "limit": limit,
        # Only what is close to its threshold has decimals.
        "value": "99,99" if in_percent else f"{'9' * len(limit.partition(',')[0])},99",
        "used": f"{'9' * rate},99",
        "contracted": "9" * rate,
        "peak": f"{'9' * rate},99",
        "due": max(f"{'9' * rate}Mb", short.due(None, Language.VI), key=len),
        "reference": max(references, key=len, default=""),
        "path": max(_segments(inventory), key=len),
    }


def _segments(inventory: Inventory) -> Iterator[str]:
    carriers = [carrier.short for carrier in inventory.carriers.values()]
    for language in Language:
        for where, confidence in product(Segment, Confidence):
            carrier = max(carriers, key=len, default="")
            yield unaccented(named(where, confidence, carrier, language))


def _of_routers(inventory: Inventory) -> Mapping[str, str]:
    names = [f"router {short.fitting(router)}" for router in inventory.routers]
    longest = max(names, key=len, default="")
    return {
        "line": longest,
        "access": longest,
        "fault": "w" * short.ROUTER_FAULT,
        "thing": "router",
    }


def _of_duties(inventory: Inventory) -> Mapping[str, str]:
    levels = (unaccented(words) for phrase in phrases.LEVEL.values() for words in phrase)
    carrier = max((each.short for each in inventory.carriers.values()), key=len, default="")
    longest = f"{carrier} {max(levels, key=len)}"
    return {
        "line": longest,
        "access": longest,
        "fault": "w" * short.FAULT,
        "thing": unaccented(say(phrases.SUBJECT[SubjectKind.DUTY], Language.VI)),
    }


def _of_channels(inventory: Inventory) -> Mapping[str, str]:
    thing = unaccented(say(phrases.SUBJECT[SubjectKind.CHANNEL], Language.VI))
    names = (short.fitting(channel, short.CHANNEL) for channel in inventory.served_channels)
    longest = f"{thing} {max(names, key=len, default='')}"
    fault = unaccented(say(short.FAULTS[Kind.CHANNEL_FAILED], Language.EN))
    return {"line": longest, "access": longest, "fault": fault, "thing": thing}


def _of_works(section: str) -> Iterator[Mapping[str, str]]:
    if section.partition(".")[2] not in ("", Kind.MAINTENANCE_CONFLICT.value):
        return
    longest = "W" * short.CIRCUIT
    yield {
        "line": longest,
        "access": longest,
        "fault": "w" * short.FAULT,
        "thing": unaccented(say(phrases.SUBJECT[SubjectKind.WORK], Language.VI)),
    }


def _of_sites() -> Mapping[str, str]:
    both = [unaccented(words) for words in phrases.ALL_LINKS]
    kinds = [unaccented(words) for words in phrases.SUBJECT[SubjectKind.SITE]]
    longest = max(both, key=len)
    return {
        "line": longest,
        "access": longest,
        "fault": "w" * short.FAULT,
        "thing": max(kinds, key=len),
    }


def _of_many(inventory: Inventory) -> Mapping[str, str]:
    """Of a carrier's network, or of what several links share."""
    carriers = [carrier.short for carrier in inventory.carriers.values()]
    risks = {short.fitting(x) for link in inventory.links.values() for x in link.shared_risk}
    shared = [unaccented(words) for words in phrases.SUBJECT[SubjectKind.RISK]]
    longest = max((*carriers, *risks, *shared), key=len)
    counts = (unaccented(say(phrases.SITES, x, count="999")) for x in Language)
    things = [unaccented(words) for words in phrases.SUBJECT[SubjectKind.CARRIER]]
    return {
        "site": max(counts, key=len),
        "line": longest,
        "access": longest,
        "fault": "w" * short.FAULT,
        "thing": max(things, key=len),
    }


def _conferences(inventory: Inventory) -> Sequence[Mapping[str, str]]:
    conferences = inventory.conferences.values()
    name = "W" * max((len(c.short) for c in conferences), default=CONFERENCE_SHORT)
    overnight = any(c.end - c.start > _DAY for c in conferences)
    return (
        {"running": name, "ends": "23:59 31/12" if overnight else "23:59"},
        {"coming": name, "starts": "31/12 23:59"},
    )


def _limit(link: Link) -> str:
    """The longest of a link's thresholds, as a message shows it."""
    levels = link.thresholds
    shown = [
        number(level * per_unit, 3, Language.VI)
        for limits, per_unit in (
            (levels.latency, 1000),
            (levels.jitter, 1000),
            (levels.loss, 100),
            (levels.utilisation, 100),
        )
        for level in (limits.warning, limits.critical)
        if level is not None
    ]
    return max(shown, key=len, default="")


def _rate(link: Link) -> str:
    rates = [rate for each in link.contracted for rate in (each.receive, each.transmit)]
    return number(max((rate or 0) for rate in rates) / MBIT, 0, Language.VI)


@dataclass(frozen=True, slots=True)
class _Filled:
    text: str
    fields: tuple[str, ...]


def _length(clauses: Sequence[_Filled]) -> int:
    return len(joined(clause.text for clause in clauses))


def _longest(group: Sequence[Clause], known: Mapping[str, str]) -> _Filled:
    """The longest of some alternatives; empty where none has what it needs."""
    filled = [_Filled(fill(clause, known) or "", clause.fields) for clause in group]
    return max(filled, key=lambda one: len(one.text))


def _fields(clauses: Iterable[_Filled]) -> set[str]:
    return {field for clause in clauses for field in clause.fields}


def _place(clause: Clause, known: Mapping[str, str]) -> int | None:
    """How far from the beginning the clause names the site, or the first of several."""
    at = 0
    for words, field in zip(clause.words, clause.fields, strict=False):
        at += len(words)
        if field in ("site", "sites"):
            return at
        at += len(known.get(field, ""))
    return None
