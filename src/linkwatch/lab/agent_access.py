"""What both versions of SNMP have in common at an agent: a request in, the whole answer out."""

from collections.abc import Callable, Sequence
from typing import Protocol

from linkwatch.lab.agent_answer import Answer, answer, refusal
from linkwatch.lab.agent_ber import Binding, ErrorStatus, Pdu, PduKind
from linkwatch.lab.agent_happening import Happening, Trap
from linkwatch.lab.router import SimulatedRouter

MAX_DATAGRAM = 65_507
"""Octets that UDP over IPv4 carries."""


class Access(Protocol):
    """How an agent lets a manager in. What it cannot make sense of is Malformed."""

    def reply(self, datagram: bytes) -> bytes | None:
        """The answer to what came in; None where there is none to give."""
        ...

    def trap(self, request_id: int, bindings: Sequence[Binding]) -> bytes:
        """A notification (SNMPv2-Trap)."""
        ...


def told(router: SimulatedRouter, pdu: Pdu) -> Answer:
    """What the router says to a request that was let in."""
    view = router.view()
    return answer(pdu, view, router.behaviour.max_objects, router.behaviour.lie)


def fitted(pdu: Pdu, whole: Answer, seal: Callable[[Answer], bytes], limit: int) -> bytes:
    """The message for an answer; of GETBULK as much as fits, else tooBig (RFC 3416, 4.2)."""
    datagram = seal(whole)
    while len(datagram) > limit:
        count = len(whole.bindings) // 2
        if pdu.kind is not PduKind.GET_BULK or not count:
            return seal(refusal(pdu, ErrorStatus.TOO_BIG))
        whole = whole._replace(bindings=whole.bindings[:count])
        datagram = seal(whole)
    return datagram


def not_let_in(router: SimulatedRouter, why: str) -> None:
    """Tell that somebody asked who may not (RFC 3418, authenticationFailure)."""
    router.tell(Happening(router.now(), why, Trap.AUTHENTICATION_FAILURE))
