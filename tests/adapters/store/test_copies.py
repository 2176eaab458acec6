"""Copies: made beside a daemon, put back without one, and no incident number twice."""

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from linkwatch.store import StoreLockedError, StoreOpenError, open_journal, schema
from linkwatch.store.copies import Fit, back_up, put_back, standing

NOW = datetime(2021, 5, 15, 0, 42, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with 100 numbers given away."""
    path = tmp_path / "linkwatch.db"
    with closing(open_journal(url(path), now=NOW)) as journal:
        assert journal.reserve_numbers(100) == range(1, 101)
    return path


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def numbers_after(path: Path) -> int:
    """The next incident number."""
    with closing(open_journal(url(path), now=LATER)) as journal:
        return journal.reserve_numbers(1).start


def set_revision(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("UPDATE alembic_version SET version_num = ?", (revision,))


def files(directory: Path) -> list[str]:
    aside = (".lock", "-wal", "-shm")
    return sorted(file.name for file in directory.iterdir() if not file.name.endswith(aside))


def test_a_copy_is_made_beside_a_running_daemon(path: Path) -> None:
    with closing(open_journal(url(path), now=NOW)) as journal:
        journal.reserve_numbers(11)
        copy = back_up(url(path), NOW)
        journal.reserve_numbers(5)
    assert copy.name == f"linkwatch.db.backup-{schema.REVISION}-20210515T004200Z"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [backup.path for backup in standing(url(path)).backups] == [copy]
    assert numbers_after(copy) == 112


def test_a_copy_put_back_gives_no_number_twice(path: Path) -> None:
    copy = back_up(url(path), NOW)
    with closing(open_journal(url(path), now=NOW)) as journal:
        journal.reserve_numbers(50)
    done = put_back(url(path), copy, LATER)
    assert done.revision == schema.REVISION
    assert done.aside == path.with_name("linkwatch.db.replaced-20210515T004700Z")
    assert files(path.parent) == sorted((path.name, copy.name, done.aside.name))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert numbers_after(path) == 151
    assert numbers_after(done.aside) == 151
    assert numbers_after(copy) == 101


def test_a_damaged_store_is_replaced_and_numbers_are_left_out(path: Path) -> None:
    copy = back_up(url(path), NOW)
    path.write_bytes(b"not a database, but as long as one" * 1000)
    assert standing(url(path)).store.fit is Fit.FOREIGN
    done = put_back(url(path), copy, LATER)
    assert done.aside is not None
    assert done.aside.read_bytes().startswith(b"not a database")
    assert numbers_after(path) == 10_101


def test_a_store_that_is_gone_comes_back(path: Path) -> None:
    copy = back_up(url(path), NOW)
    path.unlink()
    assert standing(url(path)).store.fit is Fit.MISSING
    assert put_back(url(path), copy, LATER).aside is None
    assert numbers_after(path) == 101


def test_nothing_is_put_back_under_a_running_daemon(path: Path) -> None:
    copy = back_up(url(path), NOW)
    with closing(open_journal(url(path), now=NOW)), pytest.raises(StoreLockedError):
        put_back(url(path), copy, LATER)


@pytest.mark.parametrize("damage", ["text", "tables", "missing", "torn"])
def test_what_is_no_copy_changes_nothing(path: Path, tmp_path: Path, damage: str) -> None:
    bad = tmp_path / "bad"
    if damage == "text":
        bad.write_text("not a database")
    elif damage == "tables":
        with closing(sqlite3.connect(bad)) as other:
            other.execute("CREATE TABLE foreign_one (id)")
    elif damage == "torn":
        bad.write_bytes(back_up(url(path), NOW).read_bytes()[:-8192])
    before = files(tmp_path)
    with pytest.raises(StoreOpenError, match="bad: cannot be put back: "):
        put_back(url(path), bad, LATER)
    assert files(tmp_path) == before
    assert numbers_after(path) == 101


@pytest.mark.parametrize(
    ("revision", "fit"),
    [(schema.REVISION, Fit.CURRENT), ("0001", Fit.OLDER), ("9999", Fit.NEWER)],
)
def test_what_this_version_makes_of_a_store(path: Path, revision: str, fit: Fit) -> None:
    set_revision(path, revision)
    found = standing(url(path)).store
    assert (found.revision, found.fit) == (revision, fit)


def test_a_store_of_another_user_is_left_to_that_user(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: path.stat().st_uid + 1)
    for act in (lambda: back_up(url(path), NOW), lambda: put_back(url(path), path, NOW)):
        with pytest.raises(StoreOpenError, match="run this as that user"):
            act()
