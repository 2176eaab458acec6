"""BER as requests are written in it (X.690, definite lengths): small enough to be written once.

What comes in is read by the library; what goes out is ours, a few bytes that change and many that
never do.
"""

SEQUENCE = 0x30
_INTEGER, _OCTET_STRING = 0x02, 0x04
_SHORT = 0x80


def tagged(tag: int, *parts: bytes) -> bytes:
    """One element: its tag, its length and what it is made of."""
    content = b"".join(parts)
    size = len(content)
    if size < _SHORT:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of elements."""
    return tagged(SEQUENCE, *parts)


def integer(number: int) -> bytes:
    """An INTEGER in as few bytes as it takes."""
    return tagged(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def octet_string(content: bytes) -> bytes:
    """An OCTET STRING."""
    return tagged(_OCTET_STRING, content)
