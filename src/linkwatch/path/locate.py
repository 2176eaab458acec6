"""Baseline and trace -> where a fault lies: the leg that explains best which hops answer.

Every leg of the way is a hypothesis, all alike likely beforehand. What each makes of the answers
seen is a product of binomials, by how reliably each hop answers while all is well (a router need
not tell of a ping that it drops, and most tell of only so many a second). A segment is named where
its legs together have most of the likelihood, and is never called likely on thin grounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from linkwatch.model.path import Confidence, Hop, Segment, Trace, Unlocated, Whereabouts
from linkwatch.path import chances
from linkwatch.path.baseline import Known, is_winding
from linkwatch.path.chances import MUTE, MUTE_LIKE_OTHERS, well
from linkwatch.path.landmarks import Marks
from linkwatch.path.sides import Sign, Way, Witnesses

LIKELY, POSSIBLE = 0.85, 2 / 3
"""Of the likelihood, for a segment to be called so: possible is twice as likely as all others."""
_WITHDRAWN = 0.1
"""The chance that a way that has failed farther on is not even begun: routes are taken back, and
those before the fault drop what they no longer know a way for."""
_KNOWN = 0.9
"""Of the likelihood beyond a hop, for it to be called well."""
LEAST_LOSS = 0.2
LEAST_DELAY = 0.010
"""s: control processors of routers are late by less for no reason."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is compared: the way as it was, the trace of now, and what is known besides."""

    way: Way
    marks: Marks
    witnesses: Witnesses
    trace: Trace

    @property
    def hops(self) -> Sequence[tuple[Known, Hop]]:
        """Each hop of the way, as it was and now."""
        silent = (Hop(),) * self.way.baseline.distance
        return list(zip(self.way.baseline.hops, (*self.trace.hops, *silent), strict=False))


def broken(scene: Scene) -> Whereabouts | Unlocated:
    """Where the way breaks off when nothing gets to its end."""
    trace, distance = scene.trace, scene.way.baseline.distance
    why_not = _incomparable(scene)
    if why_not is not None:
        return why_not
    if trace.distance is not None:
        return Unlocated.ANSWERS
    expired = max((n for n, hop in enumerate(trace.hops, 1) if hop.expired), default=0)
    if expired >= distance or is_winding(trace):
        return _only_as_far(scene, expired)
    refused, by_others = _refused_at(scene), _known_well(scene)
    if refused is None:
        return _only_as_far(scene, distance - 1)
    good = max(expired, refused, by_others)
    refuses = refused == good > by_others
    likelihoods = [
        _broken_at(leg, good, scene, refuses) if leg > good else 0.0
        for leg in range(1, distance + 1)
    ]
    return _named(scene, likelihoods, _name(scene, good), sure=not _may_vary(scene, good))


def lossy(scene: Scene, loss: float) -> Whereabouts | Unlocated:
    """From where on pings are lost, when this share of them is."""
    trace, distance = scene.trace, scene.way.baseline.distance
    why_not = _incomparable(scene)
    if why_not is not None:
        return why_not
    if loss < LEAST_LOSS:
        return Unlocated.TOO_LITTLE
    if trace.distance not in (None, distance) or is_winding(trace):
        return Unlocated.REROUTED
    end = scene.hops[-1][1]
    if end.expired or end.refused:
        return Unlocated.REROUTED
    if end.arrived == end.asked:
        return Unlocated.ANSWERS
    likelihoods = [
        _loses_from(leg, scene, min(loss, chances.BEST)) for leg in range(1, distance + 1)
    ]
    return _named(scene, likelihoods, _well_until(scene, likelihoods), sure=False)


def slow(scene: Scene) -> Whereabouts | Unlocated:
    """From where on answers take longer than they used to."""
    distance = scene.way.baseline.distance
    why_not = _incomparable(scene)
    if why_not is not None:
        return why_not
    if scene.trace.distance != distance or is_winding(scene.trace):
        return Unlocated.REROUTED
    later = [_later(known, hop) for known, hop in scene.hops]
    most = later[-1]
    if most is None or most < LEAST_DELAY:
        return Unlocated.TOO_LITTLE
    # A router may be slow to answer for itself; none is quicker than the way to it.
    prompt = [n for n, late in enumerate(later, 1) if late is not None and late < most / 2]
    good = max(prompt, default=0)
    bad = next(n for n, late in enumerate(later, 1) if n > good and late is not None)
    likelihoods = [float(good < leg <= bad) for leg in range(1, distance + 1)]
    return _named(scene, likelihoods, _name(scene, good), sure=False)


def _incomparable(scene: Scene) -> Unlocated | None:
    if scene.trace.is_ours:
        return Unlocated.OWN_TROUBLE
    return None if scene.way.baseline.tells else Unlocated.NO_HOPS


def _refused_at(scene: Scene) -> int | None:
    """The farthest hop that would not pass pings on; 0: none said so, None: who did is unknown.

    A router says so of pings that come to it with hops left, and so stands nearer than they could
    have gone.
    """
    trace, baseline = scene.trace, scene.way.baseline
    refusing = frozenset(router for hop in trace.hops for router in hop.refusing)
    numbered = list(enumerate(trace.hops, 1))
    named = max((n for n, hop in numbered if not refusing.isdisjoint(hop.routers)), default=0)
    known = max(named, baseline.position(refusing))
    return known or (None if any(hop.refused for hop in trace.hops) else 0)


def _known_well(scene: Scene) -> int:
    """The farthest hop that others know to be well."""
    ours = scene.way.province if scene.witnesses.uplink is Sign.WELL else 0
    alive = scene.way.baseline.position(scene.witnesses.alive)
    return max(ours, alive, _reached_access(scene))


def _reached_access(scene: Scene) -> int:
    """The carrier's end, if that is not what is traced and has answered; else 0."""
    beside = scene.witnesses.carrier_end is not None and scene.marks.ends_at_site
    return min(scene.way.access, scene.way.baseline.distance - 1) if beside else 0


def _broken_at(leg: int, good: int, scene: Scene, refuses: bool) -> float:
    """The likelihood of all that is heard, up to hop `good`, if the way breaks off at this leg."""
    if refuses:
        return 1.0  # nothing was sent farther: the silence behind it tells nothing
    # Where one that is well says nothing, that another says nothing means less.
    alike = any(known.heard and not hop.heard for known, hop in scene.hops[:good])
    mute = MUTE_LIKE_OTHERS if alike else MUTE
    between = scene.hops[good : leg - 1]
    silent = prod(well(known, hop.asked, 0, mute) for known, hop in between)
    withdrawn = _WITHDRAWN if good else 0.0
    return silent + withdrawn * (1 - silent)


def _loses_from(leg: int, scene: Scene, loss: float) -> float:
    return prod(
        well(known, hop.asked, hop.heard)
        if number < leg
        else chances.lossy(known, hop.asked, hop.heard, loss)
        for number, (known, hop) in enumerate(scene.hops, 1)
    )


def _named(
    scene: Scene, likelihoods: Sequence[float], last_reply: str | None, *, sure: bool
) -> Whereabouts | Unlocated:
    total = sum(likelihoods)
    shares = dict.fromkeys(Segment, 0.0)
    for likelihood, leg in zip(likelihoods, scene.way.legs(scene.witnesses), strict=True):
        for segment, share in leg.items():
            shares[segment] += likelihood * share / total if total else 0.0
    best = max(Segment, key=lambda segment: shares[segment])
    if shares[best] >= POSSIBLE:
        likely = sure and scene.way.baseline.is_settled and shares[best] >= LIKELY
        return Whereabouts(last_reply, best, Confidence.LIKELY if likely else Confidence.POSSIBLE)
    return Whereabouts(last_reply) if last_reply else Unlocated.UNDECIDED


def _only_as_far(scene: Scene, good: int) -> Whereabouts | Unlocated:
    """The way goes on where it used to end, or round: where it fails cannot be told."""
    name = _name(scene, min(good, len(scene.trace.hops)))
    return Whereabouts(name) if name else Unlocated.REROUTED


def _may_vary(scene: Scene, good: int) -> bool:
    """Whether pings need not all go the way that is known."""
    hops = scene.hops[max(0, good - 1) : -1]
    others = any(len(known.routers) > 1 for known, _ in hops)
    heard = scene.hops[:good]
    return others or any(
        known.routers and not set(hop.routers) <= set(known.routers) for known, hop in heard
    )


def _well_until(scene: Scene, likelihoods: Sequence[float]) -> str | None:
    total = sum(likelihoods)
    good = 0
    for hop in range(1, len(likelihoods)):
        if total and sum(likelihoods[hop:]) / total >= _KNOWN:
            good = hop
    return _name(scene, good)


def _name(scene: Scene, good: int) -> str | None:
    """The address of the farthest router up to there that has answered, us or others."""
    for number, (known, hop) in reversed(list(enumerate(scene.hops[:good], 1))):
        others = [router for router in known.routers if router in scene.witnesses.alive]
        heard = (*hop.routers, *hop.refusing, *others)
        if heard:
            return heard[0]
        if number == _reached_access(scene):
            return scene.witnesses.carrier_end
    return None


def _later(known: Known, hop: Hop) -> float | None:
    if known.soonest is None or hop.soonest is None:
        return None
    return hop.soonest - known.soonest
