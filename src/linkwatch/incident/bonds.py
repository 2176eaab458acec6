"""What makes many faults one: how they hang together, and how sure that is.

A fault of a link is explained by one of what it passes, if that can do as much. Links that share
something, or a carrier, and fail within seconds of each other, have one cause by all appearances.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from linkwatch.model.finding import Kind
from linkwatch.model.ids import CarrierId, LinkId
from linkwatch.model.path import Confidence
from linkwatch.model.subject import Subject, SubjectKind
from linkwatch.model.topology import Link

LEAST_SITES = 3
"""So many at once are no coincidence."""
TOGETHER = timedelta(seconds=10)
"""Between the first signs of faults of one cause; two rounds of probes that are 5 s apart."""
POWER = timedelta(seconds=30)
"""Between the first signs of all links of a site when its power fails: some have a battery."""

_EXPLAINS: Mapping[Kind, frozenset[Kind]] = {
    Kind.DOWN: frozenset({Kind.DOWN, Kind.LOSS, Kind.LATENCY, Kind.JITTER}),
    Kind.LOSS: frozenset({Kind.LOSS, Kind.JITTER}),
    Kind.LATENCY: frozenset({Kind.LATENCY, Kind.JITTER}),
    Kind.JITTER: frozenset({Kind.JITTER}),
}


def explains(cause: Kind | None, effect: Kind | None) -> bool:
    """Whether a fault of what a link passes can be all that is wrong with the link."""
    return cause is not None and effect in _EXPLAINS.get(cause, frozenset())


@dataclass(frozen=True, slots=True)
class Lost:
    """A link that is down, with no known cause, since `at`."""

    link: Link
    at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Links whose faults are one: of `subject`, since `at`."""

    subject: Subject
    kind: Kind
    links: tuple[LinkId, ...]
    at: datetime
    confidence: Confidence | None


def of_site(links: Sequence[Link], lost: Mapping[LinkId, datetime]) -> Group | None:
    """All links of a site, two at least, lost within half a minute: it has no power, perhaps."""
    if len(links) < 2 or any(link.id not in lost for link in links):
        return None
    times = [lost[link.id] for link in links]
    if max(times) - min(times) > POWER:
        return None
    ids = tuple(link.id for link in links)
    # It is cut off since the last of them was.
    return Group(Subject.of_site(links[0].site), Kind.SITE_DOWN, ids, max(times), None)


def of_risk(risk: str, sharing: Sequence[Link], lost: Mapping[LinkId, datetime]) -> Group | None:
    """Links that share something, of two sites at least: all of them lost, or most of many."""
    gone = _at_once([Lost(link, lost[link.id]) for link in sharing if link.id in lost])
    sites = {one.link.site for one in gone}
    every = len(gone) == len(sharing)
    most = len(sites) >= LEAST_SITES and 2 * len(gone) > len(sharing)
    if len(sites) < 2 or not (every or most):
        return None
    confidence = Confidence.LIKELY if every else Confidence.POSSIBLE
    return _group(Subject.of_risk(risk), gone, confidence)


def of_carrier(carrier: CarrierId, lost: Iterable[Lost], every: Iterable[Link]) -> Group | None:
    """Links of one carrier at three sites and more, lost within seconds.

    `lost` are those of the carrier with no known cause, `every` all that it has. Where all pass
    the same link it is the carrier's network behind that one.
    """
    gone = _at_once(lost)
    if len({one.link.site for one in gone}) < LEAST_SITES:
        return None
    parents = {one.link.parent for one in gone}
    area = next(iter(parents)) if len(parents) == 1 else None
    there = sum(link.carrier == carrier and link.parent in parents for link in every)
    confidence = Confidence.LIKELY if 2 * len(gone) > there else Confidence.POSSIBLE
    return _group(Subject.of_carrier(carrier, area), gone, confidence)


def is_over(subject: Subject, left: Iterable[Link], joined: int) -> bool:
    """Whether so few of the `joined` links are `left` that each is rather a fault of its own."""
    links = tuple(left)
    sites = {link.site for link in links}
    match subject.kind:
        case SubjectKind.CARRIER:
            return len(sites) < LEAST_SITES
        case SubjectKind.RISK:
            return len(sites) < 2
        case _:
            return len(links) < joined


def belongs(subject: Subject, link: Link) -> bool:
    """Whether a link that fails now can be one more of a group."""
    if subject.kind is SubjectKind.RISK:
        return subject.id in link.shared_risk
    if subject.carrier is None:
        return subject.site == link.site
    carrier, area = subject.carrier
    return link.carrier == carrier and area in (None, link.parent)


def _at_once(lost: Iterable[Lost]) -> list[Lost]:
    """The most that fell within the same seconds, the first such where there are several."""
    known = sorted(lost, key=lambda one: (one.at, one.link.id))
    best: list[Lost] = []
    first = 0
    for last, one in enumerate(known):
        while one.at - known[first].at > TOGETHER:
            first += 1
        if last + 1 - first > len(best):
            best = known[first : last + 1]
    return best


def _group(subject: Subject, gone: Sequence[Lost], confidence: Confidence) -> Group:
    links = tuple(one.link.id for one in gone)
    return Group(subject, Kind.DOWN, links, min(one.at for one in gone), confidence)
