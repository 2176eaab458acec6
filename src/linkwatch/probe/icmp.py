"""The prober: every echo request of the daemon through one shared ICMP socket per family.

A socket per host would hand each of them everybody's replies, which costs N² and loses replies.
"""

import errno
import ipaddress
import secrets
import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Probe, Reply
from linkwatch.probe.icmp_clocks import Clocks, round_trip
from linkwatch.probe.icmp_flights import Flight, Flights
from linkwatch.probe.icmp_rotation import RotatingSocket
from linkwatch.probe.icmp_socket import (
    Datagram,
    Mode,
    ProbePermissionError,
    QueuedError,
    SocketAddress,
    is_own_address,
    open_echo_socket,
)
from linkwatch.wire.icmp import Cookie, IpVersion, Reject, echo_request, read_quote, read_reply
from linkwatch.wire.icmp_errors import reason_of

__all__ = ["IcmpProber", "Mode", "ProbePermissionError"]

RECEIVE_BUFFER = 16 << 20
"""Bytes asked for; a reply occupies 832, so this is a good second of a country's replies."""
_KEEP = 15.0
"""How long a probe may be answered, in s; above any time-out."""
_ROTATE_EVERY = 300.0
_DRAIN_LIMIT = 1 << 16
"""Messages handled per family and drain: more than the receive buffer holds, so that all that
had arrived when the drain began is taken, and a flood still cannot hold the loop for ever."""
_SEND_ATTEMPTS = 4
_NOT_AN_ERROR = "not_an_error"


class _Endpoint(NamedTuple):
    version: IpVersion
    packed: bytes
    address: SocketAddress


class IcmpProber:
    """Meets `ports.Prober`. Raises ProbePermissionError where no ICMP socket may be opened."""

    def __init__(
        self,
        key: bytes | None = None,
        clocks: Clocks | None = None,
        receive_buffer: int = RECEIVE_BUFFER,
    ) -> None:
        self._clocks = clocks or Clocks()
        self._cookie = Cookie(key or secrets.token_bytes(32))
        self._flights = Flights(self._cookie, _KEEP)
        self._counters: Counter[str] = Counter()
        self._found: list[Reply] = []
        self._sockets: dict[IpVersion, RotatingSocket] = {}
        for version in IpVersion:
            opener = partial(open_echo_socket, version, receive_buffer)
            opened = opener()
            if opened is not None:
                self._sockets[version] = RotatingSocket(opened, opener, _ROTATE_EVERY, _KEEP)

    @property
    def modes(self) -> Mapping[IpVersion, Mode]:
        """How each family is probed."""
        return {
            version: self._sockets[version].mode if version in self._sockets else Mode.ABSENT
            for version in IpVersion
        }

    @property
    def counters(self) -> Mapping[str, int]:
        """What came in and was taken for nothing, by the name of its `Reject`."""
        return self._counters

    def send(self, probes: Sequence[Probe]) -> Sequence[Reply]:
        """Send all; returns only those that could not be sent (`local_failure`)."""
        if not probes:
            return ()
        offset = self._clocks.offset_ns()
        now = self._clocks.monotonic_ns() / 1e9
        self._flights.turn(now)
        for echo_socket in self._sockets.values():
            echo_socket.turn(now)
        failures = []
        for probe in probes:
            reason = self._send(probe, offset)
            if reason is not None:
                failures.append(Reply(probe.token, Outcome.LOCAL_FAILURE, reason=reason))
        return failures

    def drain(self) -> Sequence[Reply]:
        """Everything received since the last call, up to a bound; each token at most once."""
        offset = self._clocks.offset_ns()
        for echo_socket in self._sockets.values():
            self._drain_replies(echo_socket, offset)
            self._drain_errors(echo_socket)
        found, self._found = self._found, []
        return found

    def dropped(self) -> int:
        """Datagrams our own receive buffers have dropped since the start."""
        return sum(echo_socket.dropped() for echo_socket in self._sockets.values())

    def close(self) -> None:
        """Give the sockets back."""
        for echo_socket in self._sockets.values():
            echo_socket.close()
        self._sockets.clear()

    def _send(self, probe: Probe, offset: int) -> str | None:
        """None, or why the probe did not leave this host."""
        # A scope's interface may come and go: such an address is looked at anew each time.
        find = _endpoint if "%" in probe.address else _cached_endpoint
        endpoint = find(probe.address)
        if endpoint is None:
            return "bad_address"
        echo_socket = self._sockets.get(endpoint.version)
        if echo_socket is None:
            return "EAFNOSUPPORT"
        packet = echo_request(
            endpoint.version, probe.token, endpoint.packed, probe.size, self._cookie
        )
        for _ in range(_SEND_ATTEMPTS):
            sent_ns = self._clocks.realtime_ns()
            self._flights.start(Flight(probe.token, endpoint.packed, sent_ns, offset))
            try:
                echo_socket.send(packet, endpoint.address, probe.dscp)
            except OSError as error:
                number = error.errno or 0
                self._flights.cancel(probe.token)
            else:
                return None
            # IP_RECVERR reports an earlier probe's ICMP error at the next send: that one is not
            # at fault, the error queue holds whose it is. A refusal of this probe comes again.
            if not self._drain_errors(echo_socket):
                break
        return errno.errorcode.get(number, str(number))

    def _drain_replies(self, echo_socket: RotatingSocket, offset: int) -> None:
        for _ in range(_DRAIN_LIMIT):
            datagram = echo_socket.receive()
            if datagram is None:
                return
            answer = self._answered(echo_socket.version, datagram)
            if isinstance(answer, Reject):
                self._counters[answer] += 1
            else:
                flight, stamp_ns = answer
                rtt = round_trip(flight.sent_ns, stamp_ns, offset - flight.clock_offset_ns)
                self._found.append(Reply(flight.token, Outcome.ANSWERED, rtt=rtt))

    def _answered(
        self, version: IpVersion, datagram: Datagram | Reject
    ) -> tuple[Flight, int | None] | Reject:
        if isinstance(datagram, Reject):
            return datagram
        echo = read_reply(version, datagram.message)
        if isinstance(echo, Reject):
            return echo
        flight = self._flights.answer(echo, _packed(datagram.source))
        return flight if isinstance(flight, Reject) else (flight, datagram.stamp_ns)

    def _drain_errors(self, echo_socket: RotatingSocket) -> int:
        """Take in what the error queue holds; how many entries that were."""
        own: dict[str, bool] = {}
        for taken in range(_DRAIN_LIMIT):
            error = echo_socket.error()
            if error is None:
                return taken
            reply = self._failed(echo_socket, error, own)
            if isinstance(reply, Reply):
                self._found.append(reply)
            else:
                self._counters[reply] += 1
        return _DRAIN_LIMIT

    def _failed(
        self, echo_socket: RotatingSocket, error: QueuedError | Reject, own: dict[str, bool]
    ) -> Reply | str:
        if isinstance(error, Reject):
            return error
        version = echo_socket.version
        reason = reason_of(version, error.kind, error.code)
        if reason is None:
            return _NOT_AN_ERROR
        quote = read_quote(version, error.quoted)
        if isinstance(quote, Reject):
            return quote
        flight = self._flights.fail(
            quote, _packed(error.destination), own_identifier=echo_socket.mode is Mode.RAW
        )
        if isinstance(flight, Reject):
            return flight
        by = error.reported_by
        if by is not None and by not in own:
            own[by] = is_own_address(by)
        if by is not None and own[by]:
            name = errno.errorcode.get(error.errno, str(error.errno))
            return Reply(flight.token, Outcome.LOCAL_FAILURE, reason=name, reported_by=by)
        return Reply(flight.token, Outcome.UNREACHABLE, reason=reason, reported_by=by)


@lru_cache(maxsize=1 << 16)
def _packed(address: str) -> bytes:
    try:
        return ipaddress.ip_address(address).packed
    except ValueError:
        return b""


def _endpoint(address: str) -> _Endpoint | None:
    """Where to send; None for what is no IP address (a name would be looked up in the send)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv4Address):
        return _Endpoint(IpVersion.V4, parsed.packed, (address, 0))
    try:
        scope = socket.if_nametoindex(parsed.scope_id) if parsed.scope_id else 0
    except OSError:
        return None
    return _Endpoint(IpVersion.V6, parsed.packed, (str(parsed).partition("%")[0], 0, 0, scope))


_cached_endpoint = lru_cache(maxsize=1 << 16)(_endpoint)
