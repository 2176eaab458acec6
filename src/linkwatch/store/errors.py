"""What can be wrong with the store; every message is safe to print and to log.

StoreError (ports)          not just now: the writer tries again
└── StoreOpenError          the daemon cannot start on this store
    ├── StoreUrlError       the URL names no store of ours
    ├── StoreLockedError    another daemon has it
    └── StoreSchemaError    its schema is newer than we are, or not ours
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from linkwatch.ports import StoreError


class StoreOpenError(StoreError):
    """The store cannot be opened; the message says what an administrator can do."""


class StoreUrlError(StoreOpenError):
    """`store.url` is not the URL of an SQLite file."""


class StoreLockedError(StoreOpenError):
    """Another daemon works on this store."""


class StoreSchemaError(StoreOpenError):
    """The schema is one this version does not know."""


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn a database error into StoreError without the statement and its parameters."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreError(f"{doing}: {safe_text(error)}") from None


def safe_text(error: SQLAlchemyError) -> str:
    """The database's own words; SQLAlchemy's would quote parameters, so only their class."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return str(error.orig)
    return type(error).__name__
