"""Many packets a system call, by sendmmsg(2) and recvmmsg(2)."""

import ctypes
import errno
import os
import socket
from collections import Counter
from collections.abc import Sequence
from struct import Struct

from linkwatch.probe import icmp_uapi as uapi
from linkwatch.probe.icmp_clocks import realtime_ns
from linkwatch.probe.icmp_departure import NO_STAMPS, Departure, TransmitStamps
from linkwatch.probe.icmp_destination import Destination
from linkwatch.probe.icmp_flights import Arrival
from linkwatch.probe.icmp_queue import QueuedError, read_entry
from linkwatch.probe.icmp_socket import BATCH, EchoSocket, Mode
from linkwatch.probe.icmp_vectors import NAME_BYTES, ReceiveVector, SendVector
from linkwatch.wire.icmp import (
    COOKIE_BYTES,
    HEAD_BYTES,
    HEADER_BYTES,
    REPLY_TYPE,
    IpVersion,
    Reject,
    read_reply,
    without_ipv4_header,
)

# Not CDLL: the calls never wait, and to give the interpreter lock away between a stamp and its
# packet would spoil the stamp.
_libc = ctypes.PyDLL(None, use_errno=True)
_libc.sendmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
_libc.recvmmsg.argtypes = (*_libc.sendmmsg.argtypes, ctypes.c_void_p)

_SLOTS = 64
_PENDING_ERRORS = 16
_NS = 1_000_000_000

_ARRIVALS = uapi.SOF_TIMESTAMPING_RX_SOFTWARE | uapi.SOF_TIMESTAMPING_SOFTWARE
_DEPARTURES = (
    _ARRIVALS
    | uapi.SOF_TIMESTAMPING_TX_SOFTWARE
    | uapi.SOF_TIMESTAMPING_OPT_TSONLY
    | uapi.SOF_TIMESTAMPING_OPT_ID
)

# A reply's slot: source, control data with the stamp alone (a cmsg header, then seconds and
# nanoseconds first), and the front of the message.
_CONTROL = 96
_NAME_FORMAT = {IpVersion.V4: "16s16x", IpVersion.V6: "28s4x"}
_STAMP_FORMAT = f"16xqq{_CONTROL - 32}x"
_ECHO_FORMAT = f"{HEADER_BYTES}x{COOKIE_BYTES}s"
_STAMP_CONTROL = 64
"""A cmsg header and three timespecs, of which the first is the software stamp."""
_PLAIN_IPV4_HEADER = 20
_LONGEST_IPV4_HEADER = 60
_PLAIN_IPV4_FIRST = b"\x45"

# A transmit stamp's slot in the error queue: a cmsg with three timespecs, of which the first
# counts, then one with a sock_extended_err and an empty address.
_QUEUE_CONTROL = 256
_QUOTE = 128
_QUEUED_STAMP = Struct(f"={NAME_BYTES}x16xqq{_QUEUE_CONTROL - 32}x{_QUOTE}x")
_ORIGIN_AT = NAME_BYTES + 64 + 16 + 4
_NUMBER_AT = NAME_BYTES + 64 + 16 + 12
_NUMBER = Struct("=I")
_QUEUED_STAMP_CONTROL = {IpVersion.V4: 112, IpVersion.V6: 128}


class BatchSocket(EchoSocket):
    """Sends up to BATCH requests a call and receives 64; the kernel stamps both ways."""

    def __init__(
        self,
        version: IpVersion,
        opened: socket.socket,
        mode: Mode,
        *,
        receive_buffer: int,
        identifier: int,
        rejects: Counter[str],
    ) -> None:
        super().__init__(
            version,
            opened,
            mode,
            receive_buffer=receive_buffer,
            identifier=identifier,
            rejects=rejects,
        )
        opened.setsockopt(socket.SOL_SOCKET, uapi.SO_TIMESTAMPNS_NEW, 0)
        opened.setsockopt(socket.SOL_SOCKET, uapi.SO_TIMESTAMPING_NEW, _ARRIVALS)
        self._stamps: TransmitStamps | None = None
        self._stamping = False
        self._number = 0
        self._descriptor = opened.fileno()
        raw_ipv4 = mode is Mode.RAW and version is IpVersion.V4
        ip_header = _PLAIN_IPV4_HEADER if raw_ipv4 else 0
        head = (_LONGEST_IPV4_HEADER if raw_ipv4 else 0) + HEAD_BYTES
        rest = head - ip_header - HEAD_BYTES
        self._row = Struct(
            f"={_NAME_FORMAT[version]}{_STAMP_FORMAT}{ip_header}x{_ECHO_FORMAT}{rest}x"
        )
        self._raw_ipv4 = raw_ipv4
        self._whole = ip_header + HEAD_BYTES
        at = NAME_BYTES + _CONTROL + ip_header
        self._usual = [(at, bytes((REPLY_TYPE[version],))), (at + 1, b"\0")]
        """What makes a message a reply to be read by the row: bytes by their place in the slot."""
        if raw_ipv4:
            self._usual.append((NAME_BYTES + _CONTROL, _PLAIN_IPV4_FIRST))
        name = uapi.SOCKADDR_IN if version is IpVersion.V4 else uapi.SOCKADDR_IN6
        self._requests = SendVector(BATCH, name.size)
        self._replies = ReceiveVector(_SLOTS, _CONTROL, head)
        self._queue = ReceiveVector(_SLOTS, _QUEUE_CONTROL, _QUOTE)

    def stamp_departures(self, wanted: bool) -> None:
        """Stamps are read from the error queue, and kept."""
        if wanted == self._stamping:
            return
        self._stamping = wanted
        if wanted:
            self._stamps = self._stamps or TransmitStamps()
            self._number_anew()
        else:
            self._socket.setsockopt(socket.SOL_SOCKET, uapi.SO_TIMESTAMPING_NEW, _ARRIVALS)

    def send(
        self, destinations: Sequence[Destination], cookies: Sequence[bytes], offset_ns: int
    ) -> Departure:
        """Send up to BATCH in one call; what is sent is sent in order."""
        wanted = min(BATCH, len(destinations))
        self._requests.fill(destinations[:wanted], self._writer.heads(cookies[:wanted]))
        first_ns = realtime_ns()
        count = _libc.sendmmsg(self._descriptor, self._requests.address, wanted, 0)
        last_ns = realtime_ns()
        number = self._number
        self._number += max(count, 0)
        refused = ctypes.get_errno() if count < 0 else 0
        if count < wanted and self._stamping:
            # Whether the kernel has numbered the packet it refused depends on who refused it.
            self._number_anew()
        if count < 0:
            raise OSError(refused, os.strerror(refused))
        stamps = self._stamps if self._stamping else None
        ring = NO_STAMPS if stamps is None else stamps.ring
        return Departure(count, first_ns, last_ns, offset_ns, ring=ring, number=number)

    def receive(self, limit: int) -> Sequence[Arrival]:
        """What has come in; stops at the first full call beyond `limit`."""
        arrivals: list[Arrival] = []
        taken = 0
        while taken < limit:
            count = self._fetch(self._replies, 0)
            if count == 0:
                break
            taken += count
            arrivals += self._read_replies(count)
        return arrivals

    def errors(self, limit: int) -> tuple[int, Sequence[QueuedError]]:
        """Empty the error queue of errors, and of transmit stamps, which are kept."""
        errors: list[QueuedError] = []
        taken = told = 0
        while taken < limit:
            count = self._fetch(self._queue, socket.MSG_ERRQUEUE)
            if count == 0:
                break
            taken += count
            told += self._read_queue(count, errors)
        return told, errors

    def _number_anew(self) -> None:
        """Have the kernel number packets from 0 on."""
        option = (socket.SOL_SOCKET, uapi.SO_TIMESTAMPING_NEW)
        self._socket.setsockopt(*option, _ARRIVALS)
        self._socket.setsockopt(*option, _DEPARTURES)
        self._number = 0

    def _fetch(self, vector: ReceiveVector, flags: int) -> int:
        """How many messages came into the vector."""
        vector.reset()
        # A queued ICMP error is also reported once by the next call, whatever that call is.
        for _ in range(_PENDING_ERRORS):
            count: int = _libc.recvmmsg(self._descriptor, vector.address, vector.slots, flags, None)
            if count >= 0:
                return count
            number = ctypes.get_errno()
            if number == errno.EAGAIN:
                return 0
            if number == errno.EBADF:
                raise OSError(number, os.strerror(number))
        return 0

    def _read_replies(self, count: int) -> list[Arrival]:
        vector = self._replies
        usual = (
            min(vector.lengths(count)) >= self._whole
            and vector.control_lengths(count).count(_STAMP_CONTROL) == count
            and all(vector.column(count, at) == byte * count for at, byte in self._usual)
        )
        if usual:
            return list(self._row.iter_unpack(vector.messages(count)))
        read = (self._read_reply(slot) for slot in range(count))
        return [arrival for arrival in read if arrival is not None]

    def _read_reply(self, slot: int) -> Arrival | None:
        message: bytes | Reject = self._replies.data(slot)
        if self._raw_ipv4:
            message = without_ipv4_header(self._replies.data(slot))
        cookie = message if isinstance(message, Reject) else read_reply(self.version, message)
        if isinstance(cookie, Reject):
            self._rejects[cookie] += 1
            return None
        control = uapi.ancillary_of(self._replies.control(slot))
        return (self._replies.name(slot), *uapi.stamp_in(control), cookie)

    def _read_queue(self, count: int, errors: list[QueuedError]) -> int:
        """How many of the entries were ICMP errors."""
        if self._keep_stamps(0, count):
            return 0
        told = 0
        for slot in range(count):
            if not self._keep_stamps(slot, slot + 1):
                told += self._read_error(slot, errors)
        return told

    def _keep_stamps(self, first: int, end: int) -> bool:
        """Keep what these slots hold if that is transmit stamps with consecutive numbers."""
        queue = self._queue
        if self._stamps is None:
            return False
        usual = _QUEUED_STAMP_CONTROL[self.version]
        origin = bytes((uapi.ORIGIN_TIMESTAMPING,))
        count = end - first
        if (
            queue.control_lengths(end)[first:].count(usual) != count
            or queue.column(end, _ORIGIN_AT)[first:] != origin * count
        ):
            return False
        messages = queue.messages(end)[first * queue.stride :]
        (number,) = _NUMBER.unpack_from(messages, _NUMBER_AT)
        (last,) = _NUMBER.unpack_from(messages, (count - 1) * queue.stride + _NUMBER_AT)
        if last - number != count - 1:
            return False
        self._stamps.put(
            number, [sec * _NS + nsec for sec, nsec in _QUEUED_STAMP.iter_unpack(messages)]
        )
        return True

    def _read_error(self, slot: int, errors: list[QueuedError]) -> bool:
        """Whether it was an ICMP error."""
        control = uapi.ancillary_of(self._queue.control(slot))
        destination = self._queue.name(slot)
        entry = read_entry(self.version, self._queue.data(slot), control, destination)
        if isinstance(entry, Reject):
            self._rejects[entry] += 1
        elif entry is not None:
            errors.append(entry)
        return entry is not None
