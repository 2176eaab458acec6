"""SNMPv3 at an agent: the User-based Security Model of the authoritative engine (RFC 3414, 3.2)."""

from collections.abc import Sequence
from enum import Enum
from itertools import count
from typing import NamedTuple

from pysnmp.error import PySnmpError
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters

from linkwatch.lab.agent_access import MAX_DATAGRAM, fitted, not_let_in, told
from linkwatch.lab.agent_answer import ASKS, Answer, refusal
from linkwatch.lab.agent_ber import (
    Asn1,
    Binding,
    ErrorStatus,
    Malformed,
    PduKind,
    ScopedPdu,
    UserMessage,
    decode,
    encode,
    read_pdu,
    reading,
    write_pdu,
)
from linkwatch.lab.agent_keys import UserKeys
from linkwatch.lab.agent_objects import counter32
from linkwatch.lab.router import SimulatedRouter
from linkwatch.wire.snmpvalue import Oid

_VERSION_3 = 3
_USM = 3
_AUTH, _PRIVACY, _REPORTABLE = 1, 2, 4
_LEVEL = _AUTH | _PRIVACY
_TIME_WINDOW = 150
_MAX_TIME = 2**31 - 1

_MESSAGE = UserMessage()
_PARAMETERS = UsmSecurityParameters()
_SCOPED = ScopedPdu()

_USM_STATS: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1)


class _Statistic(Enum):
    """What a report is about."""

    UNSUPPORTED_SEC_LEVELS = (*_USM_STATS, 1, 0)
    NOT_IN_TIME_WINDOWS = (*_USM_STATS, 2, 0)
    UNKNOWN_USER_NAMES = (*_USM_STATS, 3, 0)
    UNKNOWN_ENGINE_IDS = (*_USM_STATS, 4, 0)
    WRONG_DIGESTS = (*_USM_STATS, 5, 0)
    DECRYPTION_ERRORS = (*_USM_STATS, 6, 0)
    UNKNOWN_CONTEXTS = (1, 3, 6, 1, 6, 3, 12, 1, 5, 0)
    UNKNOWN_PDU_HANDLERS = (1, 3, 6, 1, 6, 3, 11, 2, 1, 3, 0)


class _Refused(Exception):  # noqa: N818  what a report says
    """The request is not let in. `level`: of the report, which is nothing unless time is wrong."""

    def __init__(self, statistic: _Statistic, level: int = 0) -> None:
        super().__init__(statistic.name)
        self.statistic = statistic
        self.level = level


class _Header(NamedTuple):
    """Of a message that came in: its id, how long the answer may be in octets, and its flags."""

    message_id: int
    max_size: int
    flags: int


class UserAccess:
    """Meets `Access` for one user at one router's engine."""

    def __init__(self, router: SimulatedRouter, keys: UserKeys) -> None:
        self._router = router
        self._keys = keys
        self._user = keys.credentials.user.encode()
        self._context = keys.credentials.context.encode()
        self._level = keys.credentials.level
        self._statistics = dict.fromkeys(_Statistic, 0)
        self._message_ids = count(1)

    def reply(self, datagram: bytes) -> bytes | None:
        """See `Access`; who is not let in gets a report that says why."""
        with reading():
            message = decode(datagram, _MESSAGE)
            parameters = decode(bytes(message[2]), _PARAMETERS)
            message_id, max_size, flags = int(message[1][0]), int(message[1][1]), message[1][2]
            header = _Header(message_id, max_size, bytes(flags)[0])
            version, model = int(message[0]), int(message[1][3])
        if (version, model) != (_VERSION_3, _USM) or header.flags & _LEVEL == _PRIVACY:
            raise Malformed("not a message of SNMPv3 with users")
        try:
            self._let_in(datagram, parameters, header.flags & _LEVEL)
            scoped = self._scoped(message[3], parameters, header.flags & _LEVEL)
            self._check_context(scoped)
        except _Refused as refused:
            if not header.flags & _REPORTABLE:
                return None
            return self._report(refused, header.message_id, _request_id(message[3]))
        return self._response(scoped, header)

    def _let_in(self, datagram: bytes, parameters: Asn1, level: int) -> None:
        """Engine, user, level, digest, time: in the order of RFC 3414, section 3.2."""
        if bytes(parameters[0]) != self._router.engine_id:
            raise _Refused(_Statistic.UNKNOWN_ENGINE_IDS)
        if bytes(parameters[3]) != self._user:
            raise _Refused(_Statistic.UNKNOWN_USER_NAMES)
        if level & ~self._level:
            raise _Refused(_Statistic.UNSUPPORTED_SEC_LEVELS)
        if not level & _AUTH:
            return
        try:
            self._keys.auth_service.authenticate_incoming_message(
                self._keys.auth, parameters[4], datagram
            )
        except PySnmpError as error:
            not_let_in(self._router, "was asked with a wrong authentication key")
            raise _Refused(_Statistic.WRONG_DIGESTS) from error
        boots, time = self._clock()
        is_timely = boots == int(parameters[1]) and abs(time - int(parameters[2])) <= _TIME_WINDOW
        if not is_timely:
            raise _Refused(_Statistic.NOT_IN_TIME_WINDOWS, _AUTH)

    def _scoped(self, data: Asn1, parameters: Asn1, level: int) -> Asn1:
        is_encrypted = data.getName() == "encryptedPDU"
        if is_encrypted != bool(level & _PRIVACY):
            raise Malformed("encrypted and not marked so, or the other way round")
        if not is_encrypted:
            return data.getComponent()
        try:
            plain = self._keys.privacy_service.decrypt_data(
                self._keys.privacy,
                (parameters[1], parameters[2], parameters[5]),
                data.getComponent(),
            )
        except (PySnmpError, ValueError) as error:
            raise _Refused(_Statistic.DECRYPTION_ERRORS) from error
        with reading():
            return decode(bytes(plain), _SCOPED)

    def _check_context(self, scoped: Asn1) -> None:
        if bytes(scoped[0]) != self._router.engine_id:
            raise _Refused(_Statistic.UNKNOWN_PDU_HANDLERS)
        if bytes(scoped[1]) != self._context:
            raise _Refused(_Statistic.UNKNOWN_CONTEXTS)

    def _response(self, scoped: Asn1, header: _Header) -> bytes:
        level = header.flags & _LEVEL
        with reading():
            pdu = read_pdu(scoped[2])
        if pdu.kind not in ASKS:
            raise Malformed("not a request")
        if level == self._level:
            whole = told(self._router, pdu)
        else:
            whole = refusal(pdu, ErrorStatus.AUTHORIZATION_ERROR)
        return fitted(
            pdu,
            whole,
            lambda answer: self._message(PduKind.RESPONSE, answer, header.message_id, level),
            min(header.max_size, MAX_DATAGRAM),
        )

    def _report(self, refused: _Refused, message_id: int, request_id: int) -> bytes:
        statistic = refused.statistic
        self._statistics[statistic] += 1
        counted = (statistic.value, counter32(self._statistics[statistic]))
        answer = Answer(request_id, (counted,))
        return self._message(PduKind.REPORT, answer, message_id, refused.level & self._level)

    def trap(self, request_id: int, bindings: Sequence[Binding]) -> bytes:
        """See `Access`: a notification's sender is the authoritative engine."""
        answer = Answer(request_id, tuple(bindings))
        return self._message(PduKind.TRAP, answer, next(self._message_ids), self._level)

    def _clock(self) -> tuple[int, int]:
        """snmpEngineBoots and snmpEngineTime."""
        return self._router.boots, min(int(self._router.uptime()), _MAX_TIME)

    def _message(self, kind: PduKind, answer: Answer, message_id: int, level: int) -> bytes:
        message = UserMessage()
        message[0] = _VERSION_3
        for place, value in enumerate((message_id, MAX_DATAGRAM, bytes([level]), _USM)):
            message[1][place] = value
        scoped = message[3][0] if not level & _PRIVACY else ScopedPdu()
        scoped[0], scoped[1] = self._router.engine_id, self._context
        write_pdu(scoped[2], kind, *answer)
        clock, salt = self._clock(), b""
        if level & _PRIVACY:
            message[3][1], salt = self._keys.privacy_service.encrypt_data(
                self._keys.privacy, (*clock, None), encode(scoped)
            )
        service = self._keys.auth_service if level & _AUTH else None
        digest = bytes(service.digest_length) if service else b""
        parameters = UsmSecurityParameters()
        # A report in the clear is for anybody; one that is signed, for whose key it is signed by.
        user = self._user if level or kind is not PduKind.REPORT else b""
        for place, value in enumerate((self._router.engine_id, *clock, user, digest, bytes(salt))):
            parameters[place] = value
        message[2] = encode(parameters)
        datagram = encode(message)
        if service is None:
            return datagram
        return bytes(service.authenticate_outgoing_message(self._keys.auth, datagram))


def _request_id(data: Asn1) -> int:
    """Of a request that was in the clear, so that its report can be told to it; else 0."""
    return int(data.getComponent()[2].getComponent()[0]) if data.getName() == "plaintext" else 0
