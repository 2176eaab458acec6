"""Copies of a store: which there are, one made beside a running daemon, one put back without it."""

import os
import pwd
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from linkwatch.store.errors import StoreOpenError
from linkwatch.store.lock import StoreLock
from linkwatch.store.naming import store_path, unused_file
from linkwatch.store.schema import REVISION

_LOGS = ("-wal", "-shm")
"""What SQLite keeps beside a store while it is open."""
_UNREADABLE = 10_000
"""Incident numbers left out where a damaged store cannot say which it has given away."""


class Fit(Enum):
    """What this version makes of a store."""

    MISSING = "missing"  # it is made at the next start
    CURRENT = "current"
    OLDER = "older"  # it is migrated at the next start, after a backup
    NEWER = "newer"  # refused
    FOREIGN = "foreign"  # refused: not a store of ours, or damaged

    @property
    def is_taken(self) -> bool:
        """Whether this version can work on it."""
        return self not in {Fit.NEWER, Fit.FOREIGN}


@dataclass(frozen=True, slots=True)
class Found:
    """A store, or a copy of one."""

    path: Path
    revision: str | None
    fit: Fit


@dataclass(frozen=True, slots=True)
class Standing:
    """A store and the backups beside it, oldest first."""

    store: Found
    backups: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class PutBack:
    """What a store was replaced with. `aside`: where the replaced one is now, if there was one."""

    path: Path
    revision: str
    aside: Path | None


def standing(url: str) -> Standing:
    """How the store at `url` stands; nothing is changed, and a daemon may be running."""
    path = store_path(url)
    _refuse_other_users(path)
    backups = sorted(
        (f for f in path.parent.glob(f"{path.name}.backup-*") if not f.name.endswith(_LOGS)),
        key=lambda file: file.stat().st_mtime_ns,
    )
    return Standing(_found(path, _beside_a_daemon), tuple(_found(b, _at_rest) for b in backups))


def back_up(url: str, now: datetime) -> Path:
    """A whole copy beside the store, also while a daemon writes to it. StoreOpenError."""
    path = store_path(url)
    _refuse_other_users(path)
    try:
        with closing(_beside_a_daemon(path)) as store:
            copy = unused_file(path, f"backup-{_revision(store)}", now)
            _copy(store, copy)
    except (sqlite3.DatabaseError, OSError) as error:
        raise StoreOpenError(f"{path}: cannot be copied: {error}") from None
    return copy


def put_back(url: str, copy: Path, now: datetime) -> PutBack:
    """Replace the store by a copy of it; it is kept aside. StoreOpenError: nothing was changed.

    No incident number that the replaced store has given away is given again.
    """
    path = store_path(url)
    _refuse_other_users(path)
    lock = StoreLock(path.with_name(f"{path.name}.lock"))
    lock.acquire()
    try:
        return _put_back(path, copy, now)
    except (sqlite3.DatabaseError, OSError) as error:
        raise StoreOpenError(f"{copy}: cannot be put back: {error}") from None
    finally:
        lock.release()


def _put_back(path: Path, copy: Path, now: datetime) -> PutBack:
    next_number = _fold(path) if path.exists() else 1
    draft = unused_file(path, "draft", now)
    try:
        with closing(_at_rest(copy)) as store:
            revision = _whole(store)
            _copy(store, draft)
        _go_on_from(draft, next_number)
        aside = _set_aside(path, now) if path.exists() else None
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return PutBack(path, revision, aside)


def _refuse_other_users(path: Path) -> None:
    """A file that root makes here would keep the daemon out."""
    try:
        owner = path.parent.stat().st_uid
    except OSError as error:
        raise StoreOpenError(f"{path.parent}: {error.strerror}") from None
    if owner != os.geteuid():
        name = next((u.pw_name for u in pwd.getpwall() if u.pw_uid == owner), str(owner))
        raise StoreOpenError(
            f"{path.parent} belongs to {name}: run this as that user (runuser -u {name} -- ...)"
        )


def _revision(store: sqlite3.Connection) -> str:
    row = store.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        raise sqlite3.DatabaseError("it has no revision")
    return str(row[0])


def _found(path: Path, opened: Callable[[Path], sqlite3.Connection]) -> Found:
    if not path.exists():
        return Found(path, None, Fit.MISSING)
    try:
        with closing(opened(path)) as store:
            revision = _revision(store)
    except sqlite3.DatabaseError:
        return Found(path, None, Fit.FOREIGN)
    return Found(path, revision, _fit(revision))


def _fit(revision: str) -> Fit:
    if revision == REVISION:
        return Fit.CURRENT
    from linkwatch.store.migrating import known_revisions  # noqa: PLC0415  Alembic is large

    return Fit.OLDER if revision in known_revisions() else Fit.NEWER


def _whole(copy: sqlite3.Connection) -> str:
    """Its revision, when it is a store and not damaged."""
    found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(str(found))
    return _revision(copy)


def _fold(path: Path) -> int:
    """Take the log into the store, so that one file is all there is; its next incident number."""
    try:
        with closing(sqlite3.connect(path)) as store:
            store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return _next_number(store)
    except sqlite3.DatabaseError:
        return -1


def _next_number(store: sqlite3.Connection) -> int:
    row = store.execute("SELECT COALESCE(MAX(first + size), 1) FROM number_block").fetchone()
    return int(row[0])


def _go_on_from(draft: Path, number: int) -> None:
    """Let the numbers below `number` (-1: not known) count as given away."""
    with closing(sqlite3.connect(draft)) as store, store:
        own = _next_number(store)
        given = (own + _UNREADABLE if number < 0 else number) - own
        if given > 0:
            store.execute("INSERT INTO number_block (first, size) VALUES (?, ?)", (own, given))


def _set_aside(path: Path, now: datetime) -> Path:
    """Give the store a second name; what is left of its log, which only fits it, goes along."""
    aside = unused_file(path, "replaced", now)
    aside.unlink()
    aside.hardlink_to(path)
    for ending in _LOGS:
        log = path.with_name(path.name + ending)
        if log.exists():
            log.rename(aside.with_name(aside.name + ending))
    return aside


def _copy(store: sqlite3.Connection, to: Path) -> None:
    with closing(sqlite3.connect(to)) as copy:
        store.backup(copy)


def _beside_a_daemon(path: Path) -> sqlite3.Connection:
    # Never a second writer: see `opening`.
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)


def _at_rest(copy: Path) -> sqlite3.Connection:
    """A file that nobody writes to; it is read without leaving a log beside it."""
    logged = any(copy.with_name(copy.name + ending).exists() for ending in _LOGS)
    return sqlite3.connect(
        f"{copy.resolve().as_uri()}?mode=ro{'' if logged else '&immutable=1'}", uri=True
    )
