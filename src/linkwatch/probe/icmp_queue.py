"""Entries of a socket's error queue: ICMP errors for what it sent (linux/errqueue.h)."""

import socket
import sys
from typing import NamedTuple

from linkwatch.probe import icmp_uapi as uapi
from linkwatch.wire.icmp import IpVersion, Reject


class QueuedError(NamedTuple):
    """An ICMP error with the front of the request it quotes.

    `destination` is the name (`struct sockaddr`) of where the request went; `received_ns` when the
    error came in (CLOCK_REALTIME), 0 where the kernel did not say.
    """

    quoted: bytes
    destination: bytes
    kind: int
    code: int
    errno: int
    reported_by: str | None
    received_ns: int = 0


def read_entry(
    version: IpVersion, quoted: bytes, control: uapi.Ancillary, destination: bytes
) -> QueuedError | Reject | None:
    """An entry of the queue from its quoted packet, control data and destination.

    None for the kernel's own complaint (a packet too big), of which the send has told already.
    """
    for level, kind, data in control:
        if (level, kind) == uapi.RECVERR[version]:
            seconds, nanoseconds = uapi.stamp_in(control)
            received_ns = seconds * 1_000_000_000 + nanoseconds
            return _read_extended(data, quoted, destination, received_ns)
    return Reject.MALFORMED


def is_own_address(address: str) -> bool:
    """Whether this host holds the address: the kernel reaches its own addresses from themselves."""
    if address == "::1" or address.startswith("127."):
        return True
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect(socket.getaddrinfo(address, 9, family, socket.SOCK_DGRAM)[0][4])
            return bool(asking.getsockname()[0] == address)
    except OSError:
        return False


def _read_extended(
    extended: bytes, quoted: bytes, destination: bytes, received_ns: int
) -> QueuedError | Reject | None:
    if len(extended) < uapi.EXTENDED_ERR.size:
        return Reject.MALFORMED
    number, origin, kind, code, _info, _data = uapi.EXTENDED_ERR.unpack_from(extended)
    if origin == uapi.ORIGIN_LOCAL:
        return None
    if origin not in uapi.ORIGIN_ICMP:
        return Reject.OTHER_TYPE
    by = offender(extended[uapi.EXTENDED_ERR.size :])
    return QueuedError(quoted, destination, kind, code, number, by, received_ns)


def offender(sockaddr: bytes) -> str | None:
    """The address behind a `struct sock_extended_err`: of who sent the ICMP error."""
    family = int.from_bytes(sockaddr[:2], sys.byteorder)
    if family == socket.AF_INET and len(sockaddr) >= uapi.SOCKADDR_IN.size:
        return socket.inet_ntop(socket.AF_INET, uapi.SOCKADDR_IN.unpack_from(sockaddr)[2])
    if family == socket.AF_INET6 and len(sockaddr) >= uapi.SOCKADDR_IN6.size:
        _family, _port, _flow, packed, scope = uapi.SOCKADDR_IN6.unpack_from(sockaddr)
        text = socket.inet_ntop(socket.AF_INET6, packed)
        return f"{text}%{scope}" if scope else text
    return None
