"""Where a probe goes and what it looks like, made ready once for all probes of that kind."""

import ipaddress
import socket
from functools import cache, lru_cache
from typing import NamedTuple

from linkwatch.ports import Look
from linkwatch.probe.icmp_uapi import (
    HOP_LIMIT,
    INT,
    TRAFFIC_CLASS,
    Ancillary,
    SocketAddress,
    control_of,
    sockaddr_v4,
    sockaddr_v6,
)
from linkwatch.wire.address import ip_version
from linkwatch.wire.icmp import MIN_SIZE, IpVersion

Fields = tuple[int, int, str | None, bool, int | None]
"""A `Look` without its name."""


class Shape:
    """What requests to many destinations share; the same ones are the same object."""

    __slots__ = ("ancillary", "control", "filler")

    def __init__(self, version: IpVersion, size: int, dscp: int, ttl: int | None = None) -> None:
        if size < MIN_SIZE:
            raise ValueError(f"an echo payload needs at least {MIN_SIZE} bytes")
        self.filler = bytes(size - MIN_SIZE)
        self.ancillary: Ancillary = [(*TRAFFIC_CLASS[version], INT.pack(dscp << 2))]
        if ttl is not None:
            self.ancillary.append((*HOP_LIMIT[version], INT.pack(ttl)))
        self.control = control_of(self.ancillary)


class Egress:
    """What sockets are told apart by; the same one is the same object.

    `fault`: why nothing can ever leave by it.
    """

    __slots__ = ("dont_fragment", "fault", "source", "version")

    def __init__(
        self,
        version: IpVersion,
        source: str | None = None,
        *,
        dont_fragment: bool = False,
        fault: str | None = None,
    ) -> None:
        self.version = version
        self.source = source
        self.dont_fragment = dont_fragment
        self.fault = fault


class Destination(NamedTuple):
    """An address to probe: as `struct sockaddr` and as Python's sockets take it."""

    name: bytes
    shape: Shape
    address: SocketAddress
    egress: Egress


def destination(address: str, look: Look | Fields) -> Destination:
    """The destination for probes with this look, of at least MIN_SIZE bytes.

    What is no address has an egress with a fault.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return _nowhere(look)  # a name would be looked up in the send
    if isinstance(parsed, ipaddress.IPv4Address):
        shape, egress = _kind(IpVersion.V4, look)
        return Destination(sockaddr_v4(parsed.packed), shape, (address, 0), egress)
    try:
        scope = socket.if_nametoindex(parsed.scope_id) if parsed.scope_id else 0
    except OSError:
        return _nowhere(look)
    shape, egress = _kind(IpVersion.V6, look)
    host = str(parsed).partition("%")[0]
    name = sockaddr_v6(parsed.packed, scope)
    return Destination(name, shape, (host, 0, 0, scope), egress)


@cache
def egress_of(version: IpVersion, source: str | None, dont_fragment: bool) -> Egress:
    """The egress of probes to addresses of this version."""
    fits = source is None or ip_version(source) in (None, version)
    fault = None if fits else "EAFNOSUPPORT"
    return Egress(version, source, dont_fragment=dont_fragment, fault=fault)


@lru_cache(maxsize=1 << 10)
def _kind(version: IpVersion, look: Look | Fields) -> tuple[Shape, Egress]:
    size, dscp, source, dont_fragment, ttl = look
    return Shape(version, size, dscp, ttl), egress_of(version, source, dont_fragment)


def _nowhere(look: Look | Fields) -> Destination:
    shape, _ = _kind(IpVersion.V4, look)
    return Destination(b"", shape, ("", 0), _NOWHERE)


_NOWHERE = Egress(IpVersion.V4, fault="bad_address")
