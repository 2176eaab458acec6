"""Secrets from where the configuration says they are. Their values are never in a message."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from linkwatch.model.secret import SecretRef, SecretSource

FROM_DIRECTORY = "secret_"
"""What systemd puts before the file's name where it was given a directory: the unit's
`LoadCredential=secret:DIRECTORY`."""
LONGEST = 8192
"""Bytes; more is a wrong file, not a secret."""


class SecretError(Exception):
    """The secret cannot be had; the message names its place, never its value."""


def resolve_secret(ref: SecretRef, *, environ: Mapping[str, str], base: Path) -> str:
    """The secret, without one line break at its end. SecretError if missing, empty or exposed.

    A relative `file` is looked up in `base` (the directory of the configuration). A file may be
    readable by its group (root:linkwatch 0640 is how a service gets it) but not by everybody, and
    writable by its owner only. A credential's protection is systemd's affair.
    """
    match ref.source:
        case SecretSource.ENV:
            secret = _from_environment(ref, environ)
        case SecretSource.FILE:
            secret = _from_file(ref, base / ref.name, exposed=0o027)
        case SecretSource.CREDENTIAL:
            secret = _from_file(ref, _credential(ref, environ), exposed=0)
    if not secret:
        raise SecretError(f"secret {ref} is empty")
    return secret


def _from_environment(ref: SecretRef, environ: Mapping[str, str]) -> str:
    if ref.name not in environ:
        raise SecretError(f"secret {ref}: this environment variable is not set")
    return _without_line_end(environ[ref.name])


def _credential(ref: SecretRef, environ: Mapping[str, str]) -> Path:
    if not ref.name or "/" in ref.name or ref.name in (".", ".."):
        raise SecretError(f"secret {ref}: a credential has a plain name, without slashes")
    directory = environ.get("CREDENTIALS_DIRECTORY")
    if not directory:
        raise SecretError(
            f"secret {ref}: $CREDENTIALS_DIRECTORY is not set; the unit needs "
            f"LoadCredential={ref.name}:FILE"
        )
    for name in (ref.name, FROM_DIRECTORY + ref.name):
        if Path(directory, name).exists():
            return Path(directory, name)
    raise SecretError(
        f"secret {ref}: systemd has not handed it over; it does so at a start only: write it to "
        f"/etc/linkwatch/secrets/{ref.name}, or name it in LoadCredential=, then restart"
    )


def _from_file(ref: SecretRef, path: Path, *, exposed: int) -> str:
    """The file's text; refused if its mode has one of the bits `exposed`."""
    try:
        # A pipe in its place must not hang the start.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        raise SecretError(f"secret {ref}: {getattr(error, 'strerror', 'not a path')}") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise SecretError(f"secret {ref} is not a regular file")
        if mode & exposed:
            raise SecretError(
                f"secret {ref}: mode {stat.S_IMODE(mode):04o} exposes it (chmod 0600, or 0640 "
                "for a group of its own)"
            )
        content = os.read(descriptor, LONGEST + 1)
    finally:
        os.close(descriptor)
    if len(content) > LONGEST:
        raise SecretError(f"secret {ref} is longer than {LONGEST} bytes")
    try:
        return _without_line_end(content.decode())
    except UnicodeDecodeError:
        raise SecretError(f"secret {ref} is not UTF-8 text") from None


def _without_line_end(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")
