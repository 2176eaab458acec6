"""The device a simulated network hangs on: a TUN device, and a tap that tells when packets came.

A packet read from a TUN device has no time stamp, and its reader may be woken late. So requests
are taken from a packet socket on the device, stamped by the kernel as they leave the asker; the
device itself only takes the answers, and its own queue is emptied unread.
"""

import contextlib
import ctypes
import errno
import fcntl
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Self

from linkwatch.lab.network_model import Address, Network
from linkwatch.lab.network_namespace import LabNetworkError, run_ip

# Linux values (include/uapi) that Python's modules do not name.
_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x1001
_IFREQ = struct.Struct("16sH22x")
_ETH_P_ALL = 3
_SOL_PACKET = 263
_PACKET_STATISTICS = 6
_STATISTICS = struct.Struct("II")
_SO_ATTACH_FILTER = 26
_SO_RCVBUFFORCE = 33
_SO_TIMESTAMPNS_NEW = 64
_TIMESPEC64 = struct.Struct("qq")
_INSTRUCTION = struct.Struct("HBBI")

# Classic BPF: only what leaves through the device (PACKET_OUTGOING), not the answers.
_LEAVING = (
    (0x28, 0, 0, 0xFFFFF000 + 4),  # ldh: the packet's type
    (0x15, 0, 1, 4),
    (0x06, 0, 0, 0xFFFF),
    (0x06, 0, 0, 0),
)

_NAME = b"lab%d"
_RECEIVE_BUFFER = 64 << 20
_LONGEST = 2048
"""Bytes read of a packet: more than the device's MTU of 1500."""
_ANCILLARY = 64


class Arrival(NamedTuple):
    """A packet as it left the asker; `stamp` in ns of CLOCK_REALTIME."""

    packet: bytes
    stamp: int


class Device:
    """A TUN device in this thread's namespace; gone with `close`."""

    def __init__(self) -> None:
        with contextlib.ExitStack() as stack:
            self._tun = _open_tun()
            stack.callback(os.close, self._tun)
            self.name = _attach(self._tun)
            self._tap = stack.enter_context(_open_tap(self.name))
            self._open = stack.pop_all()
        self._unread = bytearray(_LONGEST)
        self._missed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take the device away."""
        self._open.close()

    def fileno(self) -> int:
        """Readable when a packet has come."""
        return self._tap.fileno()

    def set_up(self, own: Iterable[Address], routes: Iterable[Network]) -> None:
        """Give the device its addresses, and lead the routes to it."""
        # Answers may come from anywhere, and the kernel shall ask nothing of its own accord.
        for what in ("all", self.name):
            _sysctl(f"ipv4/conf/{what}/rp_filter")
        lines = [f"link set {self.name} up"]
        if Path("/proc/sys/net/ipv6").exists():
            lines.insert(0, f"link set {self.name} addrgenmode none")
        lines += [
            f"address add {address}/{address.max_prefixlen} dev {self.name}"
            f"{' nodad' if address.version == 6 else ''}"
            for address in own
        ]
        lines += [f"route add {network} dev {self.name}" for network in routes]
        run_ip(["-batch", "-"], "\n".join(lines) + "\n")

    def arrivals(self, most: int) -> Iterator[Arrival]:
        """What has come, up to a bound."""
        for _ in range(most):
            try:
                packet, ancillary, _, _ = self._tap.recvmsg(_LONGEST, _ANCILLARY)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno != errno.ENETDOWN:  # somebody took the device down
                    raise
                break
            yield Arrival(packet, _stamp(ancillary))
            with contextlib.suppress(OSError):
                os.readv(self._tun, [self._unread])

    def write(self, packet: bytes) -> bool:
        """Let a packet arrive; False where the kernel would not have it."""
        try:
            os.write(self._tun, packet)
        except OSError:
            return False
        return True

    def missed(self) -> int:
        """Packets that the tap had no room for: they are in no log."""
        raw = self._tap.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, _STATISTICS.size)
        self._missed += _STATISTICS.unpack(raw)[1]  # the kernel's own count begins anew
        return self._missed


def _open_tun() -> int:
    try:
        return os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise LabNetworkError(f"cannot open /dev/net/tun: {error.strerror}") from error


def _attach(tun: int) -> str:
    try:
        answer = fcntl.ioctl(tun, _TUNSETIFF, _IFREQ.pack(_NAME, _IFF_TUN_NO_PI))
    except OSError as error:
        raise LabNetworkError(f"cannot make a TUN device: {error.strerror}") from error
    name: bytes = _IFREQ.unpack(answer)[0]
    return name.rstrip(b"\0").decode("ascii")


def _open_tap(device: str) -> socket.socket:
    # Protocol 0 receives nothing until the filter stands.
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    try:
        program = b"".join(_INSTRUCTION.pack(*one) for one in _LEAVING)
        held = ctypes.create_string_buffer(program)
        attach = struct.pack("HP", len(_LEAVING), ctypes.addressof(held))
        tap.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, attach)
        tap.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER)
        tap.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS_NEW, 1)
        tap.setblocking(False)
        tap.bind((device, _ETH_P_ALL))
    except BaseException:
        tap.close()
        raise
    return tap


def _sysctl(key: str) -> None:
    Path("/proc/sys/net", key).write_text("0", encoding="ascii")


def _stamp(ancillary: list[tuple[int, int, bytes]]) -> int:
    seconds, nanoseconds = _TIMESPEC64.unpack_from(ancillary[0][2])
    return int(seconds) * 1_000_000_000 + int(nanoseconds)
