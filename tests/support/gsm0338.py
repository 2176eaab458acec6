"""How a phone counts: the default alphabet of 3GPP TS 23.038, written down a second time."""

# Rows of table 6.2.1, without the escape.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"


def septets(text: str) -> int:
    """The length of a text in septets; ValueError where a letter would make all of it UCS-2."""
    strange = set(text) - set(BASIC) - set(EXTENSION)
    if strange:
        raise ValueError(f"not GSM: {sorted(strange)}")
    return len(text) + sum(text.count(letter) for letter in EXTENSION)
