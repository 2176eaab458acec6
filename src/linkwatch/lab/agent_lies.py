"""Answers that are wrong on purpose, the same at every run."""

import random
from collections.abc import Iterable, Iterator

from linkwatch.lab.agent_ber import Binding, Told
from linkwatch.lab.agent_model import Lie
from linkwatch.wire.snmpvalue import Value, ValueType

_HOSTILE = b"\x1b[2J\x1b]0;owned\x07\r\n\x00\xff\xfe\xc3\x28<script>%s${jndi:x}'\"\\"
_LONG = 4000
_NEST = b"\x30\x80" * 8000
_NOISE_OCTETS = 200


def bent(lie: Lie, bindings: Iterable[Binding]) -> Iterator[Binding]:
    """The bindings as a liar tells them."""
    for oid, told in bindings:
        yield (*oid, 1) if lie is Lie.OBJECTS else oid, _bent(lie, told)


def _bent(lie: Lie, told: Told) -> Told:
    if not isinstance(told, Value):
        return told
    is_text = told.type is ValueType.OCTETS
    if lie is Lie.TEXT and is_text:
        return Value(ValueType.OCTETS, octets=told.octets + _HOSTILE)
    if lie is Lie.LONG_TEXT and is_text:
        return Value(ValueType.OCTETS, octets=((told.octets or b"?") * _LONG)[:_LONG])
    if lie is Lie.TYPES and not is_text and told.type is not ValueType.ABSENT:
        return Value(ValueType.OCTETS, octets=str(told.number).encode())
    return told


def broken(lie: Lie, datagram: bytes) -> bytes:
    """The whole message as a liar sends it."""
    if lie is Lie.NESTING:
        return _NEST
    if lie is Lie.NOISE:
        # Seeded by what it stands for: noise, but the same noise for the same answer.
        return random.Random(datagram).randbytes(_NOISE_OCTETS)  # noqa: S311  no secret
    return datagram
