"""GET and walk over one channel: attempts, time-outs, engine discovery."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linkwatch.model.measurement import PollOutcome
from linkwatch.ports import Clock
from linkwatch.probe.snmp_ber import hostile
from linkwatch.probe.snmp_outcome import PollFailure, Unacceptable
from linkwatch.probe.snmp_patience import silence
from linkwatch.probe.snmp_pdu import Answer, Request, bulk_request, get_request
from linkwatch.probe.snmp_peer import TooBig
from linkwatch.probe.snmp_security import Security, Verdict
from linkwatch.probe.snmp_udp import Channel
from linkwatch.wire.snmpvalue import Oid, Value, ValueType

TOO_BIG = 1
_REFUSED = {6: "noAccess", 16: "authorizationError"}
_REPETITIONS = 25
_MAX_ROWS = 4096
_MAX_EXCHANGES = 4
"""Discovery, time synchronisation, the answer; and one more should the engine change between."""


@dataclass(frozen=True, slots=True)
class UdpSession:
    """One router, for the span of one poll. `waits` (s): one for each attempt."""

    channel: Channel
    security: Security
    clock: Clock
    waits: Sequence[float]

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value]:
        """The values of `oids`, all of them; PollFailure, or TooBig."""
        answer = await self._ask(get_request(tuple(oids)))
        values = dict(answer.variables)
        if values.keys() != set(oids):
            raise PollFailure(PollOutcome.BAD_RESPONSE, "the answer names other objects than asked")
        return values

    async def walk(self, column: Oid) -> Mapping[int, Value]:
        """A table's column by row index (GETBULK)."""
        rows: dict[int, Value] = {}
        last = column
        while len(rows) <= _MAX_ROWS:
            answer = await self._ask(bulk_request((last,), _REPETITIONS))
            if not answer.variables:
                return rows
            for oid, value in answer.variables:
                if oid[: len(column)] != column or value.type is ValueType.ABSENT:
                    return rows
                if oid <= last or len(oid) != len(column) + 1:
                    raise PollFailure(PollOutcome.BAD_RESPONSE, "a walk that does not go forward")
                rows[oid[-1]] = value
                last = oid
        raise PollFailure(PollOutcome.BAD_RESPONSE, f"a table of more than {_MAX_ROWS} rows")

    async def _ask(self, request: Request) -> Answer:
        for _ in range(_MAX_EXCHANGES):
            answer = await self._exchange(request)
            if self.security.judge(answer) is Verdict.ANSWERED:
                return _checked(answer)
        raise PollFailure(PollOutcome.BAD_RESPONSE, "the router's engine keeps changing")

    async def _exchange(self, request: Request) -> Answer:
        """Send until something acceptable comes back, with ever more patience."""
        request_id, message_id = _new_id(), _new_id()
        now = self.clock.now().monotonic
        datagram = self.security.seal(request, request_id, message_id, now)
        refused: Unacceptable | None = None
        for patience in self.waits:
            self.channel.send(datagram)
            try:
                async with asyncio.timeout(patience):
                    while True:
                        received = await self.channel.receive()
                        try:
                            return self._open(received, message_id, request_id)
                        except Unacceptable as why:
                            refused = why
            except TimeoutError:
                continue
        if refused is not None:
            raise PollFailure(PollOutcome.BAD_RESPONSE, f"only an unusable answer: {refused}")
        raise silence(self.waits)

    def _open(self, datagram: bytes, message_id: int, request_id: int) -> Answer:
        with hostile():
            answer = self.security.open(datagram, message_id, self.clock.now().monotonic)
        # The second answer to a request that was sent twice may come after the next request.
        if not answer.is_report and answer.request_id != request_id:
            raise Unacceptable("an answer to another request")
        return answer


def _checked(answer: Answer) -> Answer:
    if answer.error_status == TOO_BIG:
        raise TooBig
    if answer.error_status in _REFUSED:
        raise PollFailure(
            PollOutcome.AUTHORIZATION, f"the router says {_REFUSED[answer.error_status]}"
        )
    if answer.error_status:
        raise PollFailure(
            PollOutcome.BAD_RESPONSE, f"the router says error-status {answer.error_status}"
        )
    return answer


def _new_id() -> int:
    """Not to be guessed: the only tie between a request and its answer in SNMPv2c."""
    return secrets.randbelow(2**31 - 1) + 1
