"""Brings a store to the schema of this version: all steps in one transaction, after a backup."""

import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from linkwatch.store.errors import StoreSchemaError

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, path: Path, current: str | None, now: datetime) -> Path | None:
    """Migrate the store at `path` from its revision; the backup's path if one was made.

    `current` None: an empty database. StoreSchemaError: a newer schema.
    """
    config = AlembicConfig()
    # Alembic expands "%" in options as configparser does.
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    if current is not None and current not in {s.revision for s in script.walk_revisions()}:
        raise StoreSchemaError(
            f"{path}: its schema is {current}, newer than the {script.get_current_head()} this "
            f"version knows; run the newer linkwatch, or put back the backup that it made "
            f"({path.name}.backup-...)"
        )
    backup = None if current is None else _backup(engine, path, current, now)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return backup


def _backup(engine: Engine, path: Path, revision: str, now: datetime) -> Path:
    """A copy beside the store, through SQLite's backup interface: whole even with a WAL."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    copy = _unused(lambda n: path.with_name(f"{path.name}.backup-{revision}-{stamp}{n}"))
    destination = sqlite3.connect(copy)
    raw = engine.raw_connection()
    try:
        source = raw.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise StoreSchemaError(f"{path}: not an SQLite database")
        source.backup(destination)
    finally:
        raw.close()
        destination.close()
    return copy


def _unused(name: Callable[[str], Path]) -> Path:
    """Create, private from the start, the first file of these names that does not exist."""
    for number in range(1000):
        candidate = name("" if number == 0 else f".{number}")
        try:
            os.close(os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            continue
        return candidate
    raise StoreSchemaError(f"{name('')}: too many backups of this second")
