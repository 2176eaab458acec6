"""Where faults lie: traces are asked for, and compared with the way as it was.

Each function changes the state it is given and adds to the effects of the turn.
"""

from itertools import islice

from linkwatch.incident import lifecycle
from linkwatch.judge.link import LinkJudge
from linkwatch.model.finding import Family, Kind, LinkState
from linkwatch.model.ids import LinkId
from linkwatch.model.incident import Incident
from linkwatch.model.moment import Moment
from linkwatch.model.path import Trace, TraceNow, Unlocated, Whereabouts
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Metric
from linkwatch.model.topology import Link, Method, Place
from linkwatch.path.landmarks import Landmarks
from linkwatch.path.locate import Scene, broken, lossy, slow
from linkwatch.path.sides import Sign, Way, Witnesses
from linkwatch.path.surveys import Course
from linkwatch.runtime.faults import apply
from linkwatch.runtime.state import Effects, State

LOCATED = frozenset({Kind.DOWN, Kind.LOSS, Kind.LATENCY})
"""Kinds whose place a trace can show."""
_MOST_ASKED = 100
"""Other links asked about one router: it is passed by thousands, and a turn may not take long."""
_AT_LENGTH = 1.0
"""s after a fault began from when on an answer cannot have been under way before it."""


def follow(state: State, now: Moment) -> None:
    """Another configuration is in force: other links may be traced, or to other targets."""
    if not state.traces:
        return
    state.landmarks = Landmarks(state.inventory)
    judges = state.judges.values()
    courses = {judge.link.id: course for judge in judges if (course := course_of(judge))}
    for link in state.surveys.follow(courses, now.monotonic):
        state.paths.forget(link)


def course_of(judge: LinkJudge) -> Course | None:
    """What is traced of a link: the way to the end that it is judged at, if that can be pinged."""
    link = judge.link
    pinged = [(n, t) for n, t in enumerate(link.targets) if t.method is Method.ICMP]
    if not pinged:
        return None
    position, target = min(
        pinged,
        key=lambda one: (
            not judge.is_target_verified(one[1].address),
            one[1].place is not Place.SITE,
        ),
    )
    return position, target.address, link.source


def survey(state: State, now: Moment, effects: Effects) -> None:
    """Have the ways looked at that are due, of links that are well."""
    for link in state.surveys.due(now.monotonic):
        course = course_of(state.judges[link])
        if course is not None and course != state.surveys.course(link):
            state.surveys.change(link, course)
            state.paths.forget(link)
        is_well = _is_well(state, link)
        state.surveys.wait(link, now.monotonic, well=is_well)
        if is_well:
            _trace(state, link, None, effects)


def locate(state: State, effects: Effects) -> None:
    """Have the ways looked at on which something has just gone wrong."""
    for number in effects.worsened if state.traces else ():
        incident = state.incidents[number]
        link = incident.subject.link
        if link is not None and incident.kind in LOCATED and not incident.status.is_closed:
            _trace(state, link, incident, effects)


def traced(state: State, trace: Trace, now: Moment, effects: Effects) -> None:
    """A trace has ended."""
    wanted = trace.wanted
    course = state.surveys.course(wanted.link)
    if course is None or course[0] != wanted.target:
        return  # the configuration has changed meanwhile
    if wanted.incident is None:
        if _is_well(state, wanted.link):
            state.paths.learn(trace)
            known = state.paths.known(wanted.link)
            settled = known is not None and known.is_settled and not known.missed
            state.surveys.looked(wanted.link, now.monotonic, settled=settled)
        return
    state.paths.hear(trace)
    incident = state.incidents.get(wanted.incident)
    if incident is None or incident.status.is_closed:
        return
    where = _compared(state, incident, trace, now)
    apply(state, lifecycle.locate(incident, where), now, effects)


def _trace(state: State, link: LinkId, incident: Incident | None, effects: Effects) -> None:
    course = state.surveys.course(link)
    known = state.paths.known(link)
    if course is None or (incident is not None and (known is None or not known.tells)):
        return
    distance = known.distance if known else None
    number = incident.id if incident else None
    effects.traces.append(TraceNow(link, course[0], distance, number))


def _is_well(state: State, link: LinkId) -> bool:
    judge = state.judges.get(link)
    if judge is None or judge.state is not LinkState.UP:
        return False
    incident = state.incident((Family.QUALITY, Subject.of_link(link)))
    return incident is None or incident.status.is_closed


def _compared(
    state: State, incident: Incident, trace: Trace, now: Moment
) -> Whereabouts | Unlocated:
    link = trace.wanted.link
    known = state.paths.known(link)
    if known is None or known.address != trace.address:
        return Unlocated.NO_BASELINE
    marks = state.landmarks.of(state.judges[link].link, trace.wanted.target)
    since = now.monotonic_at(incident.started_at) + _AT_LENGTH
    scene = Scene(Way(known, marks), marks, _witnesses(state, link, since), trace)
    if incident.kind is Kind.LOSS:
        return lossy(scene, incident.measured.get(Metric.LOSS, 0.0))
    return slow(scene) if incident.kind is Kind.LATENCY else broken(scene)


def _witnesses(state: State, link: LinkId, since: float) -> Witnesses:
    judge = state.judges[link]
    uplinks = [x for x in state.inventory.own_uplinks.values() if _is_way_out(state, x, judge.link)]
    others = [x for x in state.links_of.get(judge.link.site, ()) if x != link]
    end = judge.answered(Place.CARRIER)
    return Witnesses(
        uplink=_sign(state, uplinks, tuple(Place), since),
        site=_sign(state, others, (Place.SITE,), since),
        carrier_end=end[0] if end is not None and end[1] >= since else None,
        alive=_alive(state, judge.link, since),
    )


def _is_way_out(state: State, uplink: LinkId, link: Link) -> bool:
    own = state.inventory.links.get(uplink)
    return own is not None and own.id != link.id and own.kind is link.kind


def _sign(state: State, links: list[LinkId], places: tuple[Place, ...], since: float) -> Sign:
    """What these links say by their targets there; one that answers outweighs all that do not."""
    known = [
        (state.judges[x].state, answered[1])
        for x in links
        for place in places
        if (answered := state.judges[x].answered(place)) is not None
    ]
    if any(at >= since for _, at in known):
        return Sign.WELL
    if known and all(is_now is LinkState.DOWN for is_now, _ in known):
        return Sign.FAILED
    return Sign.UNTOLD


def _alive(state: State, link: Link, since: float) -> frozenset[str]:
    """The routers on its way that others have heard of, or got past, since the fault began."""
    known = state.paths.known(link.id)
    routers = {router for hop in known.hops[:-1] for router in hop.routers} if known else set()
    return frozenset(r for r in routers if _is_alive(state, r, link, since))


def _is_alive(state: State, router: str, link: Link, since: float) -> bool:
    if state.paths.heard_at(router) >= since:
        return True
    for other in islice(state.paths.passing(router), _MOST_ASKED):
        judge = state.judges.get(other)
        # From another source pings may well go another way there.
        if judge is None or other == link.id or judge.link.source != link.source:
            continue
        course = state.surveys.course(other)
        place = judge.link.targets[course[0]].place if course else Place.CARRIER
        answered = judge.answered(place)
        if answered is not None and answered[1] >= since:
            return True
    return False
