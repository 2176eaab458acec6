"""The directories and files that are ours: where they are, and that nobody else's hands are in."""

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

NAME = "linkwatch"
KEY_FILE = "signing.key"
KEY_BYTES = 32


class FilesError(Exception):
    """A directory or file of ours cannot be used; the message says which and why."""


def state_directory(environ: Mapping[str, str], *, user: int | None = None) -> Path:
    """Where the store lives: created (0700) if it is missing.

    $STATE_DIRECTORY (systemd; the first, if it lists several), else /var/lib/linkwatch for root,
    else below $XDG_STATE_HOME or ~/.local/state. `user` is a uid, by default our own.
    """
    return _own_directory(_state_path(environ, user), 0o700)


def known_signing_key(environ: Mapping[str, str], *, user: int | None = None) -> bytes:
    """The key the daemon has made before, for commands beside it; nothing is created."""
    path = _state_path(environ, user) / KEY_FILE
    try:
        path.stat()
    except FileNotFoundError:
        raise FilesError(
            f"{path}: not there: the daemon makes it at its first start (if its state is kept "
            "elsewhere, set STATE_DIRECTORY)"
        ) from None
    except OSError as error:
        raise FilesError(f"{path}: {error.strerror} (run as the daemon's user)") from None
    return signing_key(path.parent)


def runtime_directory(environ: Mapping[str, str], *, user: int | None = None) -> Path:
    """Where the socket lives: created if it is missing, 0750, as a group may use the socket.

    $RUNTIME_DIRECTORY, else /run/linkwatch for root, else $XDG_RUNTIME_DIR/linkwatch, else `run`
    in the state directory.
    """
    given = _first(environ.get("RUNTIME_DIRECTORY"))
    if given is not None:
        return _own_directory(given, 0o750)
    if _is_root(user):
        return _own_directory(Path("/run", NAME), 0o750)
    home = _absolute(environ.get("XDG_RUNTIME_DIR"))
    if home is not None:
        return _own_directory(home / NAME, 0o750)
    return _own_directory(state_directory(environ, user=user) / "run", 0o750)


def signing_key(directory: Path) -> bytes:
    """The daemon's own key for signed links: made (0600) at the first start, then always the same.

    FilesError if the file is damaged or open to others.
    """
    path = directory / KEY_FILE
    try:
        if not path.exists():
            _create_key(path)
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(4 * KEY_BYTES)
    except OSError as error:
        raise FilesError(f"{path}: {error.strerror}") from None
    if mode & 0o077:
        raise FilesError(f"{path}: mode {mode:04o} lets others at the signing key (chmod 0600)")
    try:
        key = bytes.fromhex(content.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise FilesError(
            f"{path}: not a key of {KEY_BYTES} bytes in hex; remove it to have a new one made "
            "(signed links already sent then end)"
        )
    return key


def _state_path(environ: Mapping[str, str], user: int | None) -> Path:
    given = _first(environ.get("STATE_DIRECTORY"))
    if given is not None:
        return given
    if _is_root(user):
        return Path("/var/lib", NAME)
    home = _absolute(environ.get("XDG_STATE_HOME")) or _home(environ) / ".local/state"
    return home / NAME


def _create_key(path: Path) -> None:
    """Written in full under another name, then linked: nobody ever sees half a key."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(KEY_BYTES).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return  # another process was first: its key is the key
        _sync(path.parent)
    finally:
        draft.unlink()


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _own_directory(path: Path, mode: int) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=mode, exist_ok=True)
        found = path.stat()
    except OSError as error:
        raise FilesError(f"{path}: {error.strerror}") from None
    if found.st_mode & 0o002:
        raise FilesError(f"{path}: everybody may write there (chmod {mode:04o})")
    return path


def _is_root(user: int | None) -> bool:
    return (os.geteuid() if user is None else user) == 0


def _first(paths: str | None) -> Path | None:
    return _absolute(paths.split(":")[0]) if paths else None


def _absolute(path: str | None) -> Path | None:
    """Relative ones are to be ignored, says the XDG Base Directory Specification."""
    return Path(path) if path and Path(path).is_absolute() else None


def _home(environ: Mapping[str, str]) -> Path:
    return _absolute(environ.get("HOME")) or Path.home()
