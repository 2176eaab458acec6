"""The prober: every echo request of the daemon through one shared ICMP socket per egress.

A socket per host would hand each of them everybody's replies, which costs N² and loses replies.
"""

import errno
import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, cast

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Look, Prepared, Probe, Reply
from linkwatch.probe.icmp_clocks import LARGEST_DRIFT_NS, Clocks
from linkwatch.probe.icmp_destination import Destination, Egress, destination
from linkwatch.probe.icmp_flights import Flights
from linkwatch.probe.icmp_open import FASTEST, ProbePermissionError, open_echo_socket
from linkwatch.probe.icmp_queue import QueuedError, is_own_address
from linkwatch.probe.icmp_rotation import RotatingSocket
from linkwatch.probe.icmp_socket import BATCH, EchoSocket, Mode
from linkwatch.probe.icmp_sockets import Sockets
from linkwatch.probe.icmp_stamping import StampPolicy
from linkwatch.wire.icmp import Cookies, IpVersion, Reject, read_quote
from linkwatch.wire.icmp_errors import IcmpReason, reason_of

__all__ = ["IcmpProber", "Mode", "ProbePermissionError"]

RECEIVE_BUFFER = 16 << 20
"""Bytes asked for: thousands of replies may wait while the loop is held up."""
_KEEP = 15.0
"""How long a probe may be answered, in s; above any time-out."""
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
        self._unread = 0
        self._stamping = StampPolicy()

        def opener(egress: Egress) -> EchoSocket:
            return open_echo_socket(egress, receive_buffer, self._counters, kind=kind)

        self._sockets = Sockets(opener, _KEEP, self._now())
        self.room = self._sockets.room
        """How many replies may safely come in between two drains."""

    @property
    def modes(self) -> Mapping[IpVersion, Mode]:
        """How each family is probed."""
        return self._sockets.modes

    @property
    def counters(self) -> Mapping[str, int]:
        """What came in and was taken for nothing, by the name of its `Reject`."""
        return self._counters

    def prepare(self, address: str, look: Look) -> Destination:
        """A destination for `launch`; what is no address is answered with `bad_address`."""
        return destination(address, look)

    def keep(self, looks: Collection[Look]) -> None:
        """Give back the sockets that serve none of these, once the last replies have come."""
        self._sockets.keep(looks, self._now())

    def send(self, probes: Sequence[Probe]) -> Sequence[Reply]:
        """Send all; returns only those that could not be sent (`local_failure`)."""
        return self.launch(
            [probe.token for probe in probes],
            [destination(probe.address, probe[2:]) for probe in probes],
        )

    def launch(self, tokens: Sequence[int], prepared: Sequence[Prepared]) -> Sequence[Reply]:
        """Send a probe with each token; returns only those that could not be sent."""
        destinations = cast("Sequence[Destination]", prepared)
        now = self._now()
        self._flights.turn(now)
        self._stamping.count(len(tokens), now)
        failures: list[Reply] = []
        ways = [destination.egress for destination in destinations]
        for egress in set(ways):
            if ways.count(egress) == len(ways):
                self._launch(egress, tokens, destinations, now, failures)
                continue
            these = [place for place, way in enumerate(ways) if way is egress]
            self._launch(
                egress,
                [tokens[place] for place in these],
                [destinations[place] for place in these],
                now,
                failures,
            )
        return failures

    def drain(self) -> Sequence[Reply]:
        """Everything received since the last call, up to a bound; each token at most once."""
        self._receive()
        self._sockets.rest(self._now())
        found, self._found = self._found, []
        return found

    def dropped(self) -> int:
        """Datagrams our own receive buffers have dropped since the start."""
        return self._sockets.dropped()

    def close(self) -> None:
        """Give the sockets back."""
        self._sockets.close()

    def _now(self) -> float:
        return self._clocks.monotonic_ns() / 1e9

    def _launch(
        self,
        egress: Egress,
        tokens: Sequence[int],
        destinations: Sequence[Destination],
        now: float,
        failures: list[Reply],
    ) -> None:
        """Send to destinations that all have this egress."""
        if egress.fault is not None:
            failures += [_own_failure(token, egress.fault) for token in tokens]
            return
        rotating = self._sockets.by(egress)
        try:
            echo_socket = rotating.turn(now)
        except OSError as error:
            failures += [_own_failure(token, _name(error)) for token in tokens]
            return
        echo_socket.stamp_departures(self._stamping.wanted)
        offset = self._clocks.offset_ns()
        cookies = self._cookies.of(tokens)
        for start in range(0, len(tokens), BATCH):
            batch = slice(start, start + BATCH)
            asked = _Asked(tokens[batch], destinations[batch], cookies[batch])
            self._send(rotating, echo_socket, asked, offset, failures)
            self._make_room(BATCH)

    def _send(
        self,
        rotating: RotatingSocket,
        echo_socket: EchoSocket,
        asked: _Asked,
        offset: int,
        failures: list[Reply],
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
                if attempts < _SEND_ATTEMPTS and self._read_errors(rotating):
                    continue
                failures.append(_own_failure(tokens[0], _name(error)))
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
        for rotating in self._sockets.awake():
            # The error queue first: it holds the transmit stamps of what is answered.
            self._read_errors(rotating)
            arrivals = rotating.receive(_DRAIN_LIMIT)
            self._found += self._flights.answers(arrivals, offset, self._counters)

    def _read_errors(self, rotating: RotatingSocket) -> int:
        """Take in what the error queues hold; how many errors that were."""
        own: dict[str, bool] = {}
        told = 0
        for reader, count, errors in rotating.errors(_DRAIN_LIMIT):
            told += count
            for error in errors:
                reply = self._failed(rotating.egress, reader.identifier, error, own)
                if isinstance(reply, Reply):
                    self._found.append(reply)
                else:
                    self._counters[reply] += 1
        return told

    def _failed(
        self, egress: Egress, identifier: int | None, error: QueuedError, own: dict[str, bool]
    ) -> Reply | str:
        reason = reason_of(egress.version, error.kind, error.code)
        if reason is None:
            return _NOT_AN_ERROR
        quote = read_quote(egress.version, error.quoted)
        if isinstance(quote, Reject):
            return quote
        flight = self._flights.fail(quote, error.destination, identifier)
        if isinstance(flight, Reject):
            return flight
        by = error.reported_by
        if by is not None and by not in own:
            own[by] = is_own_address(by)
        if by is not None and own[by]:
            return Reply(flight[0], Outcome.LOCAL_FAILURE, reason=_name(error), reported_by=by)
        # That is how the kernel learns to fragment: the line has lost nothing it was to carry.
        learns = reason is IcmpReason.TOO_BIG and not egress.dont_fragment
        outcome = Outcome.UNKNOWN if learns else Outcome.UNREACHABLE
        token, _, departure, place = flight
        after = departure.elapsed(
            place, error.received_ns, self._clocks.offset_ns(), LARGEST_DRIFT_NS
        )
        return Reply(token, outcome, reason=reason, reported_by=by, after=after)


def _own_failure(token: int, reason: str) -> Reply:
    return Reply(token, Outcome.LOCAL_FAILURE, reason=reason)


def _name(error: OSError | QueuedError) -> str:
    number = error.errno or 0
    return errno.errorcode.get(number, str(number))
