"""`linkwatch store`: said, copied, put back."""

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from linkwatch.cli.root import app
from linkwatch.store import open_journal, schema

NOW = datetime(2021, 5, 15, 0, 42, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path, sites_yaml: Path) -> Path:
    """Where the store of the sample configuration is."""
    assert sites_yaml.exists()
    return tmp_path / "state_directory" / "linkwatch.db"


def run(sites_yaml: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["store", *arguments, "-c", str(sites_yaml)])


def test_a_store_is_said_copied_and_put_back(path: Path, sites_yaml: Path) -> None:
    said = run(sites_yaml, "status")
    assert (said.exit_code, said.stdout) == (0, f"{path}: not there; made at the next start\n")
    with closing(open_journal(f"sqlite:///{path}", now=NOW)):
        copied = run(sites_yaml, "backup")
        assert copied.exit_code == 0
        copy = Path(copied.stdout.strip())
        refused = run(sites_yaml, "restore", str(copy))
        assert refused.exit_code == 1
        assert "already runs linkwatch on this store" in refused.stderr
    document = json.loads(run(sites_yaml, "status", "--json").stdout)
    assert document == {
        "path": str(path),
        "revision": schema.REVISION,
        "fit": "current",
        "backups": [{"path": str(copy), "revision": schema.REVISION, "fit": "current"}],
    }
    listed = f"{copy}: a backup, schema {schema.REVISION}, taken"
    assert run(sites_yaml, "status").stdout.splitlines()[1:] == [listed]
    restored = run(sites_yaml, "restore", str(copy))
    assert restored.exit_code == 0
    assert restored.stdout.startswith(f"{path}: is {copy} now (schema {schema.REVISION})\n")


def test_what_this_version_refuses_is_a_no(path: Path, sites_yaml: Path) -> None:
    path.write_text("not a store")
    said = run(sites_yaml, "status")
    assert said.exit_code == 1
    assert said.stdout == f"{path}: no store of linkwatch's, or damaged: refused\n"
