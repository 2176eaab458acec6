"""A socket per egress whose ICMP identifier changes from time to time."""

import os
from collections.abc import Callable, Iterator, Sequence

from linkwatch.probe.icmp_destination import Egress
from linkwatch.probe.icmp_flights import Arrival
from linkwatch.probe.icmp_queue import QueuedError
from linkwatch.probe.icmp_socket import EchoSocket, Mode

_LOOK_AGAIN = 1.0
"""s after which what could not be opened is tried again."""


class RotatingSocket:
    """An `EchoSocket` that is replaced every `every` s, its forerunner read for `keep` s more.

    A socket has one identifier for its life. A NAT or firewall on the way that has filed it under
    a path now dead would be kept in that belief by our own probes. It is also replaced when its
    source has gone and come back. Nothing is asked of it when nothing can come in any more: `keep`
    s after the last probe it is no longer `awake`.
    """

    def __init__(
        self, egress: Egress, opener: Callable[[], EchoSocket], every: float, keep: float
    ) -> None:
        self.egress = egress
        self.awake = False
        self._opener = opener
        self._every = every
        self._keep = keep
        self._current: EchoSocket | None = None
        self._refusal = 0
        self._retry_at = self._replace_at = self._quiet_at = float("-inf")
        self._retired: list[tuple[float, EchoSocket]] = []
        self._closed_drops = 0
        self._drops = 0

    @property
    def mode(self) -> Mode:
        """Datagram or raw; absent: not open."""
        return self._current.mode if self._current else Mode.ABSENT

    @property
    def is_spent(self) -> bool:
        """Whether it sleeps without a socket: nothing is left of it."""
        return self._current is None and not self.awake

    def turn(self, now: float) -> EchoSocket:
        """The socket to send by at `now` (monotonic s); OSError where there can be none."""
        self.awake, self._quiet_at = True, now + self._keep
        source = self.egress.source
        if source is not None and self._current and not self._current.leaves_from(source):
            self.retire(now)
        if self._current is None:
            return self.open(now)
        if now >= self._replace_at:
            self._current = self._replacement(self._current, now)
        return self._current

    def open(self, now: float) -> EchoSocket:
        """A socket where there was none, nothing being sent by it yet; OSError as for `turn`."""
        if now < self._retry_at:
            raise OSError(self._refusal, os.strerror(self._refusal))
        self._replace_at = now + self._every
        try:
            self._current = self._opener()
        except OSError as error:
            self._refusal, self._retry_at = error.errno or 0, now + _LOOK_AGAIN
            raise
        return self._current

    def rest(self, now: float) -> None:
        """Close what has been read for long enough, and sleep when nothing is left to read."""
        while self._retired and self._retired[0][0] <= now:
            _, old = self._retired.pop(0)
            self._closed_drops += old.dropped()
            old.close()
        if not self._retired and now >= self._quiet_at:
            self._drops = self._count_drops()
            self.awake = False

    def retire(self, now: float) -> None:
        """Send no more; what comes in is still read for a while."""
        if self._current is not None:
            self._retired.append((now + self._keep, self._current))
            self._current, self.awake = None, True

    def receive(self, limit: int) -> Sequence[Arrival]:
        """What has come in; `limit` holds for each socket."""
        arrivals: Sequence[Arrival] = self._current.receive(limit) if self._current else ()
        for _, old in self._retired:
            arrivals = [*old.receive(limit), *arrivals]
        return arrivals

    def errors(self, limit: int) -> Iterator[tuple[EchoSocket, int, Sequence[QueuedError]]]:
        """Each socket with how many errors its queue held and those that could be read."""
        for _, old in self._retired:
            yield (old, *old.errors(limit))
        if self._current is not None:
            yield (self._current, *self._current.errors(limit))

    def dropped(self) -> int:
        """Datagrams the receive buffers had no room for, as far as is known while it sleeps."""
        return self._count_drops() if self.awake else self._drops

    def close(self) -> None:
        """Give all sockets back."""
        for _, old in self._retired:
            old.close()
        if self._current is not None:
            self._current.close()
        self._retired.clear()
        self._current = None

    def _count_drops(self) -> int:
        retired = sum(old.dropped() for _, old in self._retired)
        current = self._current.dropped() if self._current else 0
        return self._closed_drops + retired + current

    def _replacement(self, old: EchoSocket, now: float) -> EchoSocket:
        self._replace_at = now + self._every
        try:
            fresh = self._opener()
        except OSError:
            return old  # the range was closed meanwhile; the socket we hold still serves
        if fresh.mode is not old.mode:
            fresh.close()
            return old
        self._retired.append((now + self._keep, old))
        return fresh
