"""What was measured or found, in words: one clause a kind of fault."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from linkwatch.message import phrases
from linkwatch.message.figures import beside, clock, duration, number
from linkwatch.message.phrases import say
from linkwatch.message.view import View
from linkwatch.model.finding import Kind
from linkwatch.model.thresholds import Metric
from linkwatch.model.words import Language

MBIT = 1_000_000


def measured(view: View, language: Language) -> str:
    """The figures or findings that the verdict stands on; '' where there are none to show."""
    return CLAUSES[view.incident.kind](view, language)


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


def _latency(view: View, language: Language) -> str:
    return _delay(view, Metric.LATENCY, phrases.LATENCY, language)


def _jitter(view: View, language: Language) -> str:
    return _delay(view, Metric.JITTER, phrases.JITTER, language)


def _no_data(_view: View, language: Language) -> str:
    return say(phrases.NO_DATA, language)


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


def _not_expanded(view: View, language: Language) -> str:
    incident, link = view.incident, view.link
    if link is None:
        return ""
    boost = link.contract(view.now)
    rates = {name: _rate(incident.evidence.get(name), language) for name in ("normal", "promised")}
    reference = f" ({boost.reference})" if boost.reference else ""
    if incident.direction is None:
        state = phrases.BOOST_STATE.get(incident.reason or "", phrases.BOOST_STATE["promised"])
        return say(
            phrases.CLAIMED, language, reference=reference, state=say(state, language), **rates
        )
    return say(
        phrases.PLATEAU,
        language,
        direction=say(phrases.DIRECTION[incident.direction], language),
        peak=number(incident.evidence.get("peak", 0.0) / MBIT, 1, language),
        promised=rates["promised"],
        reference=reference,
    )


def _not_reverted(view: View, language: Language) -> str:
    incident = view.incident
    past = view.link.past_rate(view.now) if view.link else None
    end = past.span.end if past and past.span else None
    if past is None or end is None or incident.direction is None:
        return ""
    return say(
        phrases.EXCESS,
        language,
        direction=say(phrases.DIRECTION[incident.direction], language),
        peak=number(incident.evidence.get("peak", 0.0) / MBIT, 1, language),
        normal=_rate(incident.evidence.get("normal"), language),
        until=clock(end, view.now, view.timezone),
        reference=f" ({past.reference})" if past.reference else "",
    )


def _rate(bits: float | None, language: Language) -> str:
    """In Mbit/s; "maximum" where the order gives no number."""
    if bits is None:
        return say(phrases.MOST, language)
    return say(phrases.RATE, language, rate=number(bits / MBIT, 1, language))


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
    start, end = (
        clock(datetime.fromtimestamp(evidence.get(name, 0.0), UTC), view.now, view.timezone)
        for name in ("from", "until")
    )
    counted = {
        name: number(evidence.get(name, 0.0), 0, language)
        for name in ("on_duty", "wanted", "sites")
    }
    return say(phrases.GAP, language, start=start, end=end, **counted)


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
}
