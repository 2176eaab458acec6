"""A socket per family whose ICMP identifier changes from time to time."""

from collections.abc import Callable, Iterator, Sequence

from linkwatch.probe.icmp_departure import Departure
from linkwatch.probe.icmp_destination import Destination
from linkwatch.probe.icmp_flights import Arrival
from linkwatch.probe.icmp_open import ProbePermissionError
from linkwatch.probe.icmp_queue import QueuedError
from linkwatch.probe.icmp_socket import EchoSocket, Mode
from linkwatch.wire.icmp import IpVersion


class RotatingSocket:
    """An `EchoSocket` that is replaced every `every` s, its forerunner read for `keep` s more.

    A socket has one identifier for its life. A NAT or firewall on the way that has filed it under
    a path now dead would be kept in that belief by our own probes.
    """

    def __init__(
        self, first: EchoSocket, opener: Callable[[], EchoSocket | None], every: float, keep: float
    ) -> None:
        self._current = first
        self._opener = opener
        self._every = every
        self._keep = keep
        self._replace_at: float | None = None
        self._retired: list[tuple[float, EchoSocket]] = []
        self._closed_drops = 0

    @property
    def version(self) -> IpVersion:
        """IP version."""
        return self._current.version

    @property
    def mode(self) -> Mode:
        """Datagram or raw; the same for life."""
        return self._current.mode

    def turn(self, now: float) -> None:
        """Replace and close what is due; `now` in monotonic s."""
        if self._replace_at is None:
            self._replace_at = now + self._every
        if now >= self._replace_at:
            self._replace_at = now + self._every
            self._replace(now)
        while self._retired and self._retired[0][0] <= now:
            _, old = self._retired.pop(0)
            self._closed_drops += old.dropped()
            old.close()

    @property
    def room(self) -> int:
        """How many replies may safely come in between two reads."""
        return self._current.room

    def stamp_departures(self, wanted: bool) -> None:
        """Have the kernel stamp what is sent from now on, or no more, if it can."""
        self._current.stamp_departures(wanted)

    def send(
        self, destinations: Sequence[Destination], cookies: Sequence[bytes], offset_ns: int
    ) -> Departure:
        """Send some from the front; OSError where the first is refused."""
        return self._current.send(destinations, cookies, offset_ns)

    def receive(self, limit: int) -> Sequence[Arrival]:
        """What has come in; `limit` holds for each socket."""
        arrivals = self._current.receive(limit)
        for _, old in self._retired:
            arrivals = [*old.receive(limit), *arrivals]
        return arrivals

    def errors(self, limit: int) -> Iterator[tuple[EchoSocket, int, Sequence[QueuedError]]]:
        """Each socket with how many errors its queue held and those that could be read."""
        for _, old in self._retired:
            yield (old, *old.errors(limit))
        yield (self._current, *self._current.errors(limit))

    def dropped(self) -> int:
        """Datagrams the receive buffers had no room for."""
        retired = sum(old.dropped() for _, old in self._retired)
        return self._closed_drops + retired + self._current.dropped()

    def close(self) -> None:
        """Give all sockets back."""
        for _, old in self._retired:
            old.close()
        self._current.close()

    def _replace(self, now: float) -> None:
        try:
            fresh = self._opener()
        except ProbePermissionError:
            return  # the range was closed meanwhile; the socket we hold still serves
        if fresh is None:
            return
        if fresh.mode is not self.mode:
            fresh.close()
            return
        self._retired.append((now + self._keep, self._current))
        self._current = fresh
