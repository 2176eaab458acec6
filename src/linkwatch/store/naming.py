"""Where a store is, and what files beside it are called."""

import os
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from linkwatch.store.errors import StoreSchemaError, StoreUrlError


def store_path(url: str) -> Path:
    """The store's file. StoreUrlError: it names none."""
    # The URL is not repeated in the message: that of another database may hold a password.
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreUrlError("store.url is not a URL (sqlite:////absolute/path.db)") from None
    if parsed.get_backend_name() != "sqlite":
        raise StoreUrlError("store.url: only sqlite is served (sqlite:////absolute/path.db)")
    if not parsed.database or parsed.database == ":memory:" or parsed.query:
        raise StoreUrlError("store.url must name a file and nothing else (sqlite:////path.db)")
    # One store has one lock, by whatever name it is opened.
    return Path(parsed.database).resolve()


def unused_file(store: Path, purpose: str, now: datetime) -> Path:
    """Create, private from the start, the first file STORE.PURPOSE-TIME that does not exist."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for number in range(1000):
        ending = "" if number == 0 else f".{number}"
        candidate = store.with_name(f"{store.name}.{purpose}-{stamp}{ending}")
        try:
            os.close(os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            continue
        return candidate
    raise StoreSchemaError(f"{store}.{purpose}-{stamp}: too many files of this second")
