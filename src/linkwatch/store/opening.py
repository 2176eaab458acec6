"""From a URL to a journal: private files, the lock, the right schema."""

import os
import sqlite3
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from linkwatch.store.current import bring_up_to_date
from linkwatch.store.errors import StoreOpenError, safe_text
from linkwatch.store.journal import SqlJournal
from linkwatch.store.lock import StoreLock
from linkwatch.store.naming import store_path

FILE_NAME = "linkwatch.db"
BUSY_TIMEOUT = 0.25
"""s SQLite itself waits for a lock; the writer tries again, so it need not be long."""

_log = structlog.get_logger(__name__)


def default_url(state_directory: Path) -> str:
    """The store's URL where the configuration gives none."""
    return URL.create("sqlite", database=str(state_directory / FILE_NAME)).render_as_string()


def open_journal(url: str, *, now: datetime, busy_timeout: float = BUSY_TIMEOUT) -> SqlJournal:
    """Lock the store, migrate it if due (after a backup), and hand over its journal.

    Creates the file (0600) and its directory (0700). `now` names a backup. StoreOpenError, or one
    of its kinds, says in one line why not. Closing the journal ends the lock.
    """
    path = store_path(url)
    _make_private(path)
    lock = StoreLock(path.with_name(f"{path.name}.lock"))
    lock.acquire()
    engine = _engine(path, busy_timeout)
    try:
        backup = bring_up_to_date(engine, path, now)
    except SQLAlchemyError as error:
        engine.dispose()
        lock.release()
        raise StoreOpenError(f"{path}: {safe_text(error)}") from None
    except BaseException:
        engine.dispose()
        lock.release()
        raise
    if backup is not None:
        _log.warning("store migrated", store=str(path), backup=str(backup))
    return SqlJournal(engine, on_close=lock.release, path=path, backup=backup)


def _make_private(path: Path) -> None:
    """Create what is missing so that nobody else could open it, not even for a moment.

    SQLite gives its WAL and shared memory the mode of the database.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StoreOpenError(f"{path}: {error.strerror}") from None


def _engine(path: Path, busy_timeout: float) -> Engine:
    # One connection for good: SQLite 3.7.0 to 3.51.2 can corrupt a WAL that is reset by several.
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": busy_timeout},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by itself, late and deferred.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
