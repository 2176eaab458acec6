"""SNMPv2c messages: a community in the clear (RFC 1901)."""

from pysnmp.proto import rfc1901

from linkwatch.probe.snmp_ber import decode, encode
from linkwatch.probe.snmp_outcome import Unacceptable
from linkwatch.probe.snmp_pdu import Answer, Pdu, read_answer
from linkwatch.probe.snmp_security import Verdict

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

    def seal(self, pdu: Pdu, message_id: int, now: float) -> bytes:
        """The message that carries `pdu`; SNMPv2c has neither message ids nor clocks."""
        message = rfc1901.Message()
        message[0] = _VERSION_2C
        message[1] = self._community
        message[2].setComponentByType(pdu.tagSet, pdu, verifyConstraints=False)
        return encode(message)

    def open(self, datagram: bytes, message_id: int, now: float) -> Answer:
        """The answer in `datagram`, or Unacceptable."""
        message = decode(datagram, _SPECIFICATION)
        if int(message[0]) != _VERSION_2C:
            raise Unacceptable("of another SNMP version")
        if bytes(message[1]) != self._community:
            raise Unacceptable("of another community")
        return read_answer(message[2].getComponent())

    def judge(self, answer: Answer) -> Verdict:
        """A response stands; SNMPv2c has no reports."""
        if answer.is_report:
            raise Unacceptable("a report, which SNMPv2c does not have")
        return Verdict.ANSWERED
