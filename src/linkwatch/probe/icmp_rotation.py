"""A socket per family whose ICMP identifier changes from time to time."""

from collections.abc import Callable

from linkwatch.probe.icmp_socket import (
    Datagram,
    EchoSocket,
    Mode,
    ProbePermissionError,
    QueuedError,
    SocketAddress,
)
from linkwatch.wire.icmp import IpVersion, Reject


class RotatingSocket:
    """An `EchoSocket` that is replaced every `every` s, its forerunner read for `keep` s more.

    The kernel gives a datagram socket one identifier for its life. A NAT or firewall on the way
    that has filed it under a path now dead would be kept in that belief by our own probes. A raw
    socket is never replaced: its identifier comes from the token.
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
        if now >= self._replace_at and self.mode is Mode.DATAGRAM:
            self._replace_at = now + self._every
            self._replace(now)
        while self._retired and self._retired[0][0] <= now:
            _, old = self._retired.pop(0)
            self._closed_drops += old.dropped()
            old.close()

    def send(self, packet: bytes, address: SocketAddress, dscp: int) -> None:
        """Send one request; OSError where the kernel refuses it."""
        self._current.send(packet, address, dscp)

    def receive(self) -> Datagram | Reject | None:
        """The next datagram; None where there is none."""
        for _, old in self._retired:
            received = old.receive()
            if received is not None:
                return received
        return self._current.receive()

    def error(self) -> QueuedError | Reject | None:
        """The next ICMP error; None where there is none."""
        for _, old in self._retired:
            error = old.error()
            if error is not None:
                return error
        return self._current.error()

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
