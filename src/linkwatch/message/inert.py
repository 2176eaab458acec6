"""Foreign text made inert: it moves no cursor and breaks no line, wherever it is shown."""

import unicodedata

# Controls, format characters (bidirectional overrides, joiners), lone surrogates, private use and
# unassigned ones, and the two separators that count as line breaks.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(text: str) -> str:
    """`text` with every character that could move a cursor or break a line escaped (`\\x1b`)."""
    if text.isprintable():
        return text
    return "".join(_escaped(char) for char in text)


def _escaped(char: str) -> str:
    if unicodedata.category(char) not in _UNSAFE:
        return char
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
