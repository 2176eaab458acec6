"""How far a fault reaches, in words: the sites that it has cut off, and whether that is a guess."""

from collections import Counter

from linkwatch.message import phrases
from linkwatch.message.phrases import say
from linkwatch.message.view import View
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.subject import SubjectKind
from linkwatch.model.words import Language

WIDE_SUBJECTS = frozenset({SubjectKind.CARRIER, SubjectKind.RISK})
"""What is of no single site."""
WIDE = "wide"
"""In the place of a kind: a fault of no single site."""
SHOWN = 6
"""Sites that are named; the others are a number."""


def is_wide(view: View) -> bool:
    """Whether it is of no single site."""
    return view.incident.subject.kind in WIDE_SUBJECTS


def number_of_sites(view: View, language: Language) -> str:
    """`14 điểm cầu`, which stands for the site where there is no single one.

    Its end is that of all that its people have heard of, though some were well before the others.
    """
    count = len(view.incident.affects)
    if view.event is IncidentEvent.RESOLVED:
        count = max(count, view.incident.affects_told)
    return say(phrases.SITES, language, count=str(count))


def affected(view: View, language: Language) -> str:
    """The sites beside its own, how many of them sit in a conference now; '' where there are none.

    They are counted by level where there are too many to name.
    """
    own = None if is_wide(view) else view.incident.site
    names = [site.name for site in view.affected if site.id != own]
    if not names:
        return ""
    listed = ", ".join(names[:SHOWN])
    if len(names) > SHOWN:
        listed = say(phrases.AND_MORE, language, names=listed, more=str(len(names) - SHOWN))
    phrase = phrases.AMONG if is_wide(view) else phrases.AFFECTED
    found = say(phrase, language, count=str(len(names)), names=listed)
    levels = Counter(site.level for site in view.affected if site.id != own)
    if len(names) > SHOWN and len(levels) > 1:
        counts = (f"{say(phrases.LEVEL[x], language)} {n}" for x, n in levels.items())
        found += f" ({', '.join(counts)})"
    meeting = say(phrases.MEETING, language, count=str(view.meeting)) if view.meeting else ""
    return f"{found}{meeting}"


def guess(view: View, language: Language) -> str:
    """That it is taken for one cause, and how sure that is; '' where it is no guess."""
    confidence = view.incident.confidence
    if confidence is None:
        return ""
    sure = say(phrases.CONFIDENCE[confidence], language)
    return say(phrases.ONE_CAUSE, language, sure=sure[:1].upper() + sure[1:])
