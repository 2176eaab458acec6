"""Throw-away secrets for simulated routers, so that an example runs before anybody sets real ones.

They are kept in one directory of the user's own (0700), a file each (0600): the agents and the
daemon beside them read the same.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from linkwatch.config.settings import Config
from linkwatch.model.secret import SecretRef, SecretSource

_OCTETS = 24


class LabSecretsError(Exception):
    """The directory cannot be used; the message names it."""


def provide_secrets(config: Config, directory: Path) -> Mapping[str, str]:
    """Create the secrets that are missing; the environment a daemon needs to find them.

    Only `credential` and `env` references of routers are served: a file named in the
    configuration is the administrator's own.
    """
    refs = set(_refs(config))
    if not refs:
        return {}
    _make_private(directory)
    environment = {"CREDENTIALS_DIRECTORY": str(directory)}
    for ref in sorted(refs, key=str):
        secret = _provide(directory, ref)
        if ref.source is SecretSource.ENV:
            environment[ref.name] = secret
    return environment


def _refs(config: Config) -> Iterator[SecretRef]:
    for router in config.inventory.routers.values():
        if router.snmp is None:
            continue
        for ref in (router.snmp.community, router.snmp.auth_key, router.snmp.privacy_key):
            if ref is not None and ref.source is not SecretSource.FILE:
                yield ref


def _make_private(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = directory.stat()
        if status.st_uid != os.getuid():
            raise LabSecretsError(f"{directory} belongs to another user")
        directory.chmod(0o700)
    except OSError as error:
        raise LabSecretsError(f"{directory}: {error.strerror}") from error


def _provide(directory: Path, ref: SecretRef) -> str:
    if Path(ref.name).name != ref.name:
        raise LabSecretsError(f"{ref}: not a plain name")
    path = directory / ref.name
    try:
        try:
            # Whoever comes first, agents or daemon, makes it; the other finds it whole.
            draft = directory / f".{ref.name}.{secrets.token_hex(4)}"
            draft.touch(mode=0o600, exist_ok=False)
            draft.write_text(secrets.token_hex(_OCTETS), encoding="ascii")
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
        return path.read_text(encoding="utf-8").rstrip("\n")
    except OSError as error:
        raise LabSecretsError(f"{path}: {error.strerror}") from error
