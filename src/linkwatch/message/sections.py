"""What a template file may hold: its sections, and what each of them can be filled with."""

from collections.abc import Iterator

from linkwatch.message.facts import CLOSED, WITHDRAWN
from linkwatch.message.spread import WIDE
from linkwatch.message.wording import BODY, DIGEST, ITEM, TRIAL
from linkwatch.model.finding import Kind
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.words import Form

_INCIDENT = frozenset(
    {"priority", "what", "fault", "site", "line", "access", "thing", "since", "now", "incident"}
)
"""Never empty: only these can begin a message."""
_INCIDENT_SOMETIMES = frozenset(
    {
        *("running", "ends", "coming", "starts"),
        *("value", "limit", "direction", "used", "contracted"),
        *("peak", "due", "reference", "path"),
        *("until", "lasted", "unwatched_at", "left_at"),
        *("minutes", "holder", "eta", "held_until", "closed_by", "hotline", "organisation"),
    }
)
_INCIDENT_LONG = frozenset(
    {
        "neighbours",
        "figures",
        "maintenance",
        "told",
        "on_site",
        "fallback",
        "ack_url",
        "runbook_url",
        "why",
        "news",
        "body",
        "affected",
        "guess",
    }
)
_DIGEST = frozenset({"priority", "count", "since", "now", "sites", "incidents"})
_DIGEST_SOMETIMES = frozenset({"open", "closed", "restored", "hotline", "organisation"})
_TRIAL = frozenset({"now", "contact"})
_TRIAL_SOMETIMES = frozenset({"organisation"})


def names(form: Form) -> Iterator[str]:
    """Every section that a file of this form may hold."""
    events = [event.value for event in IncidentEvent if event not in _APART]
    yield from (BODY, ITEM) if form is Form.LONG else ()
    ends = (CLOSED, WITHDRAWN)
    yield from (*events, *ends, DIGEST, TRIAL)
    yield from (f"{event}.{kind}" for event in (*events, *ends) for kind in (*Kind, WIDE))


def always(section: str) -> frozenset[str]:
    """The fields that are never empty there."""
    if section == DIGEST:
        return _DIGEST
    return _TRIAL if section == TRIAL else _INCIDENT


def fields(form: Form, section: str) -> frozenset[str]:
    """All fields that there are."""
    if section == DIGEST:
        items = {"items", "more", "runbook_url"} if form is Form.LONG else set()
        return _DIGEST | _DIGEST_SOMETIMES | items
    if section == TRIAL:
        return _TRIAL | _TRIAL_SOMETIMES
    found = _INCIDENT | _INCIDENT_SOMETIMES
    if form is Form.SMS:
        return found
    within = {"body"} if section in (BODY, ITEM) else set()
    return (found | _INCIDENT_LONG) - within


_APART = frozenset({IncidentEvent.TEST, IncidentEvent.DIGEST})
"""Events that are not of one incident; their sections have fields of their own."""
