"""One bounded TCP connect as a probe: what the kernel says of the handshake, not our own timing.

A host that refuses (RST) has answered. The handshake's round-trip time is the kernel's; a refusal
carries none, as this process would have to time it by when it came to look.
"""

import asyncio
import contextlib
import errno
import socket
import struct
import sys

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Checked, Look
from linkwatch.probe.icmp_queue import is_own_address, offender
from linkwatch.probe.icmp_uapi import EXTENDED_ERR, FAMILY, ORIGIN_ICMP, RECVERR, TRAFFIC_CLASS
from linkwatch.probe.source import leave_from, leaves_from
from linkwatch.wire.address import ip_version
from linkwatch.wire.icmp import IpVersion
from linkwatch.wire.icmp_errors import reason_of

_HOP_LIMIT = {
    IpVersion.V4: (socket.IPPROTO_IP, socket.IP_TTL),
    IpVersion.V6: (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS),
}
_IP_BIND_ADDRESS_NO_PORT = 24
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)
_TCP_INFO_SIZE = 104
_BY_THE_HOST = (errno.ECONNREFUSED, errno.ECONNRESET)
"""A reset instead of the handshake, or after it and before we came to look."""
_RTT_AT, _RETRANSMITS_AT = 68, 100
"""Where `tcpi_rtt` (µs) and `tcpi_total_retrans` stand in `struct tcp_info` (linux/tcp.h)."""


class TcpCheck:
    """Meets `ports.EndpointCheck`: a handshake, broken off with a reset as soon as it is done.

    The reset leaves no TIME_WAIT here, and no half-served client at the far end. A packet that
    our own firewall drops on its way out is not told to a TCP socket: it counts as no reply.
    """

    async def check(self, address: str, port: int, *, within: float, look: Look) -> Checked:
        """Connect to an IP address; the answer, the network's loss, or our own failure."""
        version = IpVersion.V6 if ":" in address else IpVersion.V4
        try:
            with socket.socket(FAMILY[version], socket.SOCK_STREAM) as connecting:
                _set_up(connecting, version, look)
                code = connecting.connect_ex((address, port))
                if code != errno.EINPROGRESS:
                    return _at_once(code)
                await _settled(connecting, within)
                found = _judge(connecting, version, address, within)
                if found.outcome is Outcome.NO_REPLY and look.source is not None:
                    return _if_still_there(look.source, connecting, found)
                return found
        except OSError as error:
            return _local(error.errno)


def _set_up(connecting: socket.socket, version: IpVersion, look: Look) -> None:
    connecting.setblocking(False)
    connecting.setsockopt(*RECVERR[version], 1)
    connecting.setsockopt(*TRAFFIC_CLASS[version], look.dscp << 2)
    connecting.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
    if look.ttl is not None:
        connecting.setsockopt(*_HOP_LIMIT[version], look.ttl)
    if look.source is not None:
        # The port is chosen by the connect, and may then be in use towards other targets.
        connecting.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
        leave_from(look.source, connecting)


def _if_still_there(source: str, connecting: socket.socket, found: Checked) -> Checked:
    """Silence is the network's only where an answer could have reached us."""
    if leaves_from(source, connecting):
        return found
    return _local(errno.ENODEV if ip_version(source) is None else errno.EADDRNOTAVAIL)


async def _settled(connecting: socket.socket, within: float) -> None:
    """Until the kernel has made up its mind, or the time-out."""
    loop = asyncio.get_running_loop()
    writable = asyncio.Event()
    loop.add_writer(connecting, writable.set)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await writable.wait()
    finally:
        loop.remove_writer(connecting)


def _judge(connecting: socket.socket, version: IpVersion, address: str, within: float) -> Checked:
    # A loop that was blocked sees answer and time-out at once: only the kernel knows what was.
    reported = _reported(connecting, version, address)
    if reported is not None:
        return reported
    code = connecting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    info = connecting.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_SIZE)
    if code not in (0, errno.ETIMEDOUT, *_BY_THE_HOST):
        return _local(code)
    if int.from_bytes(info[_RETRANSMITS_AT : _RETRANSMITS_AT + 4], sys.byteorder):
        # What answers a second SYN does not undo the loss of the first.
        return Checked(Outcome.NO_REPLY, reason="retransmitted")
    if code == errno.ECONNREFUSED:
        return Checked(Outcome.ANSWERED, reason="refused")
    rtt = int.from_bytes(info[_RTT_AT : _RTT_AT + 4], sys.byteorder) / 1e6
    has_answered = code == errno.ECONNRESET or (code == 0 and _is_connected(connecting))
    if not has_answered or rtt > within:
        return Checked(Outcome.NO_REPLY)
    return Checked(Outcome.ANSWERED, rtt=rtt or None)


def _at_once(code: int) -> Checked:
    """What `connect` said without waiting; only this host can be meant, or one on it."""
    if code == 0:
        return Checked(Outcome.ANSWERED)
    if code == errno.ECONNREFUSED:
        return Checked(Outcome.ANSWERED, reason="refused")
    return _local(code)


def _is_connected(connecting: socket.socket) -> bool:
    try:
        connecting.getpeername()
    except OSError as error:
        if error.errno == errno.ENOTCONN:
            return False
        raise
    return True


def _reported(connecting: socket.socket, version: IpVersion, address: str) -> Checked | None:
    """The ICMP error that ended the attempt; None where none has come."""
    try:
        _quoted, ancillary, _flags, _to = connecting.recvmsg(0, 512, socket.MSG_ERRQUEUE)
    except BlockingIOError:
        return None
    for level, kind, data in ancillary:
        if (level, kind) == RECVERR[version] and len(data) >= EXTENDED_ERR.size:
            number, origin, icmp_type, icmp_code, *_rest = EXTENDED_ERR.unpack_from(data)
            reason = reason_of(version, icmp_type, icmp_code) if origin in ORIGIN_ICMP else None
            if reason is None:
                return _local(number)
            by = offender(data[EXTENDED_ERR.size :])
            if by == address:
                # A firewall on the host itself: the line is what it should be.
                return Checked(Outcome.ANSWERED, reason=reason.value, reported_by=by)
            own = by is None or is_own_address(by)
            outcome = Outcome.LOCAL_FAILURE if own else Outcome.UNREACHABLE
            return Checked(outcome, reason=reason.value, reported_by=by)
    return None


def _local(number: int | None) -> Checked:
    return Checked(Outcome.LOCAL_FAILURE, reason=errno.errorcode.get(number or 0, "error"))
