"""The durable record: a `Journal` on SQLAlchemy Core, SQLite underneath.

One connection, one file, one owner: a lock file keeps a second daemon out, and nothing but the
writer's thread ever touches the connection.
"""

from linkwatch.store.errors import (
    StoreLockedError,
    StoreOpenError,
    StoreSchemaError,
    StoreUrlError,
)
from linkwatch.store.journal import SqlJournal
from linkwatch.store.opening import default_url, open_journal

__all__ = [
    "SqlJournal",
    "StoreLockedError",
    "StoreOpenError",
    "StoreSchemaError",
    "StoreUrlError",
    "default_url",
    "open_journal",
]
