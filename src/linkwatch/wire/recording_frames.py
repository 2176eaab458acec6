"""A recording as bytes: a header, then frames, each of which is whole or not there.

All numbers are little-endian. Header: 8 bytes of magic, u16 version, u16 zero. Frame: u8 kind,
3 zero bytes, u32 length and u32 CRC-32 (begun with the kind) of the payload, then that, compressed
(RFC 1950).
What is appended later begins with a `Start` frame of its own. A file that ends within a frame was
cut off there; all before it stands.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum

MAGIC = b"\x89LWREC\r\n"
VERSION = 1
_HEADER = struct.Struct("<8sHH")
_FRAME = struct.Struct("<BxxxII")
HEADER = _HEADER.pack(MAGIC, VERSION, 0)

MOST_PACKED = 8 << 20
MOST_UNPACKED = 32 << 20
"""Bytes of one frame, compressed and not: many times what any recorder writes."""
_LEVEL = 1
"""More saves little: columns are alike already."""


class FrameKind(IntEnum):
    """What a frame holds."""

    START = 1
    TABLE = 2
    TURNS = 3


class Damage(StrEnum):
    """Why a recording cannot be read, or not on from somewhere."""

    EMPTY = "the file is empty"
    FOREIGN = "not a recording"
    NEWER = "written by a newer version of linkwatch"
    CUT = "cut off: the last frame is not whole"
    CORRUPT = "damaged: a frame's checksum does not fit"
    TOO_LARGE = "damaged: a frame is larger than any that is ever written"
    SENSELESS = "damaged: a frame holds what no recorder writes"


class RecordingError(Exception):
    """A recording cannot be read; `at` is the position in bytes up to which it stands."""

    def __init__(self, damage: Damage, at: int, detail: str = "") -> None:
        where = f" (at byte {at:,})" if at else ""
        super().__init__(f"{damage}{where}{f': {detail}' if detail else ''}")
        self.damage = damage
        self.at = at


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, unpacked; `at` is where it began."""

    kind: FrameKind
    body: bytes
    at: int


def frame(kind: FrameKind, body: bytes) -> bytes:
    """One frame as bytes."""
    packed = zlib.compress(body, _LEVEL)
    return _FRAME.pack(kind, len(packed), zlib.crc32(packed, kind)) + packed


class Unframer:
    """Takes a recording in pieces of any length and gives its frames.

    `whole` is the position up to which everything was whole.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._has_header = False
        self.whole = 0

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that this piece completes. RecordingError for what cannot be one."""
        self._rest += data
        if not self._has_header:
            if len(self._rest) < _HEADER.size:
                return
            self._take_header()
        while len(self._rest) >= _FRAME.size:
            kind, length, checksum = _FRAME.unpack_from(self._rest)
            if length > MOST_PACKED:
                raise RecordingError(Damage.TOO_LARGE, self.whole)
            end = _FRAME.size + length
            if len(self._rest) < end:
                return
            packed = bytes(self._rest[_FRAME.size : end])
            if zlib.crc32(packed, kind) != checksum:
                raise RecordingError(Damage.CORRUPT, self.whole)
            found = Frame(self._kind(kind), self._unpacked(packed), self.whole)
            del self._rest[:end]
            self.whole += end
            yield found

    def end(self) -> None:
        """No more comes: RecordingError where that is in the middle of something."""
        if not self._has_header:
            damage = Damage.FOREIGN if self._rest else Damage.EMPTY
            raise RecordingError(damage, 0)
        if self._rest:
            raise RecordingError(Damage.CUT, self.whole)

    def _take_header(self) -> None:
        magic, version, _ = _HEADER.unpack_from(self._rest)
        if magic != MAGIC:
            raise RecordingError(Damage.FOREIGN, 0)
        if version > VERSION:
            detail = f"format {version}, this one reads up to {VERSION}"
            raise RecordingError(Damage.NEWER, 0, detail)
        del self._rest[: _HEADER.size]
        self._has_header = True
        self.whole = _HEADER.size

    def _kind(self, kind: int) -> FrameKind:
        try:
            return FrameKind(kind)
        except ValueError:
            raise RecordingError(Damage.SENSELESS, self.whole, f"kind {kind}") from None

    def _unpacked(self, packed: bytes) -> bytes:
        unpacker = zlib.decompressobj()
        try:
            body = unpacker.decompress(packed, MOST_UNPACKED)
        except zlib.error:
            raise RecordingError(Damage.SENSELESS, self.whole, "not compressed data") from None
        if unpacker.unconsumed_tail:
            raise RecordingError(Damage.TOO_LARGE, self.whole)
        if not unpacker.eof or unpacker.unused_data:
            raise RecordingError(Damage.SENSELESS, self.whole, "compressed data without its end")
        return body
