"""The sockets of all egresses: opened when first sent by, closed when no link wants them."""

from collections.abc import Callable, Collection, Iterator, Mapping

from linkwatch.ports import Look
from linkwatch.probe.icmp_destination import Egress, egress_of
from linkwatch.probe.icmp_open import ProbePermissionError
from linkwatch.probe.icmp_rotation import RotatingSocket
from linkwatch.probe.icmp_socket import EchoSocket, Mode
from linkwatch.wire.icmp import IpVersion

_ROTATE_EVERY = 300.0
_PLAIN = {version: egress_of(version, None, False) for version in IpVersion}
"""The egress of links without wishes of their own."""


class Sockets:
    """A rotating socket for each egress. Times in monotonic s.

    The plain ones are opened at once and stay: whether this host may probe is known from the
    start. A family that nobody probes costs no system call.
    """

    def __init__(self, opener: Callable[[Egress], EchoSocket], keep: float, now: float) -> None:
        """`keep`: how long what was sent may be answered. ProbePermissionError: none may be."""
        self._opener = opener
        self._keep = keep
        self._all: dict[Egress, RotatingSocket] = {}
        self._closed_drops = 0
        rooms = []
        for egress in _PLAIN.values():
            try:
                rooms.append(self.by(egress).open(now).room)
            except ProbePermissionError:
                raise
            except OSError:
                continue  # the host lacks the family: each probe to it will say so
        self.room = min(rooms, default=1)
        """How many replies may safely come in between two reads."""

    @property
    def modes(self) -> Mapping[IpVersion, Mode]:
        """How each family is probed where a link has no wishes of its own."""
        absent = {version: Mode.ABSENT for version in IpVersion}
        return absent | {
            version: self._all[egress].mode
            for version, egress in _PLAIN.items()
            if egress in self._all
        }

    def by(self, egress: Egress) -> RotatingSocket:
        """The one for this egress, which need not be open."""
        found = self._all.get(egress)
        if found is None:
            found = RotatingSocket(egress, lambda: self._opener(egress), _ROTATE_EVERY, self._keep)
            self._all[egress] = found
        return found

    def awake(self) -> Iterator[RotatingSocket]:
        """Those by which something may come in."""
        return (rotating for rotating in self._all.values() if rotating.awake)

    def keep(self, looks: Collection[Look], now: float) -> None:
        """Send by no socket that serves none of these; what comes in is still read for a while."""
        wanted = {(look.source, look.dont_fragment) for look in looks}
        for egress, rotating in self._all.items():
            is_plain = egress is _PLAIN[egress.version]
            if not is_plain and (egress.source, egress.dont_fragment) not in wanted:
                rotating.retire(now)

    def rest(self, now: float) -> None:
        """Close what has been read for long enough."""
        spent = []
        for rotating in self.awake():
            rotating.rest(now)
            if rotating.is_spent:
                spent.append(rotating)
        for rotating in spent:
            self._closed_drops += rotating.dropped()
            del self._all[rotating.egress]

    def dropped(self) -> int:
        """Datagrams their receive buffers had no room for, since the start."""
        return self._closed_drops + sum(rotating.dropped() for rotating in self._all.values())

    def close(self) -> None:
        """Give them all back."""
        for rotating in self._all.values():
            rotating.close()
        self._all.clear()
