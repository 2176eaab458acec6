"""Our directories and the signing key: in the right place, and ours alone."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from linkwatch.host import files
from linkwatch.host.files import FilesError, runtime_directory, signing_key, state_directory

USER = 1000


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_state_is_where_systemd_says(tmp_path: Path) -> None:
    environ = {
        "STATE_DIRECTORY": f"{tmp_path}/first:{tmp_path}/second",
        "XDG_STATE_HOME": f"{tmp_path}/xdg",
    }

    assert state_directory(environ, user=USER) == tmp_path / "first"
    assert mode(tmp_path / "first") == 0o700
    assert [p.name for p in tmp_path.iterdir()] == ["first"]


def test_state_of_a_user_is_below_the_xdg_directory(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": f"{tmp_path}/xdg", "HOME": f"{tmp_path}/home"}

    assert state_directory(environ, user=USER) == tmp_path / "xdg" / "linkwatch"
    assert mode(tmp_path / "xdg" / "linkwatch") == 0o700


@pytest.mark.parametrize("xdg", [None, "", "relative/path"])
def test_state_of_a_user_without_one_is_below_home(tmp_path: Path, xdg: str | None) -> None:
    environ = {"HOME": str(tmp_path)} | ({} if xdg is None else {"XDG_STATE_HOME": xdg})

    assert state_directory(environ, user=USER) == tmp_path / ".local" / "state" / "linkwatch"


def test_root_has_the_machines_directories(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, int]] = []

    def make(path: Path, mode: int) -> Path:
        made.append((str(path), mode))
        return path

    monkeypatch.setattr(files, "_own_directory", make)
    environ = {"XDG_STATE_HOME": "/ignored", "XDG_RUNTIME_DIR": "/ignored"}
    state_directory(environ, user=0)
    runtime_directory(environ, user=0)

    assert made == [("/var/lib/linkwatch", 0o700), ("/run/linkwatch", 0o750)]


def test_runtime_is_where_systemd_says_then_xdg_then_beside_the_state(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    assert runtime_directory(environ, user=USER) == tmp_path / ".local/state/linkwatch/run"
    environ["XDG_RUNTIME_DIR"] = f"{tmp_path}/user"
    assert runtime_directory(environ, user=USER) == tmp_path / "user" / "linkwatch"
    environ["RUNTIME_DIRECTORY"] = f"{tmp_path}/run"
    assert runtime_directory(environ, user=USER) == tmp_path / "run"
    assert mode(tmp_path / "run") == 0o750


def test_modes_hold_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        directory = state_directory({"STATE_DIRECTORY": f"{tmp_path}/state"})
        signing_key(directory)
    finally:
        os.umask(before)

    assert (mode(directory), mode(directory / "signing.key")) == (0o700, 0o600)


def test_a_directory_everybody_may_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)

    with pytest.raises(FilesError, match=r"everybody may write there \(chmod 0700\)"):
        state_directory({"STATE_DIRECTORY": str(tmp_path)})


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").touch()

    with pytest.raises(FilesError, match=f"{tmp_path}/state: File exists"):
        state_directory({"STATE_DIRECTORY": f"{tmp_path}/state"})


def test_the_key_is_made_once(tmp_path: Path) -> None:
    key = signing_key(tmp_path)

    assert len(key) == 32
    assert signing_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["signing.key"]


def test_two_places_have_two_keys(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    assert signing_key(tmp_path / "a") != signing_key(tmp_path / "b")


def test_first_starts_at_the_same_time_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(signing_key, [tmp_path] * 32))

    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["signing.key"]


def test_a_key_open_to_others_is_refused(tmp_path: Path) -> None:
    signing_key(tmp_path)
    (tmp_path / "signing.key").chmod(0o640)

    with pytest.raises(FilesError, match="mode 0640 lets others at the signing key"):
        signing_key(tmp_path)


@pytest.mark.parametrize("content", [b"", b"abcd\n", b"\xff" * 64, b"ab" * 33])
def test_a_damaged_key_is_told_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "signing.key"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(FilesError, match="not a key of 32 bytes in hex"):
        signing_key(tmp_path)
    assert path.read_bytes() == content


def test_a_directory_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(FilesError, match="No such file or directory"):
        signing_key(tmp_path / "none")
