"""Opens the best ICMP socket this process may have."""

import errno
import secrets
import socket
import sys
from collections import Counter

from icmplib import ICMPSocketError, ICMPv4Socket, ICMPv6Socket, SocketPermissionError

from linkwatch.probe.icmp_destination import Egress
from linkwatch.probe.icmp_plain import PlainSocket
from linkwatch.probe.icmp_socket import EchoSocket, Mode
from linkwatch.probe.icmp_uapi import MTU_DISCOVER, PMTUDISC_PROBE
from linkwatch.probe.source import leave_from
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


class ProbePermissionError(PermissionError):
    """Neither a datagram nor a raw ICMP socket may be opened; the message says what mends it."""

    def __init__(self) -> None:
        super().__init__(
            errno.EACCES,
            "may not open an ICMP socket; allow it with: "
            'sysctl -w net.ipv4.ping_group_range="0 2147483647" '
            "(or AmbientCapabilities=CAP_NET_RAW in the systemd unit)",
        )

    def __str__(self) -> str:
        """The message alone."""
        return str(self.strerror)


def open_echo_socket(
    egress: Egress,
    receive_buffer: int,
    rejects: Counter[str] | None = None,
    *,
    kind: type[EchoSocket] = FASTEST,
) -> EchoSocket:
    """Datagram if allowed, else raw, else ProbePermissionError.

    OSError where the host lacks the IP version, the interface or the address.
    """
    opener = ICMPv4Socket if egress.version is IpVersion.V4 else ICMPv6Socket
    for mode in (Mode.DATAGRAM, Mode.RAW):
        try:
            # icmplib closes its socket when its object goes: keep a duplicate of our own.
            with opener(privileged=mode is Mode.RAW) as opened:
                own = opened.sock.dup()
        except SocketPermissionError:
            continue
        except ICMPSocketError as error:
            raise _cause(error) from error
        try:
            _direct(own, egress)
            return kind(
                egress.version,
                own,
                mode,
                receive_buffer=receive_buffer,
                identifier=secrets.randbits(16),
                rejects=Counter() if rejects is None else rejects,
            )
        except OSError:
            own.close()
            raise
    raise ProbePermissionError


def _cause(error: ICMPSocketError) -> OSError:
    """What the kernel said: icmplib hands on no more than its words."""
    cause = error.__context__
    return cause if isinstance(cause, OSError) else OSError(errno.EAFNOSUPPORT, str(error))


def _direct(opened: socket.socket, egress: Egress) -> None:
    if egress.source is not None:
        leave_from(egress.source, opened)
    if egress.dont_fragment:
        # Sets DF. Only our own interface's MTU counts here: of the path's the routers tell.
        opened.setsockopt(*MTU_DISCOVER[egress.version], PMTUDISC_PROBE)
