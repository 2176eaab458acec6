"""Where a fault lies, in words: how far the way is well, and whose the rest is likely to be."""

from linkwatch.message import phrases
from linkwatch.message.gsm import CARRIER_SHORT, short_name
from linkwatch.message.phrases import say
from linkwatch.message.view import View
from linkwatch.model.finding import Kind
from linkwatch.model.path import Confidence, Segment, Whereabouts
from linkwatch.model.words import Language


def path(view: View, language: Language) -> str:
    """`còn tới 10.0.0.1 → khả năng đoạn truy nhập VNPT`; '' where nothing is known."""
    where = view.incident.path
    if where is None:
        return ""
    parts = (_reach(view, where, language), segment(view, language))
    return " → ".join(part for part in parts if part)


def segment(view: View, language: Language) -> str:
    """`khả năng đoạn truy nhập VNPT`; '' where none is named."""
    where = view.incident.path
    if where is None or where.segment is None or where.confidence is None:
        return ""
    name = view.incident.carrier or ""
    carrier = view.carrier.short if view.carrier else short_name(name, CARRIER_SHORT)
    return named(where.segment, where.confidence, carrier, language)


def named(where: Segment, confidence: Confidence, carrier: str, language: Language) -> str:
    """A segment of this carrier's, and how far it is to be believed."""
    place = say(phrases.SEGMENT[where], language, carrier=carrier)
    return f"{say(phrases.CONFIDENCE[confidence], language)} {place}"


def _reach(view: View, where: Whereabouts, language: Language) -> str:
    if where.last_reply is None:
        return say(phrases.NO_REACH, language) if view.incident.kind is Kind.DOWN else ""
    phrase = phrases.REACH[view.incident.kind is Kind.DOWN]
    return say(phrase, language, hop=where.last_reply)
