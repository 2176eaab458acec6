"""Linux values and structures (include/uapi, asm-generic) that Python's socket module lacks."""

import socket
import struct

from linkwatch.wire.icmp import IpVersion

IP_MTU_DISCOVER = 10
IP_RECVERR = 11
IPV6_MTU_DISCOVER = 23
IPV6_RECVERR = 25
PMTUDISC_PROBE = 3
SO_RCVBUFFORCE = 33
SO_ATTACH_FILTER = 26
SO_MEMINFO = 55
SO_BINDTOIFINDEX = 62
SO_TIMESTAMPNS_NEW = 64
SO_TIMESTAMPING_NEW = 65
SOL_RAW = 255
ICMP_FILTER = 1
ICMP6_FILTER = 1

SOF_TIMESTAMPING_TX_SOFTWARE = 1 << 1
SOF_TIMESTAMPING_RX_SOFTWARE = 1 << 3
SOF_TIMESTAMPING_SOFTWARE = 1 << 4
SOF_TIMESTAMPING_OPT_ID = 1 << 7
SOF_TIMESTAMPING_OPT_TSONLY = 1 << 11

ORIGIN_LOCAL = 1
ORIGIN_ICMP = (2, 3)  # SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6
ORIGIN_TIMESTAMPING = 4

MEMINFO = struct.Struct("9I")
MEMINFO_DROPS = 8
TIMESPEC64 = struct.Struct("qq")
EXTENDED_ERR = struct.Struct("IBBBxII")
"""`struct sock_extended_err`: errno, origin, type, code, info, data."""
SOCKADDR_IN = struct.Struct("HH4s8x")
SOCKADDR_IN6 = struct.Struct("HHI16sI")
CMSGHDR = struct.Struct("Nii")
INT = struct.Struct("i")

FAMILY = {IpVersion.V4: socket.AF_INET, IpVersion.V6: socket.AF_INET6}
RECVERR = {
    IpVersion.V4: (socket.IPPROTO_IP, IP_RECVERR),
    IpVersion.V6: (socket.IPPROTO_IPV6, IPV6_RECVERR),
}
TRAFFIC_CLASS = {
    IpVersion.V4: (socket.IPPROTO_IP, socket.IP_TOS),
    IpVersion.V6: (socket.IPPROTO_IPV6, socket.IPV6_TCLASS),
}
HOP_LIMIT = {
    IpVersion.V4: (socket.IPPROTO_IP, socket.IP_TTL),
    IpVersion.V6: (socket.IPPROTO_IPV6, socket.IPV6_HOPLIMIT),
}
"""As ancillary data; what an IPv6 socket has as an option is IPV6_UNICAST_HOPS."""
MTU_DISCOVER = {
    IpVersion.V4: (socket.IPPROTO_IP, IP_MTU_DISCOVER),
    IpVersion.V6: (socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER),
}

SocketAddress = tuple[str, int] | tuple[str, int, int, int]
Ancillary = list[tuple[int, int, bytes]]


def sockaddr_v4(packed: bytes) -> bytes:
    """An IPv4 address as `struct sockaddr_in`."""
    return SOCKADDR_IN.pack(socket.AF_INET, 0, packed)


def sockaddr_v6(packed: bytes, scope: int) -> bytes:
    """An IPv6 address as `struct sockaddr_in6`."""
    return SOCKADDR_IN6.pack(socket.AF_INET6, 0, 0, packed, scope)


def sockaddr_of(address: SocketAddress) -> bytes:
    """What Python's sockets say a packet came from, as the kernel says it."""
    host = address[0].partition("%")[0]
    if len(address) == 2:
        return sockaddr_v4(socket.inet_pton(socket.AF_INET, host))
    return sockaddr_v6(socket.inet_pton(socket.AF_INET6, host), address[3])


def control_of(ancillary: Ancillary) -> bytes:
    """Ancillary data as a control buffer holds it."""
    blocks = []
    for level, kind, data in ancillary:
        block = CMSGHDR.pack(CMSGHDR.size + len(data), level, kind) + data
        blocks.append(block + bytes(-len(block) % 8))
    return b"".join(blocks)


def ancillary_of(control: bytes) -> Ancillary:
    """What a control buffer holds; ends at the first block that makes no sense."""
    found = []
    at = 0
    while at + CMSGHDR.size <= len(control):
        length, level, kind = CMSGHDR.unpack_from(control, at)
        if length < CMSGHDR.size or at + length > len(control):
            break
        found.append((level, kind, control[at + CMSGHDR.size : at + length]))
        at += length + -length % 8
    return found


def stamp_in(ancillary: Ancillary) -> tuple[int, int]:
    """The receive stamp among ancillary data, in s and ns; 0, 0 where there is none."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind in (SO_TIMESTAMPNS_NEW, SO_TIMESTAMPING_NEW):
            seconds, nanoseconds = TIMESPEC64.unpack_from(data)
            return int(seconds), int(nanoseconds)
    return 0, 0
