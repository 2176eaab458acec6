"""gufo-snmp, a fast engine in Rust, for what is asked at every poll; the careful one for the rest.

gufo-snmp tells no error status, takes most reports for silence, and its panics are no Exceptions.
So it is given only GETs of a router whose engine is known, and one attempt: whatever is not plainly
answered is asked again by the engine that can say what is wrong.
"""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from functools import lru_cache, partial
from types import TracebackType
from typing import Self

from gufo import snmp as gufo
from gufo.snmp._fast import SnmpV2cClientSocket, SnmpV3ClientSocket
from gufo.snmp.user import KeyType

from linkwatch.model.measurement import PollOutcome
from linkwatch.probe.snmp_gufo_line import Line, Puzzling, Socket
from linkwatch.probe.snmp_outcome import PollFailure, no_way
from linkwatch.probe.snmp_patience import silence
from linkwatch.probe.snmp_peer import Session
from linkwatch.probe.snmp_plan import Planned
from linkwatch.probe.snmp_pysnmp import PysnmpPeer
from linkwatch.probe.snmp_security import Security
from linkwatch.probe.snmp_usm import Usm
from linkwatch.wire import ifmib
from linkwatch.wire.snmpvalue import ABSENT, Oid, Value, ValueType

_AUTH: Mapping[str, type[gufo.BaseAuthKey]] = {
    "MD5": gufo.Md5Key,
    "SHA": gufo.Sha1Key,
    "SHA1": gufo.Sha1Key,
    "SHA224": gufo.Sha224Key,
    "SHA256": gufo.Sha256Key,
    "SHA384": gufo.Sha384Key,
    "SHA512": gufo.Sha512Key,
}
_PRIVACY: Mapping[str, type[gufo.BasePrivKey]] = {
    "DES": gufo.DesKey,
    "AES": gufo.Aes128Key,
    "AES128": gufo.Aes128Key,
    "AES192": gufo.Aes192Key,
    "AES256": gufo.Aes256Key,
    "AES192C": gufo.Aes192Key,
    "AES256C": gufo.Aes256Key,
}
_NUMBERS: Mapping[Oid, ValueType] = {
    ifmib.SYS_UP_TIME[:-1]: ValueType.TIME_TICKS,
    ifmib.IF_COUNTER_DISCONTINUITY_TIME: ValueType.TIME_TICKS,
    ifmib.IF_OPER_STATUS: ValueType.INTEGER,
    ifmib.IF_SPEED: ValueType.GAUGE32,
    ifmib.IF_HIGH_SPEED: ValueType.GAUGE32,
    ifmib.IF_HC_IN_OCTETS: ValueType.COUNTER64,
    ifmib.IF_HC_OUT_OCTETS: ValueType.COUNTER64,
}
"""gufo-snmp hands all numbers over as plain int: the type is the one the MIB gives."""

_KEPT_REQUESTS = 1024
_BUFFERS = (0, 0, 0, 0)
"""Type of service, sizes of the buffers, and a time-out: as the system has them, and none."""


class GufoPeer:
    """One router; meets `snmp_peer.Peer`. Its socket stays open between polls."""

    def __init__(self, planned: Planned, careful: PysnmpPeer, waits: Sequence[float]) -> None:
        self.careful = careful
        self.waits = waits
        self._planned = planned
        self._line: Line | None = None

    @property
    def security(self) -> Security:
        """The careful engine's: gufo-snmp hears nothing that it did not ask for."""
        return self.careful.security

    def session(self) -> "_GufoSession":
        """A session that opens what it needs."""
        return _GufoSession(self)

    def adopt(self, older: object) -> None:
        """Keep the router's engine and clock; a socket is soon opened."""
        self.careful.adopt(older.careful if isinstance(older, GufoPeer) else older)

    def forget(self) -> None:
        """Discover the router's engine anew."""
        self._line = None
        self.careful.forget()

    def drop(self) -> None:
        """Open another socket next time."""
        self._line = None

    async def line(self) -> Line | None:
        """Where to ask; None while the router's engine is unknown: to meet it is careful work."""
        if self._line is None:
            security = self.careful.security
            engine_id = security.engine_id if isinstance(security, Usm) else b""
            if engine_id is None:
                return None
            address = await _numeric(self._planned.address, self._planned.port)
            line = Line(partial(_socket, address, self._planned, security, engine_id))
            await line.synchronise(self.waits[0])
            self._line = line
        return self._line


class _GufoSession:
    """Meets `snmp_peer.Session`, and closes what it had to open."""

    def __init__(self, peer: GufoPeer) -> None:
        self._peer = peer
        self._stack: AsyncExitStack | None = None
        self._careful: Session | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stack is not None:
            await self._stack.aclose()

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value]:
        names, meant = _asked(tuple(oids))
        try:
            line = await self._peer.line()
            if line is None:
                return await (await self._open()).get(oids)
            told = await line.get(names, self._peer.waits[0])
            if told is not None:
                return _values(meant, told)
        except Puzzling:
            self._peer.drop()
            return await (await self._open()).get(oids)
        return await self._insist(oids)

    async def walk(self, column: Oid) -> Mapping[int, Value]:
        return await (await self._open()).walk(column)

    async def _insist(self, oids: Sequence[Oid]) -> Mapping[Oid, Value]:
        """The further attempts, by the engine that hears more."""
        waits = self._peer.waits
        self._peer.drop()
        if len(waits) == 1:
            raise silence(waits)
        try:
            async with self._peer.careful.session(first=1) as session:
                return await session.get(oids)
        except PollFailure as failure:
            raise (silence(waits) if failure.outcome is PollOutcome.TIMEOUT else failure) from None

    async def _open(self) -> Session:
        if self._careful is None:
            self._stack = AsyncExitStack()
            self._careful = await self._stack.enter_async_context(self._peer.careful.session())
        return self._careful


def _socket(address: str, planned: Planned, security: Security, engine_id: bytes) -> Socket:
    where = f"[{address}]:{planned.port}" if ":" in address else f"{address}:{planned.port}"
    if not isinstance(security, Usm):
        return SnmpV2cClientSocket(where, planned.credentials.community or "", *_BUFFERS)
    user = _user(planned, security)
    return SnmpV3ClientSocket(
        where,
        engine_id,
        user.name,
        user.get_auth_alg(),
        user.get_auth_key(),
        user.get_priv_alg(),
        user.get_priv_key(),
        *_BUFFERS,
    )


def _user(planned: Planned, security: Usm) -> gufo.User:
    auth, privacy = planned.credentials.auth, planned.credentials.privacy
    keys, master = security.keys, KeyType.Master
    is_cisco = privacy is not None and privacy[0].endswith("C")
    return gufo.User(
        planned.credentials.user,
        auth_key=_AUTH[auth[0]](keys.auth_master or b"", key_type=master) if auth else None,
        priv_key=(
            _PRIVACY[privacy[0]](keys.privacy_master or b"", key_type=master) if privacy else None
        ),
        key_expansion=gufo.KeyExpansion.Cisco if is_cisco else gufo.KeyExpansion.Blumenthal,
    )


async def _numeric(address: str, port: int) -> str:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(address, port, type=socket.SOCK_DGRAM)
    except OSError as error:
        raise no_way(error) from error
    peer = found[0][4]
    numeric, scope = str(peer[0]), peer[3] if len(peer) == 4 else 0
    return f"{numeric}%{scope}" if scope and "%" not in numeric else numeric


_Meant = Mapping[str, tuple[Oid, ValueType]]
"""By the name asked for: the object, and what a number of it is."""


@lru_cache(_KEPT_REQUESTS)
def _asked(oids: tuple[Oid, ...]) -> tuple[list[str], _Meant]:
    """The names to ask for, and what they mean."""
    meant = {
        ".".join(map(str, oid)): (oid, _NUMBERS.get(oid[:-1], ValueType.COUNTER32)) for oid in oids
    }
    return list(meant), meant


def _values(meant: _Meant, told: Mapping[str, object]) -> Mapping[Oid, Value]:
    """What was asked for, absent where it was left out."""
    # Only an error status leaves out everything, or tells of what was not asked for.
    if not told or not told.keys() <= meant.keys():
        raise Puzzling
    return {oid: _value(told.get(name), number) for name, (oid, number) in meant.items()}


def _value(told: object, number: ValueType) -> Value:
    if type(told) is int:
        return Value(number, told)
    if type(told) is bytes:
        return Value(ValueType.OCTETS, 0, told)
    return ABSENT if told is None else Value(ValueType.OTHER)
