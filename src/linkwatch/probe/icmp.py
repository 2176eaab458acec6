"""The prober: every echo request of the daemon through one shared ICMP socket per family.

A socket per host would hand each of them everybody's replies, which costs N² and loses replies.
"""

import errno
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple, cast

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Prepared, Probe, Reply
from linkwatch.probe.icmp_clocks import Clocks
from linkwatch.probe.icmp_destination import Destination, destination
from linkwatch.probe.icmp_flights import Flights
from linkwatch.probe.icmp_open import FASTEST, ProbePermissionError, open_echo_socket
from linkwatch.probe.icmp_queue import QueuedError, is_own_address
from linkwatch.probe.icmp_rotation import RotatingSocket
from linkwatch.probe.icmp_socket import BATCH, EchoSocket, Mode
from linkwatch.probe.icmp_stamping import StampPolicy
from linkwatch.wire.icmp import Cookies, IpVersion, Reject, read_quote
from linkwatch.wire.icmp_errors import reason_of

__all__ = ["IcmpProber", "Mode", "ProbePermissionError"]

RECEIVE_BUFFER = 16 << 20
"""Bytes asked for: thousands of replies may wait while the loop is held up."""
_KEEP = 15.0
"""How long a probe may be answered, in s; above any time-out."""
_ROTATE_EVERY = 300.0
_DRAIN_LIMIT = 1 << 16
"""Messages handled per socket and drain: more than the receive buffer holds, so that all that
had arrived when the drain began is taken, and a flood still cannot hold the loop for ever."""
_SEND_ATTEMPTS = 4
_NOT_AN_ERROR = "not_an_error"
REJECTS = (*(reject.value for reject in Reject), _NOT_AN_ERROR)
"""Why something that came in may be taken for nothing."""


class _Asked(NamedTuple):
    """Requests of one call to send."""

    tokens: Sequence[int]
    destinations: Sequence[Destination]
    cookies: Sequence[bytes]


class IcmpProber:
    """Meets `ports.Prober`. Raises ProbePermissionError where no ICMP socket may be opened."""

    def __init__(
        self,
        key: bytes | None = None,
        clocks: Clocks | None = None,
        receive_buffer: int = RECEIVE_BUFFER,
        kind: type[EchoSocket] = FASTEST,
    ) -> None:
        self._clocks = clocks or Clocks()
        self._cookies = Cookies(key or secrets.token_bytes(32))
        self._flights = Flights(self._cookies, _KEEP)
        self._counters: Counter[str] = Counter()
        self._found: list[Reply] = []
        self._sockets: dict[IpVersion, RotatingSocket] = {}
        self._unread = 0
        self._stamping = StampPolicy()
        for version in IpVersion:
            opener = partial(open_echo_socket, version, receive_buffer, self._counters, kind=kind)
            opened = opener()
            if opened is not None:
                self._sockets[version] = RotatingSocket(opened, opener, _ROTATE_EVERY, _KEEP)
        self.room = min((s.room for s in self._sockets.values()), default=1)
        """How many replies may safely come in between two drains."""

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

    def prepare(self, address: str, size: int, dscp: int) -> Destination:
        """A destination for `launch`; one without name is answered with `bad_address`."""
        return destination(address, size, dscp)

    def send(self, probes: Sequence[Probe]) -> Sequence[Reply]:
        """Send all; returns only those that could not be sent (`local_failure`)."""
        return self.launch(
            [probe.token for probe in probes],
            [destination(probe.address, probe.size, probe.dscp) for probe in probes],
        )

    def launch(self, tokens: Sequence[int], prepared: Sequence[Prepared]) -> Sequence[Reply]:
        """Send a probe with each token; returns only those that could not be sent."""
        destinations = cast("Sequence[Destination]", prepared)
        offset = self._clocks.offset_ns()
        now = self._clocks.monotonic_ns() / 1e9
        self._flights.turn(now)
        self._stamping.count(len(tokens), now)
        for echo_socket in self._sockets.values():
            echo_socket.turn(now)
            echo_socket.stamp_departures(self._stamping.wanted)
        failures: list[Reply] = []
        # The length of its name tells a destination's family.
        lengths = [len(destination.name) for destination in destinations]
        for length in set(lengths):
            if lengths.count(length) == len(tokens):
                self._launch(tokens, destinations, offset, failures)
                continue
            these = [place for place, found in enumerate(lengths) if found == length]
            self._launch(
                [tokens[place] for place in these],
                [destinations[place] for place in these],
                offset,
                failures,
            )
        return failures

    def drain(self) -> Sequence[Reply]:
        """Everything received since the last call, up to a bound; each token at most once."""
        self._receive()
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

    def _launch(
        self,
        tokens: Sequence[int],
        destinations: Sequence[Destination],
        offset: int,
        failures: list[Reply],
    ) -> None:
        """Send to destinations that are all of one family, or none at all."""
        first = destinations[0]
        if not first.name:
            failures += [_own_failure(token, "bad_address") for token in tokens]
        elif first.version not in self._sockets:
            failures += [_own_failure(token, "EAFNOSUPPORT") for token in tokens]
        else:
            cookies = self._cookies.of(tokens)
            for start in range(0, len(tokens), BATCH):
                batch = slice(start, start + BATCH)
                asked = _Asked(tokens[batch], destinations[batch], cookies[batch])
                self._send(self._sockets[first.version], asked, offset, failures)
                self._make_room(BATCH)

    def _send(
        self, echo_socket: RotatingSocket, asked: _Asked, offset: int, failures: list[Reply]
    ) -> None:
        attempts = 0
        tokens, destinations, cookies = asked
        while tokens:
            try:
                departure = echo_socket.send(destinations, cookies, offset)
            except OSError as error:
                attempts += 1
                # IP_RECVERR reports an earlier probe's ICMP error at the next send: that one is
                # not at fault, the error queue holds whose it is. A refusal comes again.
                if attempts < _SEND_ATTEMPTS and self._read_errors(echo_socket):
                    continue
                number = error.errno or 0
                reason = errno.errorcode.get(number, str(number))
                failures.append(_own_failure(tokens[0], reason))
                sent = 1
            else:
                sent = departure.count
                self._flights.start(tokens[:sent], destinations, cookies, departure)
                if sent == len(tokens):
                    return
            tokens, destinations, cookies = tokens[sent:], destinations[sent:], cookies[sent:]
            attempts = 0

    def _make_room(self, sent: int) -> None:
        """Take in what came meanwhile, before the answers to a burst overflow the buffer."""
        self._unread += sent
        if self._unread >= self.room // 2:
            self._receive()

    def _receive(self) -> None:
        self._unread = 0
        offset = self._clocks.offset_ns()
        for echo_socket in self._sockets.values():
            # The error queue first: it holds the transmit stamps of what is answered.
            self._read_errors(echo_socket)
            arrivals = echo_socket.receive(_DRAIN_LIMIT)
            self._found += self._flights.answers(arrivals, offset, self._counters)

    def _read_errors(self, echo_socket: RotatingSocket) -> int:
        """Take in what the error queues hold; how many errors that were."""
        own: dict[str, bool] = {}
        told = 0
        for reader, count, errors in echo_socket.errors(_DRAIN_LIMIT):
            told += count
            for error in errors:
                reply = self._failed(reader, error, own)
                if isinstance(reply, Reply):
                    self._found.append(reply)
                else:
                    self._counters[reply] += 1
        return told

    def _failed(
        self, echo_socket: EchoSocket, error: QueuedError, own: dict[str, bool]
    ) -> Reply | str:
        version = echo_socket.version
        reason = reason_of(version, error.kind, error.code)
        if reason is None:
            return _NOT_AN_ERROR
        quote = read_quote(version, error.quoted)
        if isinstance(quote, Reject):
            return quote
        flight = self._flights.fail(quote, error.destination, echo_socket.identifier)
        if isinstance(flight, Reject):
            return flight
        by = error.reported_by
        if by is not None and by not in own:
            own[by] = is_own_address(by)
        if by is not None and own[by]:
            name = errno.errorcode.get(error.errno, str(error.errno))
            return Reply(flight[0], Outcome.LOCAL_FAILURE, reason=name, reported_by=by)
        return Reply(flight[0], Outcome.UNREACHABLE, reason=reason, reported_by=by)


def _own_failure(token: int, reason: str) -> Reply:
    return Reply(token, Outcome.LOCAL_FAILURE, reason=reason)
