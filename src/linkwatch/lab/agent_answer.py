"""The answer to a request: GET, GETNEXT and GETBULK; SET is refused (RFC 3416, section 4.2)."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from linkwatch.lab.agent_ber import Binding, ErrorStatus, Pdu, PduKind
from linkwatch.lab.agent_lies import bent
from linkwatch.lab.agent_model import Lie
from linkwatch.lab.agent_view import View
from linkwatch.wire.snmpvalue import ABSENT, Oid

_MOST_OBJECTS = 4096
"""In one answer to GETBULK, however many repetitions were asked for."""

ASKS = frozenset({PduKind.GET, PduKind.GET_NEXT, PduKind.GET_BULK, PduKind.SET})
"""What an agent answers."""


class Answer(NamedTuple):
    """What a response holds; `error`: a status, and which binding it is about."""

    request_id: int
    bindings: tuple[Binding, ...] = ()
    error: tuple[ErrorStatus, int] = (ErrorStatus.NONE, 0)


def refusal(pdu: Pdu, status: ErrorStatus) -> Answer:
    """Nothing but an error."""
    return Answer(pdu.request_id, (), (status, 0))


def answer(pdu: Pdu, view: View, max_objects: int, lie: Lie) -> Answer:
    """What `view` says to a request; more than `max_objects` (0: any number) are too many."""
    if lie is Lie.ERROR:
        return refusal(pdu, ErrorStatus.GEN_ERR)
    request_id = pdu.request_id ^ 1 if lie is Lie.REQUEST_ID else pdu.request_id
    if pdu.kind is PduKind.GET_BULK:
        told = islice(_bulk(pdu, view, lie), max_objects or _MOST_OBJECTS)
        return Answer(request_id, tuple(bent(lie, told)))
    if max_objects and len(pdu.oids) > max_objects:
        return refusal(pdu, ErrorStatus.TOO_BIG)
    if pdu.kind is PduKind.GET_NEXT:
        return Answer(request_id, tuple(bent(lie, (_next(view, oid, lie) for oid in pdu.oids))))
    found = tuple(bent(lie, ((oid, view.get(oid)) for oid in pdu.oids)))
    if pdu.kind is PduKind.SET:
        return Answer(request_id, found, (ErrorStatus.NOT_WRITABLE, 1))
    return Answer(request_id, found)


def _next(view: View, oid: Oid, lie: Lie) -> Binding:
    if lie is Lie.CIRCLES and view.get(oid) is not ABSENT:
        return oid, view.get(oid)
    return view.after(oid) or (oid, None)


def _bulk(pdu: Pdu, view: View, lie: Lie) -> Iterator[Binding]:
    once = max(0, min(pdu.first, len(pdu.oids)))
    for oid in pdu.oids[:once]:
        yield _next(view, oid, lie)
    repeated = list(pdu.oids[once:])
    for _ in range(pdu.second if repeated else 0):
        found = [_next(view, oid, lie) for oid in repeated]
        yield from found
        if all(told is None for _, told in found):
            return
        repeated = [oid for oid, _ in found]
