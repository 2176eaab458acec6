"""SNMPv2c at an agent: whoever knows the community is let in (RFC 1901)."""

from collections.abc import Sequence

from linkwatch.lab.agent_access import MAX_DATAGRAM, fitted, not_let_in, told
from linkwatch.lab.agent_answer import ASKS, Answer
from linkwatch.lab.agent_ber import (
    Binding,
    CommunityMessage,
    Malformed,
    PduKind,
    decode,
    encode,
    read_pdu,
    reading,
    write_pdu,
)
from linkwatch.lab.router import SimulatedRouter

_VERSION_2C = 1
_SPECIFICATION = CommunityMessage()


class CommunityAccess:
    """Meets `Access`."""

    def __init__(self, router: SimulatedRouter, community: str) -> None:
        self._router = router
        self._community = community.encode()

    def reply(self, datagram: bytes) -> bytes | None:
        """See `Access`; a wrong community gets silence."""
        with reading():
            message = decode(datagram, _SPECIFICATION)
            version, community = int(message[0]), bytes(message[1])
            pdu = read_pdu(message[2])
        if version != _VERSION_2C or pdu.kind not in ASKS:
            raise Malformed("not a request of SNMPv2c")
        if community != self._community:
            not_let_in(self._router, "was asked with a wrong community")
            return None
        return fitted(pdu, told(self._router, pdu), self._response, MAX_DATAGRAM)

    def trap(self, request_id: int, bindings: Sequence[Binding]) -> bytes:
        """See `Access`."""
        return self._message(PduKind.TRAP, Answer(request_id, tuple(bindings)))

    def _response(self, answer: Answer) -> bytes:
        return self._message(PduKind.RESPONSE, answer)

    def _message(self, kind: PduKind, answer: Answer) -> bytes:
        message = CommunityMessage()
        message[0] = _VERSION_2C
        message[1] = self._community
        write_pdu(message[2], kind, *answer)
        return encode(message)
