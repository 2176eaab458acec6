"""Gives a store the schema of this version.

A new one gets it as it is now, as Alembic's cookbook has it ("Building an Up to Date Database from
Scratch"), and most others have it: only an older one is migrated, and only then is Alembic loaded,
10 MB that a daemon keeps for the rest of its life.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select

from linkwatch.store.errors import StoreSchemaError
from linkwatch.store.schema import REVISION, alembic_version, metadata


def bring_up_to_date(engine: Engine, path: Path, now: datetime) -> Path | None:
    """The backup's path where one was made, before a migration. StoreSchemaError: not ours."""
    with engine.begin() as connection:
        known = _revision(connection, path)
        if known is None:
            metadata.create_all(connection)
            alembic_version.create(connection)
            connection.execute(insert(alembic_version).values(version_num=REVISION))
    if known is None or known == REVISION:
        return None
    from linkwatch.store.migrating import migrate  # noqa: PLC0415

    return migrate(engine, path, known, now)


def _revision(connection: Connection, path: Path) -> str | None:
    """The store's; None for an empty database."""
    tables = inspect(connection).get_table_names()
    found = None
    if alembic_version.name in tables:
        found = connection.execute(select(alembic_version.c.version_num)).scalar_one_or_none()
    if tables and found is None:
        raise StoreSchemaError(f"{path}: holds tables, but not those of linkwatch")
    return found
