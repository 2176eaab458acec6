"""Message vectors for sendmmsg(2) and recvmmsg(2): laid out once, used for every call.

Each message has a slot in a few flat buffers, so that a call's results are read, and the next
call's arguments written, for all slots at once. The layout is that of 64-bit Linux.
"""

import ctypes
from collections.abc import Sequence
from struct import Struct

from linkwatch.probe.icmp_destination import Destination, Shape
from linkwatch.wire.icmp import HEAD_BYTES

_MMSGHDR = Struct("QI4xQQQQi4xI4x")
"""`struct mmsghdr`: name and its length, iovec and its length, control and its length, flags,
and the length of what was sent or received."""
_IOVEC = Struct("QQ")
NAME_BYTES = 32
_CONTROL = 128
_WORDS = _MMSGHDR.size // 4
_QUADS = _MMSGHDR.size // 8
_LENGTH_AT = 14
_NAME_LENGTH_AT, _CONTROL_LENGTH_AT = 2, 5
_IOVEC_QUADS = _IOVEC.size // 8
_LONGEST = 1 << 16


class _Memory:
    """Memory whose address C may be given."""

    def __init__(self, size: int) -> None:
        self._held = (ctypes.c_char * size)()
        self.address = ctypes.addressof(self._held)
        self.bytes = memoryview(self._held).cast("B")


_zeros = _Memory(_LONGEST)


class SendVector:
    """Up to `slots` requests: a head each, then zeros, with the control data of their shape."""

    def __init__(self, slots: int, name_length: int) -> None:
        self._names = _Memory(slots * NAME_BYTES)
        self._heads = _Memory(slots * HEAD_BYTES)
        self._controls = _Memory(slots * _CONTROL)
        self._iovecs = _Memory(slots * 2 * _IOVEC.size)
        self._headers = _Memory(slots * _MMSGHDR.size)
        self._shapes: list[Shape | None] = [None] * slots
        self._padding = bytes(NAME_BYTES - name_length)
        self.address = self._headers.address
        for slot in range(slots):
            parts = self._iovecs.address + slot * 2 * _IOVEC.size
            _IOVEC.pack_into(
                self._iovecs.bytes,
                slot * 2 * _IOVEC.size,
                self._heads.address + slot * HEAD_BYTES,
                HEAD_BYTES,
            )
            name = self._names.address + slot * NAME_BYTES
            control = self._controls.address + slot * _CONTROL
            fields = (name, name_length, parts, 2, control, 0, 0, 0)
            _MMSGHDR.pack_into(self._headers.bytes, slot * _MMSGHDR.size, *fields)

    def fill(self, destinations: Sequence[Destination], heads: Sequence[bytes]) -> None:
        """Put one request into each slot, from the first on."""
        padding = self._padding
        names = padding.join([destination.name for destination in destinations])
        self._names.bytes[: len(names)] = names
        joined = b"".join(heads)
        self._heads.bytes[: len(joined)] = joined
        shapes = [destination.shape for destination in destinations]
        if shapes != self._shapes[: len(shapes)]:
            for slot, shape in enumerate(shapes):
                if shape is not self._shapes[slot]:
                    self._reshape(slot, shape)

    def _reshape(self, slot: int, shape: Shape) -> None:
        at = slot * _CONTROL
        self._controls.bytes[at : at + len(shape.control)] = shape.control
        quads = self._headers.bytes.cast("Q")
        quads[slot * _QUADS + _CONTROL_LENGTH_AT] = len(shape.control)
        _IOVEC.pack_into(
            self._iovecs.bytes, (slot * 2 + 1) * _IOVEC.size, _zeros.address, len(shape.filler)
        )
        self._shapes[slot] = shape


class ReceiveVector:
    """Up to `slots` messages, of each the source, the control data and the first `head` bytes.

    A slot holds them in this order, NAME_BYTES, `control` and `head` bytes long.
    """

    def __init__(self, slots: int, control: int, head: int) -> None:
        self.slots = slots
        self.stride = NAME_BYTES + control + head
        self._control = control
        self._messages = _Memory(slots * self.stride)
        self._iovecs = _Memory(slots * _IOVEC.size)
        self._headers = _Memory(slots * _MMSGHDR.size)
        self.address = self._headers.address
        for slot in range(slots):
            name = self._messages.address + slot * self.stride
            data = name + NAME_BYTES + control
            part = self._iovecs.address + slot * _IOVEC.size
            _IOVEC.pack_into(self._iovecs.bytes, slot * _IOVEC.size, data, head)
            fields = (name, NAME_BYTES, part, 1, name + NAME_BYTES, control, 0, 0)
            _MMSGHDR.pack_into(self._headers.bytes, slot * _MMSGHDR.size, *fields)
        self._blank = bytes(self._headers.bytes)
        self._words = self._headers.bytes.cast("I")
        self._quads = self._headers.bytes.cast("Q")

    def reset(self) -> None:
        """Take back what the last call wrote into the headers."""
        self._headers.bytes[:] = self._blank

    def lengths(self, count: int) -> list[int]:
        """How many bytes came in each of the first `count` slots."""
        return self._words[_LENGTH_AT : count * _WORDS : _WORDS].tolist()

    def control_lengths(self, count: int) -> list[int]:
        """How many bytes of control data came in each."""
        return self._quads[_CONTROL_LENGTH_AT : count * _QUADS : _QUADS].tolist()

    def messages(self, count: int) -> memoryview:
        """The first `count` slots, `stride` bytes each."""
        return self._messages.bytes[: count * self.stride]

    def column(self, count: int, at: int) -> bytes:
        """The byte at this place of each of the first `count` slots."""
        return bytes(self._messages.bytes[at : count * self.stride : self.stride])

    def name(self, slot: int) -> bytes:
        """The address in a slot, as `struct sockaddr`."""
        length = self._words[slot * _WORDS + _NAME_LENGTH_AT]
        at = slot * self.stride
        return bytes(self._messages.bytes[at : at + min(length, NAME_BYTES)])

    def control(self, slot: int) -> bytes:
        """The control data in a slot."""
        length = self._quads[slot * _QUADS + _CONTROL_LENGTH_AT]
        at = slot * self.stride + NAME_BYTES
        return bytes(self._messages.bytes[at : at + min(length, self._control)])

    def data(self, slot: int) -> bytes:
        """The message in a slot, cut to its head."""
        length = self._words[slot * _WORDS + _LENGTH_AT]
        at = slot * self.stride + NAME_BYTES + self._control
        return bytes(self._messages.bytes[at : at + length])
