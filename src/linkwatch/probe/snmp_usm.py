"""SNMPv3 messages under the User-based Security Model, from a manager's side (RFC 3412, 3414).

pysnmp's message types, authentication and privacy services do the work. Its own SnmpEngine is
passed by because it knows one set of keys a user name and one clock an engine id: routers that
share a user but not its keys, or whose copied set-up repeats an engine id, would break each other.
"""

from dataclasses import dataclass, replace

from pysnmp.error import PySnmpError
from pysnmp.proto.mpmod.rfc3412 import ScopedPDU, SNMPv3Message
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters

from linkwatch.model.measurement import PollOutcome
from linkwatch.probe.snmp_ber import MAX_DATAGRAM, Asn1, decode, encode
from linkwatch.probe.snmp_keys import LocalKeys, UserKeys
from linkwatch.probe.snmp_outcome import PollFailure, Unacceptable
from linkwatch.probe.snmp_pdu import Answer, Pdu, get_request, read_answer
from linkwatch.probe.snmp_security import Verdict
from linkwatch.wire.snmpvalue import Oid

_VERSION_3 = 3
_USM = 3
_AUTH, _PRIVACY, _REPORTABLE = 1, 2, 4
_TIME_WINDOW = 150
_MAX_BOOTS = _MAX_TIME = 2**31 - 1

_USM_STATS: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1)
_NOT_IN_TIME_WINDOWS: Oid = (*_USM_STATS, 2, 0)
_UNKNOWN_ENGINE_IDS: Oid = (*_USM_STATS, 4, 0)
_REFUSALS: dict[Oid, tuple[PollOutcome, str]] = {
    (*_USM_STATS, 1, 0): (
        PollOutcome.AUTHORIZATION,
        "the router does not let this user in at this security level",
    ),
    (*_USM_STATS, 3, 0): (PollOutcome.UNKNOWN_USER, "the router does not know this user"),
    (*_USM_STATS, 5, 0): (PollOutcome.WRONG_KEY, "the router found the authentication key wrong"),
    (*_USM_STATS, 6, 0): (PollOutcome.WRONG_KEY, "the router could not decrypt the request"),
}
_MESSAGE = SNMPv3Message()
_PARAMETERS = UsmSecurityParameters()
_SCOPED_PDU = ScopedPDU()


@dataclass(frozen=True, slots=True)
class _Engine:
    """The router's engine: its clock as read at `at` (our monotonic s), and our keys for it."""

    id: bytes
    boots: int
    time: int
    at: float
    keys: LocalKeys

    def time_at(self, now: float) -> int:
        return min(self.time + int(now - self.at), _MAX_TIME)


@dataclass(frozen=True, slots=True)
class _Sender:
    """As whom, at which level and by which engine's clock a message goes out."""

    user: bytes
    level: int
    engine_id: bytes
    clock: tuple[int, int]
    keys: LocalKeys = LocalKeys(None, None)


class Usm:
    """One user's security towards one router."""

    def __init__(self, user: str, keys: UserKeys, context: str) -> None:
        self._user = user.encode()
        self._keys = keys
        self._context = context.encode()
        self._level = (keys.auth_master is not None) * _AUTH
        self._level |= (keys.privacy_master is not None) * _PRIVACY
        self._engine: _Engine | None = None
        self._asked_again: set[Oid] = set()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Usm):
            return False
        mine = (self._user, self._keys, self._context)
        return mine == (other._user, other._keys, other._context)

    __hash__ = None  # type: ignore[assignment]  # never a key: it holds secrets

    def adopt(self, older: object) -> None:
        """Take over the engine that `older` knows, if it has the same credentials."""
        if isinstance(older, Usm) and self == older:
            self._engine = older._engine

    def forget(self) -> None:
        """Drop the engine: the next request discovers it anew."""
        self._engine = None
        self._asked_again.clear()

    def seal(self, pdu: Pdu, message_id: int, now: float) -> bytes:
        """The message for `pdu`, or for a discovery while the engine is unknown (RFC 3414, 4)."""
        engine = self._engine
        if engine is None:
            discovery = get_request(int(pdu[0]), ())
            return self._message(discovery, message_id, _Sender(b"", 0, b"", (0, 0)))
        clock = (engine.boots, engine.time_at(now))
        sender = _Sender(self._user, self._level, engine.id, clock, engine.keys)
        return self._message(pdu, message_id, sender)

    def _message(self, pdu: Pdu, message_id: int, sender: _Sender) -> bytes:
        scoped = ScopedPDU()
        scoped[0] = sender.engine_id
        scoped[1] = self._context
        scoped[2].setComponentByType(pdu.tagSet, pdu, verifyConstraints=False)
        message = SNMPv3Message()
        message[0] = _VERSION_3
        message[1][0] = message_id
        message[1][1] = MAX_DATAGRAM
        message[1][2] = bytes([sender.level | _REPORTABLE])
        message[1][3] = _USM
        salt = b""
        if sender.level & _PRIVACY:
            cipher, salt = self._keys.privacy_service.encrypt_data(
                sender.keys.privacy, (*sender.clock, None), encode(scoped)
            )
            message[3][1] = cipher
        else:
            message[3][0] = scoped
        if not sender.level & _AUTH:
            message[2] = encode(_parameters(sender, b"", salt))
            return encode(message)
        service = self._keys.auth_service
        message[2] = encode(_parameters(sender, bytes(service.digest_length), salt))
        return bytes(service.authenticate_outgoing_message(sender.keys.auth, encode(message)))

    def open(self, datagram: bytes, message_id: int, now: float) -> Answer:
        """The answer in `datagram`: authentic, timely and decrypted, or Unacceptable.

        Reports may come in the clear, and only tell; the engine they name is taken up here.
        """
        message = decode(datagram, _MESSAGE)
        if int(message[0]) != _VERSION_3 or int(message[1][3]) != _USM:
            raise Unacceptable("of another SNMP version or security model")
        if int(message[1][0]) != message_id:
            raise Unacceptable("an answer to another message")
        level = bytes(message[1][2])[0] & (_AUTH | _PRIVACY)
        parameters = decode(bytes(message[2]), _PARAMETERS)
        if level & _AUTH:
            self._authenticate(datagram, parameters)
        answer = read_answer(self._scoped(message[3], parameters, level)[2].getComponent())
        if answer.is_report:
            self._learn(answer, parameters, level, now)
        elif self._engine is None or level != self._level:
            raise Unacceptable("a response at another security level")
        else:
            self._check_time(self._engine, parameters, now)
        return answer

    def _authenticate(self, datagram: bytes, parameters: Asn1) -> None:
        engine = self._engine
        if engine is None or not self._level & _AUTH:
            raise Unacceptable("authenticated for somebody else")
        if bytes(parameters[0]) != engine.id or bytes(parameters[3]) != self._user:
            raise Unacceptable("of another engine or user")
        try:
            self._keys.auth_service.authenticate_incoming_message(
                engine.keys.auth, parameters[4], datagram
            )
        except PySnmpError as error:
            raise Unacceptable("not authentic") from error

    def _scoped(self, data: Asn1, parameters: Asn1, level: int) -> Asn1:
        if not level & _PRIVACY:
            if data.getName() != "plaintext":
                raise Unacceptable("encrypted, but not marked so")
            return data.getComponent()
        if self._engine is None or self._level & level != level:
            raise Unacceptable("encrypted for somebody else")
        if data.getName() != "encryptedPDU":
            raise Unacceptable("marked as encrypted, but is not")
        try:
            plain = self._keys.privacy_service.decrypt_data(
                self._engine.keys.privacy,
                (parameters[1], parameters[2], parameters[5]),
                data.getComponent(),
            )
        except (PySnmpError, ValueError) as error:
            raise Unacceptable("cannot be decrypted") from error
        return decode(bytes(plain), _SCOPED_PDU)

    def _check_time(self, engine: _Engine, parameters: Asn1, now: float) -> None:
        """RFC 3414, section 3.2.7b; only authentic messages move our notion of the clock."""
        if not self._level & _AUTH:
            return
        boots, time = int(parameters[1]), int(parameters[2])
        late = engine.time_at(now) - time
        if boots < engine.boots or boots == _MAX_BOOTS:
            raise Unacceptable("from before the router's last start")
        if boots == engine.boots and late > _TIME_WINDOW:
            raise Unacceptable("too old")
        if boots > engine.boots or late < 0:
            self._engine = replace(engine, boots=boots, time=time, at=now)

    def _learn(self, answer: Answer, parameters: Asn1, level: int, now: float) -> None:
        """Engine and clock from a report; the clock needs an authentic one if we have a key."""
        reported = answer.variables[0][0] if answer.variables else ()
        boots, time = int(parameters[1]), int(parameters[2])
        if reported == _UNKNOWN_ENGINE_IDS:
            engine_id = bytes(parameters[0])
            if not 5 <= len(engine_id) <= 32:
                raise Unacceptable("an engine id of a wrong length")
            self._engine = _Engine(engine_id, boots, time, now, self._keys.localize(engine_id))
        elif reported == _NOT_IN_TIME_WINDOWS and self._engine is not None:
            if self._level & _AUTH and not level & _AUTH:
                raise Unacceptable("a clock that is not authentic")
            self._engine = replace(self._engine, boots=boots, time=time, at=now)

    def judge(self, answer: Answer) -> Verdict:
        """A response stands; after a report about engine or clock one asks again, once each."""
        if not answer.is_report:
            self._asked_again.clear()
            return Verdict.ANSWERED
        reported = answer.variables[0][0] if answer.variables else ()
        if reported in _REFUSALS:
            raise PollFailure(*_REFUSALS[reported])
        if reported in (_UNKNOWN_ENGINE_IDS, _NOT_IN_TIME_WINDOWS):
            if reported not in self._asked_again:
                self._asked_again.add(reported)
                return Verdict.ASK_AGAIN
            if reported == _NOT_IN_TIME_WINDOWS:
                raise PollFailure(
                    PollOutcome.NOT_IN_TIME_WINDOW, "the router's own clock is never right for it"
                )
        raise PollFailure(PollOutcome.BAD_RESPONSE, "the router answered with a report")


def _parameters(sender: _Sender, digest: bytes, salt: Asn1) -> Asn1:
    parameters = UsmSecurityParameters()
    fields = (sender.engine_id, *sender.clock, sender.user, digest, bytes(salt))
    for position, value in enumerate(fields):
        parameters[position] = value
    return parameters
