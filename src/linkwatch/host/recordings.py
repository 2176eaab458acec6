"""Recordings as files: read in pieces, and written so that a crash costs the last piece at most."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from linkwatch.host.files import FilesError
from linkwatch.wire.recording_frames import HEADER, Damage, RecordingError, Unframer

_PIECE = 1 << 20


class RecordingFile:
    """A file that a recording is appended to, and nothing else but one; held with the block.

    It is made (0600) where it is missing. An end that was cut off is removed, and told by `cut`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1
        self._unframer = Unframer()
        self._rest = b""
        self.size = 0
        """Bytes, all of which are whole."""
        self.cut = 0

    def __enter__(self) -> Self:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._descriptor = os.open(self._path, flags, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._find_end()
        except BlockingIOError:
            os.close(self._descriptor)
            raise FilesError(f"{self._path}: another recording goes into it") from None
        except OSError as error:
            raise FilesError(f"{self._path}: {error.strerror}") from None
        except RecordingError as error:
            os.close(self._descriptor)
            raise FilesError(f"{self._path}: nothing can be appended: {error}") from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            # A write that was broken off leaves nothing behind.
            os.ftruncate(self._descriptor, self.size)
            os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)

    def append(self, piece: bytes, most: int) -> bool:
        """Keep as many whole frames as there are by now; whether they were within `most` bytes."""
        self._rest += piece
        before = self._unframer.whole
        for _ in self._unframer.feed(piece):
            pass
        ready = self._unframer.whole - before
        frames, self._rest = self._rest[:ready], self._rest[ready:]
        if self.size and not before:
            # Another session of the same file.
            frames = frames.removeprefix(HEADER)
        if self.size + len(frames) > most:
            return False
        self._write(frames)
        return True

    def _write(self, frames: bytes) -> None:
        if not frames:
            return
        try:
            left = memoryview(frames)
            while left:
                left = left[os.write(self._descriptor, left) :]
            os.fdatasync(self._descriptor)
        except OSError as error:
            raise FilesError(f"{self._path}: {error.strerror}") from None
        self.size += len(frames)

    def _find_end(self) -> None:
        unframer = Unframer()
        length = 0
        for piece in _pieces(self._descriptor):
            length += len(piece)
            for _ in unframer.feed(piece):
                pass
        try:
            unframer.end()
        except RecordingError as error:
            if error.damage not in (Damage.CUT, Damage.EMPTY):
                raise
        self.size, self.cut = unframer.whole, length - unframer.whole
        os.ftruncate(self._descriptor, self.size)
        os.lseek(self._descriptor, self.size, os.SEEK_SET)


def pieces(path: Path) -> Iterator[bytes]:
    """The file's content, piece by piece."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise FilesError(f"{path}: {error.strerror}") from None
    try:
        yield from _pieces(descriptor)
    except OSError as error:
        raise FilesError(f"{path}: {error.strerror}") from None
    finally:
        os.close(descriptor)


def _pieces(descriptor: int) -> Iterator[bytes]:
    while piece := os.read(descriptor, _PIECE):
        yield piece
