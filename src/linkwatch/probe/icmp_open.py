"""Opens the best ICMP socket this process may have."""

import secrets
import sys
from collections import Counter

from icmplib import ICMPSocketError, ICMPv4Socket, ICMPv6Socket, SocketPermissionError

from linkwatch.probe.icmp_plain import PlainSocket
from linkwatch.probe.icmp_socket import EchoSocket, Mode
from linkwatch.wire.icmp import IpVersion

FASTEST: type[EchoSocket] = PlainSocket
"""The best kind of socket on this machine."""
if sys.platform == "linux" and sys.maxsize > 2**32 and sys.byteorder == "little":
    try:
        from linkwatch.probe.icmp_batch import BatchSocket
    except (ImportError, AttributeError, MemoryError):
        pass  # no ctypes, no such calls in the C library, or no memory to run code from
    else:
        FASTEST = BatchSocket


class ProbePermissionError(Exception):
    """Neither a datagram nor a raw ICMP socket may be opened; the message says what mends it."""

    def __init__(self) -> None:
        super().__init__(
            "may not open an ICMP socket; allow it with: "
            'sysctl -w net.ipv4.ping_group_range="0 2147483647" '
            "(or AmbientCapabilities=CAP_NET_RAW in the systemd unit)"
        )


def open_echo_socket(
    version: IpVersion,
    receive_buffer: int,
    rejects: Counter[str] | None = None,
    *,
    kind: type[EchoSocket] = FASTEST,
) -> EchoSocket | None:
    """Datagram if allowed, else raw, else ProbePermissionError; None: the host lacks the family."""
    opener = ICMPv4Socket if version is IpVersion.V4 else ICMPv6Socket
    for mode in (Mode.DATAGRAM, Mode.RAW):
        try:
            # icmplib closes its socket when its object goes: keep a duplicate of our own.
            with opener(privileged=mode is Mode.RAW) as opened:
                own = opened.sock.dup()
        except SocketPermissionError:
            continue
        except ICMPSocketError:
            return None
        return kind(
            version,
            own,
            mode,
            receive_buffer=receive_buffer,
            identifier=secrets.randbits(16),
            rejects=Counter() if rejects is None else rejects,
        )
    raise ProbePermissionError
