"""How this host reaches an address, and whether it can: asked of Linux over rtnetlink (RFC 3549).

One question, one answer, on a socket of the caller's namespace; no privilege is needed.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from linkwatch.model.uplink import Carriage
from linkwatch.ports import Egress
from linkwatch.wire.address import ip_version
from linkwatch.wire.icmp import IpVersion

# Linux values (include/uapi/linux: netlink.h, rtnetlink.h, if_link.h).
_NLMSG_ERROR = 2
_NLM_F_REQUEST = 1
_RTM_NEWLINK, _RTM_GETLINK = 16, 18
_RTM_NEWROUTE, _RTM_GETROUTE = 24, 26
_RTA_DST, _RTA_SRC, _RTA_OIF, _RTA_GATEWAY, _RTA_VIA = 1, 2, 4, 5, 18
_IFLA_IFNAME, _IFLA_OPERSTATE = 3, 16
_OPER = {2: Carriage.DOWN, 3: Carriage.DOWN, 6: Carriage.UP}
"""RFC 2863's ifOperStatus as Linux numbers it: down, lower layer down, up; the others tell nothing:
a TUN device has no carrier to speak of."""
_IFF_UP = 1

_HEADER = struct.Struct("=IHHII")
_ROUTE = struct.Struct("=BBBBBBBBI")
_LINK = struct.Struct("=BxHiII")
_ATTRIBUTE = struct.Struct("=HH")
_NUMBER = struct.Struct("=i")
_LONGEST = 65536
_WITHIN = 0.5
"""s that the kernel is given; it answers at once, or never."""


class KernelRoutes:
    """Looks routes and interfaces up."""

    def egress(self, address: str, source: str | None) -> Egress | None:
        """The way to an address; None: this host has none, or cannot say."""
        family = socket.AF_INET6 if ip_version(address) is IpVersion.V6 else socket.AF_INET
        try:
            with _asked() as kernel:
                found = _route(kernel, family, address, source)
                return None if found is None else _egress(kernel, *found, family)
        except OSError:
            return None


@contextmanager
def _asked() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.settimeout(_WITHIN)
        kernel.bind((0, 0))
        yield kernel


def _route(
    kernel: socket.socket, family: int, address: str, source: str | None
) -> tuple[int, bytes | None] | None:
    """The interface's number and the gateway, if there is one."""
    destination = socket.inet_pton(family, address)
    body = _ROUTE.pack(family, 8 * len(destination), 0, 0, 0, 0, 0, 0, 0)
    body += _attribute(_RTA_DST, destination)
    if source is not None and ip_version(source) is None:
        body += _attribute(_RTA_OIF, _NUMBER.pack(socket.if_nametoindex(source)))
    elif source is not None:
        body += _attribute(_RTA_SRC, socket.inet_pton(family, source))
    answer = _ask(kernel, _RTM_GETROUTE, body, _RTM_NEWROUTE)
    if answer is None:
        return None
    known = dict(_attributes(answer[_ROUTE.size :]))
    if _RTA_OIF not in known:
        return None
    via = known.get(_RTA_VIA, b"")[2:]  # a gateway of the other family, after that family
    number: int = _NUMBER.unpack(known[_RTA_OIF])[0]
    return number, known.get(_RTA_GATEWAY) or via or None


def _egress(
    kernel: socket.socket, number: int, gateway: bytes | None, family: int
) -> Egress | None:
    answer = _ask(kernel, _RTM_GETLINK, _LINK.pack(socket.AF_UNSPEC, 0, number, 0, 0), _RTM_NEWLINK)
    if answer is None:
        return None
    flags = _LINK.unpack_from(answer)[3]
    known = dict(_attributes(answer[_LINK.size :]))
    name = known.get(_IFLA_IFNAME, b"").rstrip(b"\0").decode("ascii", "replace")
    oper = known.get(_IFLA_OPERSTATE, b"\0")[0]
    state = _OPER.get(oper, Carriage.UNKNOWN) if flags & _IFF_UP else Carriage.DOWN
    return Egress(name, state, _shown(gateway, name))


def _shown(gateway: bytes | None, interface: str) -> str | None:
    if gateway is None:
        return None
    family = socket.AF_INET if len(gateway) == 4 else socket.AF_INET6
    text = socket.inet_ntop(family, gateway)
    return f"{text}%{interface}" if text.startswith("fe80:") else text


def _ask(kernel: socket.socket, what: int, body: bytes, wanted: int) -> bytes | None:
    """The body of the answer; None where the kernel says no."""
    length = _HEADER.size + len(body)
    kernel.send(_HEADER.pack(length, what, _NLM_F_REQUEST, 1, 0) + body)
    answer = kernel.recv(_LONGEST)
    length, kind, _, _, _ = _HEADER.unpack_from(answer)
    return answer[_HEADER.size : length] if kind == wanted else None


def _attribute(kind: int, value: bytes) -> bytes:
    length = _ATTRIBUTE.size + len(value)
    return _ATTRIBUTE.pack(length, kind) + value + b"\0" * (-length % 4)


def _attributes(body: bytes) -> Iterator[tuple[int, bytes]]:
    while len(body) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(body)
        if length < _ATTRIBUTE.size:
            return
        yield kind, body[_ATTRIBUTE.size : length]
        body = body[length + -length % 4 :]
