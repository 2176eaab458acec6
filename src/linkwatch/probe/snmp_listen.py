"""Where notifications come in: the address listened at, and those they come from."""

import ipaddress
import socket

from linkwatch.probe.snmp_outcome import SnmpSetupError


def bound(host: str, port: int) -> socket.socket:
    """A UDP socket there, or SnmpSetupError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SnmpSetupError(f"snmp.traps.listen: {host}: {error.strerror}") from error
    try:
        sock.setblocking(False)
        sock.bind(address)
    except OSError as error:
        sock.close()
        hint = " (ports below 1024 need CAP_NET_BIND_SERVICE)" if port < 1024 else ""
        raise SnmpSetupError(
            f"snmp.traps.listen: cannot listen at {host} port {port}: {error.strerror}{hint}"
        ) from error
    return sock


def plain_address(text: str) -> str | None:
    """An IP address in the one form that it is compared in; None where it is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
