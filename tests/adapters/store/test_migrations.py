"""What an earlier version wrote is read by this one."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from linkwatch.model.subject import Subject
from linkwatch.store import documents, migrating, open_journal
from support import province

NOW = datetime(2021, 5, 15, 0, 42, tzinfo=UTC)


@pytest.fixture
def first_version(tmp_path: Path) -> Path:
    """A store as the first version made it, with one incident of a link and a damaged one."""
    path = tmp_path / "linkwatch.db"
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(migrating.SCRIPTS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    tree = json.loads(documents.incidents.write(province.incident(NOW)))
    del tree["subject"], tree["links"], tree["reason"]
    tree["link"] = "chu-se-wan"
    row = "INSERT INTO incident VALUES (?, ?, 'open', 'P1', 'down', ?, NULL, ?)"
    with closing(sqlite3.connect(path)) as store:
        at = "2021-05-15T00:42:00.000000Z"
        store.execute(row, ("LW-000001", "quality:chu-se-wan", at, json.dumps(tree)))
        store.execute(row, ("LW-000002", "quality:gone", at, "[]"))
        store.commit()
    return path


def test_an_incident_of_a_link_is_one_of_its_subject(first_version: Path) -> None:
    with closing(open_journal(f"sqlite:///{first_version}", now=NOW)) as journal:
        restored = journal.restore(NOW)
    (incident,) = restored.open_incidents
    assert incident == replace(province.incident(NOW), subject=Subject.of_link(province.WAN))
    with closing(sqlite3.connect(first_version)) as store:
        keys = store.execute("SELECT id, key FROM incident ORDER BY id").fetchall()
    assert keys == [("LW-000001", "quality:link:chu-se-wan"), ("LW-000002", "quality:gone")]
