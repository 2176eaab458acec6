"""Recordings as files: appended to by one at a time, and whole whatever happens."""

from pathlib import Path

import pytest

from linkwatch.host.files import FilesError
from linkwatch.host.recordings import RecordingFile, pieces
from linkwatch.wire.recording_frames import HEADER, FrameKind, frame

MOST = 1_000_000
FRAMES = [frame(FrameKind.TURNS, bytes([n]) * 1000) for n in range(5)]


def test_only_whole_frames_are_kept_however_they_come(tmp_path: Path) -> None:
    path = tmp_path / "x.lwrec"
    data = HEADER + b"".join(FRAMES)
    with RecordingFile(path) as kept:
        for at in range(0, len(data) - 3, 7):
            assert kept.append(data[at : min(at + 7, len(data) - 3)], MOST)
        assert kept.size == path.stat().st_size
    assert path.read_bytes() == HEADER + b"".join(FRAMES[:-1])


def test_a_second_session_is_without_its_header(tmp_path: Path) -> None:
    path = tmp_path / "x.lwrec"
    for part in FRAMES[:3]:
        with RecordingFile(path) as kept:
            assert kept.append(HEADER + part, MOST)
    assert path.read_bytes() == HEADER + b"".join(FRAMES[:3])


@pytest.mark.parametrize("cut", [1, 11, 12, 20])
def test_an_end_that_was_cut_off_is_removed(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "x.lwrec"
    path.write_bytes(HEADER + FRAMES[0] + FRAMES[1][:cut])
    with RecordingFile(path) as kept:
        assert kept.cut == cut
        assert kept.append(HEADER + FRAMES[2], MOST)
    assert path.read_bytes() == HEADER + FRAMES[0] + FRAMES[2]


def test_no_byte_more_than_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "x.lwrec"
    with RecordingFile(path) as kept:
        assert kept.append(HEADER + FRAMES[0], len(HEADER + FRAMES[0]))
        assert not kept.append(FRAMES[1], len(HEADER + FRAMES[0] + FRAMES[1]) - 1)
    assert path.read_bytes() == HEADER + FRAMES[0]


def test_one_recording_goes_into_a_file_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "x.lwrec"
    with (
        RecordingFile(path),
        pytest.raises(FilesError, match="another recording goes into it"),
        RecordingFile(path),
    ):
        pass


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(FilesError, match="Is a directory"), RecordingFile(tmp_path):
        pass
    with pytest.raises(FilesError, match="No such file"), RecordingFile(tmp_path / "no" / "x"):
        pass
    with pytest.raises(FilesError, match="No such file"):
        next(pieces(tmp_path / "no"))
    with pytest.raises(FilesError, match="Is a directory"):
        next(pieces(tmp_path))
