"""Brings a store to the schema of this version: all steps in one transaction, after a backup."""

import sqlite3
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from linkwatch.store.errors import StoreSchemaError
from linkwatch.store.naming import unused_file
from linkwatch.store.schema import REVISION

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine, path: Path, current: str | None, now: datetime) -> Path | None:
    """Migrate the store at `path` from its revision; the backup's path if one was made.

    `current` None: an empty database. StoreSchemaError: a newer schema.
    """
    config = _config()
    if current is not None and current not in known_revisions():
        raise StoreSchemaError(
            f"{path}: its schema is {current}, newer than the {REVISION} this version knows; run "
            f"the newer linkwatch, or put back the backup that it made ({path.name}.backup-..., by "
            "`linkwatch store restore` of the newer one)"
        )
    backup = None if current is None else _backup(engine, path, current, now)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return backup


def known_revisions() -> frozenset[str]:
    """Those that this version can migrate, and its own."""
    script = ScriptDirectory.from_config(_config())
    return frozenset(step.revision for step in script.walk_revisions())


def _config() -> AlembicConfig:
    config = AlembicConfig()
    # Alembic expands "%" in options as configparser does.
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config


def _backup(engine: Engine, path: Path, revision: str, now: datetime) -> Path:
    """A copy beside the store, through SQLite's backup interface: whole even with a WAL."""
    copy = unused_file(path, f"backup-{revision}", now)
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
