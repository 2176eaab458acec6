"""Secrets: found where the configuration says, and never told to anybody."""

import os
from pathlib import Path

import pytest

from linkwatch.host.secrets import LONGEST, SecretError, resolve_secret
from linkwatch.model.secret import SecretRef, SecretSource

VALUE = "hunter2"


def file_of(path: Path, content: bytes = VALUE.encode(), mode: int = 0o600) -> SecretRef:
    path.write_bytes(content)
    path.chmod(mode)
    return SecretRef(SecretSource.FILE, str(path))


def from_env(value: str) -> str:
    ref = SecretRef(SecretSource.ENV, "HOOK_SECRET")
    return resolve_secret(ref, environ={"HOOK_SECRET": value}, base=Path("/"))


def from_file(ref: SecretRef, base: Path = Path("/")) -> str:
    return resolve_secret(ref, environ={}, base=base)


def from_credential(name: str, directory: Path | None) -> str:
    environ = {} if directory is None else {"CREDENTIALS_DIRECTORY": str(directory)}
    ref = SecretRef(SecretSource.CREDENTIAL, name)
    return resolve_secret(ref, environ=environ, base=Path("/"))


@pytest.mark.parametrize(
    ("raw", "secret"),
    [
        ("hunter2", "hunter2"),
        ("hunter2\n", "hunter2"),
        ("hunter2\r\n", "hunter2"),
        ("hunter2\n\n", "hunter2\n"),
        (" hunter2 ", " hunter2 "),
        ("mật khẩu\n", "mật khẩu"),
    ],
)
def test_one_line_end_is_not_part_of_the_secret(tmp_path: Path, raw: str, secret: str) -> None:
    assert from_env(raw) == secret
    assert from_file(file_of(tmp_path / "s", raw.encode())) == secret


def test_a_relative_file_stands_beside_the_configuration(tmp_path: Path) -> None:
    file_of(tmp_path / "hook.secret")

    assert from_file(SecretRef(SecretSource.FILE, "hook.secret"), base=tmp_path) == VALUE


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_a_file_for_its_owner_or_group_is_taken(tmp_path: Path, mode: int) -> None:
    assert from_file(file_of(tmp_path / "s", mode=mode)) == VALUE


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o660, 0o602, 0o601])
def test_a_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SecretError, match=f"mode {mode:04o} exposes it"):
        from_file(file_of(tmp_path / "s", mode=mode))


def test_a_credential_is_taken_as_systemd_gives_it(tmp_path: Path) -> None:
    file_of(tmp_path / "hook", mode=0o444)

    assert from_credential("hook", tmp_path) == VALUE


def test_one_of_a_directory_has_a_name_before_its_own(tmp_path: Path) -> None:
    (tmp_path / "secret_hook").write_text(VALUE)
    assert from_credential("hook", tmp_path) == VALUE
    (tmp_path / "hook").write_text("named for itself")
    assert from_credential("hook", tmp_path) == "named for itself"


@pytest.mark.parametrize("name", ["", ".", "..", "../hook", "/etc/passwd", "a/b"])
def test_a_credential_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(SecretError, match="plain name"):
        from_credential(name, tmp_path)


def test_without_systemd_a_credential_says_what_the_unit_needs() -> None:
    with pytest.raises(SecretError, match=r"LoadCredential=hook:FILE"):
        from_credential("hook", None)


def test_a_missing_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match=r"secret env:NONE: this environment variable is not set"):
        resolve_secret(SecretRef(SecretSource.ENV, "NONE"), environ={}, base=tmp_path)
    with pytest.raises(SecretError, match=rf"secret file:{tmp_path}/none: No such file"):
        from_file(SecretRef(SecretSource.FILE, f"{tmp_path}/none"))
    with pytest.raises(SecretError, match="secret credential:none: systemd has not handed it"):
        from_credential("none", tmp_path)


@pytest.mark.parametrize("raw", ["", "\n", "\r\n"])
def test_an_empty_secret_is_none(tmp_path: Path, raw: str) -> None:
    with pytest.raises(SecretError, match="secret env:HOOK_SECRET is empty"):
        from_env(raw)
    with pytest.raises(SecretError, match="is empty"):
        from_file(file_of(tmp_path / "s", raw.encode()))


def test_a_file_that_is_no_secret_is_refused_without_being_shown(tmp_path: Path) -> None:
    for name, content, message in [
        ("long", b"x" * (LONGEST + 1), "longer than"),
        ("binary", b"hunter2\xff", "not UTF-8"),
    ]:
        with pytest.raises(SecretError, match=message) as caught:
            from_file(file_of(tmp_path / name, content))
        assert VALUE not in str(caught.value)
        assert caught.value.__cause__ is None


def test_directories_and_pipes_do_not_hang_the_start(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "directory").mkdir()
    for name in ("pipe", "directory"):
        with pytest.raises(SecretError, match="is not a regular file"):
            from_file(SecretRef(SecretSource.FILE, str(tmp_path / name)))


def test_a_path_that_is_none_is_refused() -> None:
    with pytest.raises(SecretError, match="not a path"):
        from_file(SecretRef(SecretSource.FILE, "a\0b"))
