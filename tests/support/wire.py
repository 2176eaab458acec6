"""What comes over the wire, as the kernel of the host it comes to stamps it."""

import socket
import struct
import time  # noqa: TID251 bounds the wait for another process's packets

from support.netns import Namespace

_SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@qq")
_ECHO_REQUEST = 8


def echo_times(at: Namespace, target: str, count: int, within: float) -> list[float]:
    """When (UNIX s) the next `count` ICMP echo requests to the IPv4 address `target` came in."""
    with at.entered():
        tap = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    deadline = time.monotonic() + within
    wanted, times = socket.inet_aton(target), list[float]()
    with tap:
        tap.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        while len(times) < count:
            left = deadline - time.monotonic()
            assert left > 0, f"only {len(times)} of {count} echo requests within {within} s"
            tap.settimeout(left)
            packet, stamps, _, _ = tap.recvmsg(2048, socket.CMSG_SPACE(_TIMESPEC.size))
            header = (packet[0] & 0x0F) * 4
            if packet[16:20] == wanted and packet[header] == _ECHO_REQUEST:
                seconds, nanoseconds = _TIMESPEC.unpack(stamps[0][2])
                times.append(seconds + nanoseconds / 1e9)
    return times
