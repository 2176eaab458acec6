"""Where a probe goes and what it looks like, made ready once for all probes of that kind."""

import ipaddress
import socket
from functools import lru_cache
from typing import NamedTuple

from linkwatch.probe.icmp_uapi import (
    INT,
    TRAFFIC_CLASS,
    Ancillary,
    SocketAddress,
    control_of,
    sockaddr_v4,
    sockaddr_v6,
)
from linkwatch.wire.icmp import MIN_SIZE, IpVersion


class Shape:
    """What requests to many destinations share; the same ones are the same object."""

    __slots__ = ("ancillary", "control", "filler")

    def __init__(self, version: IpVersion, size: int, dscp: int) -> None:
        if size < MIN_SIZE:
            raise ValueError(f"an echo payload needs at least {MIN_SIZE} bytes")
        self.filler = bytes(size - MIN_SIZE)
        self.ancillary: Ancillary = [(*TRAFFIC_CLASS[version], INT.pack(dscp << 2))]
        self.control = control_of(self.ancillary)


class Destination(NamedTuple):
    """An address to probe: as `struct sockaddr` and as Python's sockets take it.

    Without a name it is none: a text that is no IP address.
    """

    name: bytes
    shape: Shape
    address: SocketAddress
    version: IpVersion


def destination(address: str, size: int, dscp: int) -> Destination:
    """The destination for probes with this payload size (at least MIN_SIZE) and DSCP."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        # A name would be looked up in the send.
        return Destination(b"", _shape(IpVersion.V4, size, dscp), ("", 0), IpVersion.V4)
    if isinstance(parsed, ipaddress.IPv4Address):
        shape = _shape(IpVersion.V4, size, dscp)
        return Destination(sockaddr_v4(parsed.packed), shape, (address, 0), IpVersion.V4)
    shape = _shape(IpVersion.V6, size, dscp)
    try:
        scope = socket.if_nametoindex(parsed.scope_id) if parsed.scope_id else 0
    except OSError:
        return Destination(b"", shape, ("", 0), IpVersion.V6)
    host = str(parsed).partition("%")[0]
    name = sockaddr_v6(parsed.packed, scope)
    return Destination(name, shape, (host, 0, 0, scope), IpVersion.V6)


_shape = lru_cache(maxsize=1 << 10)(Shape)
