"""Names of the ICMP errors (RFC 792, RFC 1812 §5.2.7, RFC 4443), the same for IPv4 and IPv6."""

from collections.abc import Mapping
from enum import StrEnum

from linkwatch.wire.icmp import IpVersion


class IcmpReason(StrEnum):
    """Why a packet was not delivered, as the reporting host put it."""

    NET_UNREACHABLE = "net_unreachable"
    HOST_UNREACHABLE = "host_unreachable"
    PROTOCOL_UNREACHABLE = "protocol_unreachable"
    PORT_UNREACHABLE = "port_unreachable"
    TOO_BIG = "too_big"
    SOURCE_ROUTE_FAILED = "source_route_failed"
    BEYOND_SCOPE = "beyond_scope"
    SOURCE_POLICY = "source_policy"
    ROUTE_REJECTED = "route_rejected"
    PRECEDENCE = "precedence"
    ADMIN_PROHIBITED = "admin_prohibited"
    TTL_EXCEEDED = "ttl_exceeded"
    REASSEMBLY_TIMEOUT = "reassembly_timeout"
    PARAMETER_PROBLEM = "parameter_problem"
    UNREACHABLE = "unreachable"
    """Destination unreachable with a code no RFC names."""


_V4_UNREACHABLE: Mapping[int, IcmpReason] = {
    0: IcmpReason.NET_UNREACHABLE,
    1: IcmpReason.HOST_UNREACHABLE,
    2: IcmpReason.PROTOCOL_UNREACHABLE,
    3: IcmpReason.PORT_UNREACHABLE,
    4: IcmpReason.TOO_BIG,
    5: IcmpReason.SOURCE_ROUTE_FAILED,
    6: IcmpReason.NET_UNREACHABLE,
    7: IcmpReason.HOST_UNREACHABLE,
    8: IcmpReason.HOST_UNREACHABLE,
    9: IcmpReason.ADMIN_PROHIBITED,
    10: IcmpReason.ADMIN_PROHIBITED,
    11: IcmpReason.NET_UNREACHABLE,
    12: IcmpReason.HOST_UNREACHABLE,
    13: IcmpReason.ADMIN_PROHIBITED,
    14: IcmpReason.PRECEDENCE,
    15: IcmpReason.PRECEDENCE,
}
_V6_UNREACHABLE: Mapping[int, IcmpReason] = {
    0: IcmpReason.NET_UNREACHABLE,
    1: IcmpReason.ADMIN_PROHIBITED,
    2: IcmpReason.BEYOND_SCOPE,
    3: IcmpReason.HOST_UNREACHABLE,
    4: IcmpReason.PORT_UNREACHABLE,
    5: IcmpReason.SOURCE_POLICY,
    6: IcmpReason.ROUTE_REJECTED,
}
_TIME_EXCEEDED: Mapping[int, IcmpReason] = {
    0: IcmpReason.TTL_EXCEEDED,
    1: IcmpReason.REASSEMBLY_TIMEOUT,
}
_ERRORS: Mapping[tuple[IpVersion, int], tuple[Mapping[int, IcmpReason], IcmpReason]] = {
    (IpVersion.V4, 3): (_V4_UNREACHABLE, IcmpReason.UNREACHABLE),
    (IpVersion.V4, 11): (_TIME_EXCEEDED, IcmpReason.TTL_EXCEEDED),
    (IpVersion.V4, 12): ({}, IcmpReason.PARAMETER_PROBLEM),
    (IpVersion.V6, 1): (_V6_UNREACHABLE, IcmpReason.UNREACHABLE),
    (IpVersion.V6, 2): ({}, IcmpReason.TOO_BIG),
    (IpVersion.V6, 3): (_TIME_EXCEEDED, IcmpReason.TTL_EXCEEDED),
    (IpVersion.V6, 4): ({}, IcmpReason.PARAMETER_PROBLEM),
}


def reason_of(version: IpVersion, kind: int, code: int) -> IcmpReason | None:
    """The error's name; None for what is no failure (a redirect, a source quench)."""
    known = _ERRORS.get((version, kind))
    if known is None:
        return None
    by_code, otherwise = known
    return by_code.get(code, otherwise)
