"""What was measured or found, in words: one clause a kind of fault."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from linkwatch.message import facts, phrases
from linkwatch.message.figures import beside, clock, duration, number
from linkwatch.message.phrases import Phrase, say
from linkwatch.message.view import View
from linkwatch.model.finding import Kind
from linkwatch.model.notification import DeliveryOutcome
from linkwatch.model.words import Language


def measured(view: View, language: Language) -> str:
    """The figures or findings that the verdict stands on; '' where there are none to show."""
    return CLAUSES[view.incident.kind](view, language)


def _counted(view: View, language: Language) -> str:
    if view.incident.subject.is_group:
        return say(phrases.TOGETHER, language, count=str(len(view.incident.links)))
    lost = number(view.incident.evidence.get("lost", 0.0), 0, language)
    sent = number(view.incident.evidence.get("sent", 0.0), 0, language)
    return say(phrases.LOST_ALL, language, lost=lost, sent=sent)


def _loss(view: View, language: Language) -> str:
    evidence = view.incident.evidence
    return _beside_limit(
        view,
        phrases.LOSS,
        language,
        span=duration(evidence.get("span", 0.0), language),
        lost=number(evidence.get("lost", 0.0), 0, language),
        sent=number(evidence.get("sent", 0.0), 0, language),
    )


def _latency(view: View, language: Language) -> str:
    return _beside_limit(view, phrases.LATENCY, language)


def _jitter(view: View, language: Language) -> str:
    return _beside_limit(view, phrases.JITTER, language)


def _load(view: View, language: Language) -> str:
    load, direction = facts.load(view), view.incident.direction
    if load is None or direction is None:
        return ""
    return _beside_limit(
        view,
        phrases.UTILISATION,
        language,
        direction=say(phrases.DIRECTION[direction], language),
        used=beside(load.used, load.threshold, 1, language),
        contracted=number(load.contracted, 1, language),
    )


def _beside_limit(view: View, phrase: Phrase, language: Language, **more: str) -> str:
    level = facts.level(view)
    if level is None:
        return ""
    value, limit = level
    return say(
        phrase,
        language,
        value=beside(value, limit, 1, language),
        limit=number(limit, 3, language),
        **more,
    )


def _no_data(_view: View, language: Language) -> str:
    return say(phrases.NO_DATA, language)


def _not_expanded(view: View, language: Language) -> str:
    incident, boost = view.incident, facts.boost(view)
    if boost is None:
        return ""
    promised = rate(boost.due, language)
    if incident.direction is None:
        state = phrases.BOOST_STATE.get(incident.reason or "", phrases.BOOST_STATE["promised"])
        return say(
            phrases.CLAIMED,
            language,
            normal=rate(facts.megabits(incident, "normal"), language),
            promised=promised,
            reference=_by(boost),
            state=say(state, language),
        )
    return say(
        phrases.PLATEAU,
        language,
        direction=say(phrases.DIRECTION[incident.direction], language),
        peak=number(boost.peak or 0.0, 1, language),
        promised=promised,
        reference=_by(boost),
    )


def _not_reverted(view: View, language: Language) -> str:
    direction, boost = view.incident.direction, facts.boost(view)
    if boost is None or boost.ended is None or direction is None:
        return ""
    return say(
        phrases.EXCESS,
        language,
        direction=say(phrases.DIRECTION[direction], language),
        peak=number(boost.peak or 0.0, 1, language),
        normal=rate(boost.due, language),
        until=clock(boost.ended, view.now, view.timezone),
        reference=_by(boost),
    )


def _by(boost: facts.Boosted) -> str:
    return f" ({boost.reference})" if boost.reference else ""


def rate(megabits: float | None, language: Language) -> str:
    """With its unit; "maximum" where the order gives no number."""
    if megabits is None:
        return say(phrases.MOST, language)
    return say(phrases.RATE, language, rate=number(megabits, 1, language))


def _router(view: View, language: Language) -> str:
    router = view.router
    if router is None:
        return ""
    if view.incident.kind is Kind.ROUTER_DOWN:
        return say(phrases.ROUTER_DOWN, language, address=router.address)
    phrase = phrases.NOT_POLLED.get(view.incident.reason or "", phrases.NOT_POLLED["timeout"])
    why = say(phrase, language)
    return say(phrases.SNMP_UNREACHABLE, language, address=router.address, why=why)


def _interface(view: View, language: Language) -> str:
    interface = view.link.interface if view.link else None
    if interface is None:
        return ""
    missing = view.incident.kind is Kind.INTERFACE_MISSING
    phrase = phrases.INTERFACE_MISSING if missing else phrases.INTERFACE_AMBIGUOUS
    return say(
        phrase,
        language,
        router=interface.router,
        key=say(phrases.INTERFACE_KEY[interface.key], language),
        value=interface.value,
    )


def _gap(view: View, language: Language) -> str:
    evidence = view.incident.evidence
    start, end = (_instant(evidence.get(name, 0.0), view) for name in ("from", "until"))
    counted = {
        name: number(evidence.get(name, 0.0), 0, language)
        for name in ("on_duty", "wanted", "sites")
    }
    return say(phrases.GAP, language, start=start, end=end, **counted)


def _mute(view: View, language: Language) -> str:
    evidence = view.incident.evidence
    tries, last = evidence.get("tries", 0.0), evidence.get("last_accepted")
    phrase = phrases.MUTE_STILL if not tries else phrases.MUTE_SINCE_START
    at = ""
    if tries and last is not None:
        phrase = phrases.MUTE
        at = clock(datetime.fromtimestamp(last, UTC), view.now, view.timezone)
    failed = phrases.NOT_ACCEPTED[DeliveryOutcome.FAILED]
    why = say(phrases.NOT_ACCEPTED.get(view.incident.reason or "", failed), language)
    return say(phrase, language, tries=number(tries, 0, language), why=why, last=at)


def _conflict(view: View, language: Language) -> str:
    evidence = view.incident.evidence
    start, end = (_instant(evidence.get(name, 0.0), view) for name in ("from", "until"))
    links = number(evidence.get("links", 0.0), 0, language)
    return say(phrases.CONFLICT, language, start=start, end=end, links=links)


def _instant(timestamp: float, view: View) -> str:
    return clock(datetime.fromtimestamp(timestamp, UTC), view.now, view.timezone)


def _cut_off(view: View, language: Language) -> str:
    return say(phrases.NO_POWER, language, count=str(len(view.incident.links)))


def _uplink(view: View, language: Language) -> str:
    incident = view.incident
    phrase = phrases.UPLINK_DOWN
    if incident.kind is Kind.UPLINK_DEGRADED:
        phrase = phrases.UPLINK_DEGRADED
    counted = {
        name: number(incident.evidence.get(name, 0.0), 0, language)
        for name in ("links", "asked", "carriers")
    }
    ground = phrases.GROUND.get(incident.reason or "", phrases.GROUND["common"])
    return say(phrase, language, ground=say(ground, language), **counted)


def _resolver(_view: View, language: Language) -> str:
    return say(phrases.RESOLVER_DOWN, language)


CLAUSES: Mapping[Kind, Callable[[View, Language], str]] = {
    Kind.DOWN: _counted,
    Kind.LOSS: _loss,
    Kind.LATENCY: _latency,
    Kind.JITTER: _jitter,
    Kind.UTILISATION: _load,
    Kind.NO_DATA: _no_data,
    Kind.BANDWIDTH_NOT_EXPANDED: _not_expanded,
    Kind.BANDWIDTH_NOT_REVERTED: _not_reverted,
    Kind.SNMP_UNREACHABLE: _router,
    Kind.ROUTER_DOWN: _router,
    Kind.INTERFACE_MISSING: _interface,
    Kind.INTERFACE_AMBIGUOUS: _interface,
    Kind.ROSTER_GAP: _gap,
    Kind.CHANNEL_FAILED: _mute,
    Kind.MAINTENANCE_CONFLICT: _conflict,
    Kind.SITE_DOWN: _cut_off,
    Kind.UPLINK_DOWN: _uplink,
    Kind.UPLINK_DEGRADED: _uplink,
    Kind.RESOLVER_DOWN: _resolver,
}
