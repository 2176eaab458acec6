"""What fits into an SMS: the GSM 03.38 alphabet, and short names made to fit it."""

import re
import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Brandname gateways refuse or mangle these; those of the extension table also count double.
_UNSENDABLE = frozenset("%#&[]{}\\<@^~|€\n\r")

SITE_SHORT = 18
CONFERENCE_SHORT = 10
CARRIER_SHORT = 10


def unsendable(text: str) -> tuple[str, ...]:
    """The characters of `text` that may not stand in a short message, each once, in order."""
    return tuple(dict.fromkeys(c for c in text if c not in _BASIC or c in _UNSENDABLE))


def unaccented(text: str) -> str:
    """Vietnamese and other Latin letters without their marks; what has no such form is dropped."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    kept = (c for c in plain if not unicodedata.combining(c))
    return " ".join("".join(c for c in kept if not unsendable(c)).split())


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
