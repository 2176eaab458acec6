"""What fits into an SMS: the GSM 03.38 alphabet, and short names made to fit it."""

import re

from anyascii import anyascii

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Brandname gateways refuse or mangle these; those of the extension table also count double.
_UNSENDABLE = frozenset("%#&[]{}\\<@^~|€\n\r")

ONE_PART = 160
"""Characters of a message that goes in one piece, each of one septet (3GPP TS 23.038)."""
STANDS_ALONE = 40
"""Characters that a locked phone shows."""
SITE_SHORT = 18
CONFERENCE_SHORT = 10
CARRIER_SHORT = 10


def unsendable(text: str) -> tuple[str, ...]:
    """The characters of `text` that may not stand in a short message, each once, in order."""
    return tuple(dict.fromkeys(c for c in text if c not in _BASIC or c in _UNSENDABLE))


def unaccented(text: str) -> str:
    """Any script in GSM letters without marks; what may not stand in a message is dropped."""
    words = (anyascii(word) for word in text.split())
    kept = ("".join(c for c in word if not unsendable(c)) for word in words)
    return " ".join(" ".join(kept).split())


def short_name(name: str, limit: int) -> str:
    """At most `limit` GSM characters: unaccented, generic words shortened, then whole words cut."""
    text = unaccented(name)
    for words, abbreviation in _ABBREVIATIONS:
        text = words.sub(abbreviation, text)
    kept = text.strip()
    while len(kept) > limit and " " in kept:
        kept = kept.rpartition(" ")[0]
    return kept[:limit].strip()


_ABBREVIATIONS = tuple(
    (re.compile(rf"\b{words}\b ?", re.IGNORECASE), abbreviation)
    for words, abbreviation in (
        ("diem cau", ""),
        ("trung tam", "TT "),
        ("thanh pho", "TP."),
        ("thi xa", "TX."),
        ("thi tran", "TT."),
        ("huyen", "H."),
        ("phuong", "P."),
        ("xa", "X."),
    )
)
