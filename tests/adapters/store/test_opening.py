"""Opening a store: private files, one daemon, the right schema, a backup before a migration."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from linkwatch.ports import StoreError
from linkwatch.store import (
    StoreLockedError,
    StoreOpenError,
    StoreSchemaError,
    StoreUrlError,
    current,
    default_url,
    migrating,
    open_journal,
    schema,
)

NOW = datetime(2021, 5, 15, 0, 42, tzinfo=UTC)
HEAD = ScriptDirectory(migrating.SCRIPTS).get_current_head()
STEP = '''
"""A later step."""
from alembic import op
import sqlalchemy as sa

revision = "0099"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
    {then}
'''


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as store:
        return {name for (name,) in store.execute("SELECT name FROM sqlite_master")}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store that has been used."""
    path = tmp_path / "state" / "linkwatch.db"
    with closing(open_journal(f"sqlite:///{path}", now=NOW)) as journal:
        journal.reserve_numbers(7)
    return path


def later_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str = "") -> None:
    """Pretend to be a version with one step more."""
    scripts = tmp_path / "scripts"
    (scripts / "versions").mkdir(parents=True)
    ours = Path(migrating.__file__).parent / "migrations"
    (scripts / "env.py").write_text((ours / "env.py").read_text())
    for step in (ours / "versions").glob("v*.py"):
        (scripts / "versions" / step.name).write_text(step.read_text())
    later = STEP.format(head=HEAD, then=then)
    (scripts / "versions" / "v0099_later.py").write_text(later)
    monkeypatch.setattr(migrating, "SCRIPTS", scripts)
    monkeypatch.setattr(current, "REVISION", "0099")


def test_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with closing(open_journal(default_url(tmp_path / "state"), now=NOW)) as journal:
            journal.reserve_numbers(1)
            modes = {path.name: mode(path) for path in (tmp_path / "state").iterdir()}
    finally:
        os.umask(before)

    assert mode(tmp_path / "state") == 0o700
    assert modes == {
        "linkwatch.db": 0o600,
        "linkwatch.db-wal": 0o600,
        "linkwatch.db-shm": 0o600,
        "linkwatch.db.lock": 0o600,
    }


def test_a_store_left_open_to_others_is_closed_to_them(store: Path) -> None:
    store.chmod(0o644)

    open_journal(f"sqlite:///{store}", now=NOW).close()

    assert mode(store) == 0o600


def test_a_new_store_needs_no_backup(tmp_path: Path) -> None:
    with closing(open_journal(default_url(tmp_path), now=NOW)) as journal:
        assert journal.backup is None
    assert list(tmp_path.glob("*backup*")) == []


def test_migrations_lead_to_the_schema_in_use(tmp_path: Path, store: Path) -> None:
    """However a store came to be, it has the same tables and is of the same revision."""
    migrated = tmp_path / "migrated.db"
    engine = create_engine(make_url(f"sqlite:///{migrated}"))
    migrating.migrate(engine, migrated, None, NOW)
    engine.dispose()
    for path in (migrated, store):
        engine = create_engine(make_url(f"sqlite:///{path}"))
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            assert context.get_current_revision() == HEAD == schema.REVISION
            assert compare_metadata(context, schema.metadata) == []
        engine.dispose()
    assert tables(migrated) == tables(store)


def test_a_store_of_this_version_is_opened_without_alembic(store: Path, tmp_path: Path) -> None:
    opened = (
        "import sys; from datetime import UTC, datetime; from linkwatch.store import open_journal;"
        "[open_journal(f'sqlite:///{p}', now=datetime.now(UTC)).close() for p in sys.argv[1:]];"
        "print('alembic' in sys.modules)"
    )
    paths = (str(store), str(tmp_path / "new.db"))
    command = [sys.executable, "-c", opened, *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_second_daemon_is_refused(store: Path) -> None:
    with (
        closing(open_journal(f"sqlite:///{store}", now=NOW)),
        pytest.raises(StoreLockedError, match=f"process {os.getpid()} already runs linkwatch"),
    ):
        open_journal(f"sqlite:///{store}", now=NOW)

    open_journal(f"sqlite:///{store}", now=NOW).close()


def test_the_lock_ends_with_a_killed_process(store: Path) -> None:
    script = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from linkwatch.store import open_journal\n"
        "journal = open_journal(sys.argv[1], now=datetime.fromtimestamp(0, UTC))\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, f"sqlite:///{store}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        with pytest.raises(StoreLockedError, match=f"process {process.pid} "):
            open_journal(f"sqlite:///{store}", now=NOW)
        process.kill()
        process.wait(timeout=10)

    open_journal(f"sqlite:///{store}", now=NOW).close()


def test_a_migration_is_preceded_by_a_backup(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later_version(tmp_path, monkeypatch)

    with closing(open_journal(f"sqlite:///{store}", now=NOW)) as journal:
        assert journal.reserve_numbers(1) == range(8, 9)
        backup = journal.backup

    assert backup == store.with_name(f"linkwatch.db.backup-{HEAD}-20210515T004200Z")
    assert mode(backup) == 0o600
    assert "later" in tables(store)
    assert "later" not in tables(backup)
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT first, size FROM number_block").fetchall() == [(1, 7)]


def test_a_second_backup_does_not_overwrite_the_first(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store.with_name(f"linkwatch.db.backup-{HEAD}-20210515T004200Z")
    first.write_text("the first")
    later_version(tmp_path, monkeypatch)

    with closing(open_journal(f"sqlite:///{store}", now=NOW)) as journal:
        assert journal.backup == first.with_name(first.name + ".1")
    assert first.read_text() == "the first"


def test_a_migration_that_fails_changes_nothing(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later_version(tmp_path, monkeypatch, then='op.execute("SELECT nonsense")')

    with pytest.raises(StoreOpenError, match="no such column: nonsense"):
        open_journal(f"sqlite:///{store}", now=NOW)

    assert "later" not in tables(store)
    monkeypatch.undo()
    open_journal(f"sqlite:///{store}", now=NOW).close()


def test_a_newer_schema_is_refused_and_untouched(store: Path) -> None:
    with closing(sqlite3.connect(store)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '0099'")
        newer.commit()

    with pytest.raises(StoreSchemaError, match=f"its schema is 0099, newer than the {HEAD}"):
        open_journal(f"sqlite:///{store}", now=NOW)

    assert list(store.parent.glob("*backup*")) == []


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (id INTEGER)")

    with pytest.raises(StoreSchemaError, match="not those of linkwatch"):
        open_journal(f"sqlite:///{path}", now=NOW)

    assert "alembic_version" not in tables(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "linkwatch.db"
    path.write_text("not a database, but long enough to be looked at" * 10)

    with pytest.raises(StoreOpenError, match="file is not a database"):
        open_journal(f"sqlite:///{path}", now=NOW)


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreOpenError, match="File exists"):
        open_journal(default_url(tmp_path / "file"), now=NOW)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://user:hunter2@db.example/linkwatch", "only sqlite is served"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:////tmp/x.db?mode=ro", "must name a file"),
        ("hunter2", "not a URL"),
    ],
)
def test_other_urls_are_refused_without_being_repeated(url: str, message: str) -> None:
    with pytest.raises(StoreUrlError, match=message) as caught:
        open_journal(url, now=NOW)

    assert "hunter2" not in str(caught.value)
    assert isinstance(caught.value, StoreError)
