"""SNMPv3 messages: written and read with the keys of one user at one engine (RFC 3412, 3414).

pysnmp's message types, authentication and privacy services do the work. Its own SnmpEngine is
passed by because it knows one set of keys a user name and one clock an engine id: routers that
share a user but not its keys, or whose copied set-up repeats an engine id, would break each other.
"""

from dataclasses import dataclass, replace

from pysnmp.error import PySnmpError
from pysnmp.proto.mpmod.rfc3412 import ScopedPDU, SNMPv3Message
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters

from linkwatch.probe.snmp_ber import MAX_DATAGRAM, Asn1, decode
from linkwatch.probe.snmp_keys import LocalKeys, UserKeys
from linkwatch.probe.snmp_outcome import Unacceptable
from linkwatch.probe.snmp_pdu import Pdu
from linkwatch.probe.snmp_write import integer, octet_string, sequence

AUTH, PRIVACY = 1, 2
"""The security level is their sum."""
_REPORTABLE = 4
VERSION_3 = 3
_USM = 3
_TIME_WINDOW = 150
_MAX_BOOTS = _MAX_TIME = 2**31 - 1

_MESSAGE = SNMPv3Message()
_PARAMETERS = UsmSecurityParameters()
_SCOPED_PDU = ScopedPDU()


class NotAuthentic(Unacceptable):
    """Not from a user with our keys, or not of now."""


class OtherEngine(Unacceptable):
    """Of an engine that is not the one we know."""


@dataclass(frozen=True, slots=True)
class Engine:
    """The router's engine: its clock as read at `at` (our monotonic s), and our keys for it."""

    id: bytes
    boots: int
    time: int
    at: float
    keys: LocalKeys

    def time_at(self, now: float) -> int:
        """Its time (s since its last boot) now."""
        return min(self.time + int(now - self.at), _MAX_TIME)

    def set(self, boots: int, time: int, now: float) -> "Engine":
        """The same engine by another reading of its clock."""
        return replace(self, boots=boots, time=time, at=now)

    def timely(self, boots: int, time: int, now: float) -> "Engine":
        """The engine after an authentic message with this clock, or NotAuthentic.

        RFC 3414, section 3.2.7b: an older message is not taken, a newer one sets the clock.
        """
        late = self.time_at(now) - time
        if boots < self.boots or boots == _MAX_BOOTS:
            raise NotAuthentic("from before the router's last start")
        if boots == self.boots and late > _TIME_WINDOW:
            raise NotAuthentic("too old")
        return self.set(boots, time, now) if boots > self.boots or late < 0 else self


@dataclass(frozen=True, slots=True)
class Opened:
    """A message that was read. `level` is what it came with: only AUTH makes it authentic."""

    level: int
    engine_id: bytes
    boots: int
    time: int
    pdu: Pdu


class Envelope:
    """Writes and reads the messages of one user; knows no engine itself."""

    def __init__(self, user: str, keys: UserKeys, context: str) -> None:
        self._user = user.encode()
        self.keys = keys
        self._context = context.encode()
        self.level = (keys.auth_master is not None) * AUTH
        self.level |= (keys.privacy_master is not None) * PRIVACY

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Envelope):
            return False
        mine = (self._user, self.keys, self._context)
        return mine == (other._user, other.keys, other._context)

    __hash__ = None  # type: ignore[assignment]  # never a key: it holds secrets

    def seal(self, pdu: bytes, message_id: int, engine: Engine | None, now: float) -> bytes:
        """The message of `pdu`; without an engine it is a discovery, and names nobody."""
        if engine is None:
            engine = Engine(b"", 0, 0, now, LocalKeys())
            user, level = b"", 0
        else:
            user, level = self._user, self.level
        header = sequence(
            integer(message_id),
            integer(MAX_DATAGRAM),
            octet_string(bytes([level | _REPORTABLE])),
            integer(_USM),
        )
        clock = (engine.boots, engine.time_at(now))
        scoped = sequence(octet_string(engine.id), octet_string(self._context), pdu)
        salt = b""
        if level & PRIVACY:
            cipher, salt = self.keys.encrypt(engine.keys, clock, scoped)
            scoped = octet_string(cipher)

        def whole(digest: bytes) -> bytes:
            parameters = sequence(
                octet_string(engine.id),
                *map(integer, clock),
                octet_string(user),
                octet_string(digest),
                octet_string(salt),
            )
            return sequence(integer(VERSION_3), header, octet_string(parameters), scoped)

        if not level & AUTH:
            return whole(b"")
        return whole(self.keys.digest(engine.keys, whole(self.keys.no_digest)))

    def open(self, datagram: bytes, message_id: int | None, engine: Engine | None) -> Opened:
        """Read a message of `engine`'s, authentic as far as its level says, or Unacceptable.

        `message_id` None: nobody asked for it.
        """
        message = decode(datagram, _MESSAGE)
        if int(message[0]) != VERSION_3 or int(message[1][3]) != _USM:
            raise Unacceptable("of another SNMP version or security model")
        if message_id is not None and int(message[1][0]) != message_id:
            raise Unacceptable("an answer to another message")
        level = bytes(message[1][2])[0] & (AUTH | PRIVACY)
        parameters = decode(bytes(message[2]), _PARAMETERS)
        if level & AUTH:
            self._authenticate(datagram, parameters, engine)
        scoped = self._scoped(message[3], parameters, level, engine)
        return Opened(
            level,
            bytes(parameters[0]),
            int(parameters[1]),
            int(parameters[2]),
            scoped[2].getComponent(),
        )

    def _authenticate(self, datagram: bytes, parameters: Asn1, engine: Engine | None) -> None:
        if engine is None or not self.level & AUTH:
            raise NotAuthentic("authenticated for somebody else")
        if bytes(parameters[0]) != engine.id:
            raise OtherEngine("of another engine")
        if bytes(parameters[3]) != self._user:
            raise NotAuthentic("of another user")
        if not self.keys.is_authentic(engine.keys, bytes(parameters[4]), datagram):
            raise NotAuthentic("not authentic")

    def _scoped(self, data: Asn1, parameters: Asn1, level: int, engine: Engine | None) -> Asn1:
        if not level & PRIVACY:
            if data.getName() != "plaintext":
                raise Unacceptable("encrypted, but not marked so")
            return data.getComponent()
        if engine is None or self.level & level != level:
            raise NotAuthentic("encrypted for somebody else")
        if data.getName() != "encryptedPDU":
            raise Unacceptable("marked as encrypted, but is not")
        clock = (int(parameters[1]), int(parameters[2]))
        cipher = bytes(data.getComponent())
        try:
            plain = self.keys.decrypt(engine.keys, clock, bytes(parameters[5]), cipher)
        except (PySnmpError, ValueError) as error:
            raise Unacceptable("cannot be decrypted") from error
        return decode(plain, _SCOPED_PDU)
