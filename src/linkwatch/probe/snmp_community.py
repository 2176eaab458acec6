"""SNMPv2c messages: a community in the clear (RFC 1901)."""

from pysnmp.proto import rfc1901

from linkwatch.model.measurement import TrapOutcome
from linkwatch.probe.snmp_ber import decode, hostile
from linkwatch.probe.snmp_outcome import Unacceptable
from linkwatch.probe.snmp_pdu import Answer, Notification, Request, read_answer, read_notification
from linkwatch.probe.snmp_security import Unheard, Verdict, check_version
from linkwatch.probe.snmp_write import integer, octet_string, sequence

_VERSION_2C = 1
_SPECIFICATION = rfc1901.Message()


class Community:
    """The security of SNMPv2c: none but a shared word."""

    def __init__(self, community: str) -> None:
        self._community = community.encode()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Community) and other._community == self._community

    __hash__ = None  # type: ignore[assignment]  # never a key: it holds a secret

    def adopt(self, older: object) -> None:
        """Nothing is learnt from a router that would be worth keeping."""

    def forget(self) -> None:
        """Nothing is learnt from a router that would have to go."""

    def seal(self, request: Request, request_id: int, message_id: int, now: float) -> bytes:
        """The message of `request`; SNMPv2c has neither message ids nor clocks."""
        return sequence(
            integer(_VERSION_2C), octet_string(self._community), request.numbered(request_id)
        )

    def open(self, datagram: bytes, message_id: int, now: float) -> Answer:
        """The answer in `datagram`, or Unacceptable."""
        message = decode(datagram, _SPECIFICATION)
        if int(message[0]) != _VERSION_2C:
            raise Unacceptable("of another SNMP version")
        if bytes(message[1]) != self._community:
            raise Unacceptable("of another community")
        return read_answer(message[2].getComponent())

    def hear(self, datagram: bytes, now: float) -> Notification:
        """The notification in `datagram`, or Unheard: the community is the one we ask with."""
        check_version(datagram, _VERSION_2C)
        try:
            with hostile():
                message = decode(datagram, _SPECIFICATION)
                if bytes(message[1]) == self._community:
                    return read_notification(message[2].getComponent())
        except Unacceptable as error:
            raise Unheard(TrapOutcome.MALFORMED) from error
        raise Unheard(TrapOutcome.NOT_AUTHENTIC)

    def acknowledge(self, notification: Notification) -> bytes | None:
        """The response to an inform."""
        if notification.response is None:
            return None
        return sequence(integer(_VERSION_2C), octet_string(self._community), notification.response)

    def judge(self, answer: Answer) -> Verdict:
        """A response stands; SNMPv2c has no reports."""
        if answer.is_report:
            raise Unacceptable("a report, which SNMPv2c does not have")
        return Verdict.ANSWERED
