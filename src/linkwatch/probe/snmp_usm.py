"""SNMPv3 with one router under the User-based Security Model, from a manager's side (RFC 3414)."""

from collections.abc import Iterable

from linkwatch.model.measurement import PollOutcome, TrapOutcome
from linkwatch.probe.snmp_ber import hostile
from linkwatch.probe.snmp_keys import UserKeys
from linkwatch.probe.snmp_outcome import PollFailure, Unacceptable
from linkwatch.probe.snmp_pdu import (
    DISCOVERY,
    Answer,
    Notification,
    Request,
    read_answer,
    read_notification,
)
from linkwatch.probe.snmp_security import Unheard, Verdict, check_version
from linkwatch.probe.snmp_v3 import (
    AUTH,
    VERSION_3,
    Engine,
    Envelope,
    NotAuthentic,
    Opened,
    OtherEngine,
)
from linkwatch.wire.snmpvalue import Oid

_SHORTEST_ID, _LONGEST_ID = 5, 32
"""Bytes of an engine id (RFC 3411, SnmpEngineID)."""
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


class Usm:
    """One user's security towards one router. `engine_id`: of notifications, if it is configured.

    The engine is discovered before the first request. It is forgotten when a poll fails, but what
    it sends unasked is heard all the same: that is when a notification is worth most.
    """

    def __init__(
        self, user: str, keys: UserKeys, context: str, engine_id: bytes | None = None
    ) -> None:
        self._envelope = Envelope(user, keys, context)
        self._configured = engine_id
        self._engine: Engine | None = None
        self._heard: Engine | None = None
        self._asked_again: set[Oid] = set()

    @property
    def keys(self) -> UserKeys:
        """The user's keys, not yet of any engine."""
        return self._envelope.keys

    @property
    def engine_id(self) -> bytes | None:
        """The router's engine; None while it is unknown."""
        return None if self._engine is None else self._engine.id

    def adopt(self, older: object) -> None:
        """Take over the engine that `older` knows, if it has the same credentials."""
        if isinstance(older, Usm) and self._envelope == older._envelope:
            self._engine, self._heard = older._engine, older._heard

    def forget(self) -> None:
        """Drop the engine: the next request discovers it anew."""
        self._engine = None
        self._asked_again.clear()

    def seal(self, request: Request, request_id: int, message_id: int, now: float) -> bytes:
        """The message of `request`, or a discovery while the engine is unknown (RFC 3414, 4)."""
        asked = DISCOVERY if self._engine is None else request
        return self._envelope.seal(asked.numbered(request_id), message_id, self._engine, now)

    def open(self, datagram: bytes, message_id: int, now: float) -> Answer:
        """The answer in `datagram`: authentic, timely and decrypted, or Unacceptable.

        Reports may come in the clear, and only tell; the engine they name is taken up here.
        """
        opened = self._envelope.open(datagram, message_id, self._engine)
        answer = read_answer(opened.pdu)
        if answer.is_report:
            self._learn(answer, opened, now)
        elif self._engine is None or opened.level != self._envelope.level:
            raise Unacceptable("a response at another security level")
        elif opened.level & AUTH:
            self._know(self._engine.timely(opened.boots, opened.time, now))
        return answer

    def hear(self, datagram: bytes, now: float) -> Notification:
        """The notification in `datagram`: authentic, timely and decrypted, or Unheard."""
        check_version(datagram, VERSION_3)
        for engine in self._engines(now):
            try:
                with hostile():
                    return self._heard_from(engine, datagram, now)
            except OtherEngine:
                continue
            except NotAuthentic as error:
                raise Unheard(TrapOutcome.NOT_AUTHENTIC) from error
            except Unacceptable as error:
                raise Unheard(TrapOutcome.MALFORMED) from error
        raise Unheard(TrapOutcome.UNKNOWN_ENGINE)

    def acknowledge(self, notification: Notification) -> bytes | None:
        """None: the sender of an inform wants an engine with a clock and keys of our own."""
        return None

    def _engines(self, now: float) -> Iterable[Engine]:
        """Those it may send as, the likeliest first; each once."""
        known = {one.id: one for one in (self._heard, self._engine) if one is not None}
        if self._configured and self._configured not in known:
            keys = self.keys.localize(self._configured)
            known[self._configured] = Engine(self._configured, 0, 0, now, keys)
        return known.values()

    def _heard_from(self, engine: Engine, datagram: bytes, now: float) -> Notification:
        opened = self._envelope.open(datagram, None, engine)
        if opened.engine_id != engine.id:
            raise OtherEngine("of another engine")
        if opened.level != self._envelope.level:
            raise NotAuthentic("at another security level")
        if opened.level & AUTH:
            timely = engine.timely(opened.boots, opened.time, now)
            self._heard = timely
            if self._engine is not None and self._engine.id == timely.id:
                self._engine = timely
        return read_notification(opened.pdu)

    def _know(self, engine: Engine) -> None:
        self._engine = self._heard = engine

    def _learn(self, answer: Answer, opened: Opened, now: float) -> None:
        """Engine and clock from a report; the clock needs an authentic one if we have a key."""
        reported = answer.variables[0][0] if answer.variables else ()
        if reported == _UNKNOWN_ENGINE_IDS:
            engine_id = opened.engine_id
            if not _SHORTEST_ID <= len(engine_id) <= _LONGEST_ID:
                raise Unacceptable("an engine id of a wrong length")
            keys = self.keys.localize(engine_id)
            self._engine = Engine(engine_id, opened.boots, opened.time, now, keys)
            if not self._envelope.level & AUTH:
                self._heard = self._engine
        elif reported == _NOT_IN_TIME_WINDOWS and self._engine is not None:
            if self._envelope.level & AUTH and not opened.level & AUTH:
                raise Unacceptable("a clock that is not authentic")
            self._know(self._engine.set(opened.boots, opened.time, now))

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
