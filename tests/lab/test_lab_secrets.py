"""Throw-away secrets: made once, private, and only where the administrator gave none."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from linkwatch.config.settings import Config
from linkwatch.lab.secrets import LabSecretsError, provide_secrets
from linkwatch.model.secret import SecretRef, SecretSource
from support.snmp import config, router, v2c, v3

AUTH = SecretRef(SecretSource.CREDENTIAL, "snmp-auth")
PRIVACY = SecretRef(SecretSource.ENV, "SNMP_PRIV")
OWN = SecretRef(SecretSource.FILE, "/etc/own-secret")


def province() -> Config:
    usm = replace(v3(), auth_key=AUTH, privacy_key=PRIVACY)
    own = replace(v2c(), community=OWN)
    return config([router(usm, 161, "r1"), router(usm, 161, "r2"), router(own, 161, "r3")], [])


def test_missing_secrets_are_made_private_and_stay(tmp_path: Path) -> None:
    directory = tmp_path / "state" / "lab"
    environment = provide_secrets(province(), directory)
    assert environment.keys() == {"CREDENTIALS_DIRECTORY", "SNMP_PRIV"}
    assert environment["CREDENTIALS_DIRECTORY"] == str(directory)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    files = {path.name: path for path in directory.iterdir()}
    assert files.keys() == {"snmp-auth", "SNMP_PRIV"}
    for path in files.values():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(path.read_text(encoding="ascii")) >= 32
    assert files["SNMP_PRIV"].read_text(encoding="ascii") == environment["SNMP_PRIV"]
    assert files["snmp-auth"].read_text(encoding="ascii") != environment["SNMP_PRIV"]
    assert provide_secrets(province(), directory) == environment


def test_a_secret_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "SNMP_PRIV").write_text("given-by-hand\n", encoding="ascii")
    assert provide_secrets(province(), tmp_path)["SNMP_PRIV"] == "given-by-hand"


def test_nothing_is_made_where_nothing_is_asked_for(tmp_path: Path) -> None:
    directory = tmp_path / "lab"
    assert provide_secrets(config([], []), directory) == {}
    assert not directory.exists()


def test_a_name_cannot_leave_the_directory(tmp_path: Path) -> None:
    access = replace(v2c(), community=SecretRef(SecretSource.CREDENTIAL, "../escaped"))
    with pytest.raises(LabSecretsError, match="not a plain name"):
        provide_secrets(config([router(access, 161)], []), tmp_path / "lab")
    assert not (tmp_path / "escaped").exists()


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(LabSecretsError, match="file/lab"):
        provide_secrets(province(), tmp_path / "file" / "lab")
