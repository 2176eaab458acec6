"""`linkwatch beat-urls`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from linkwatch.cli.root import app
from linkwatch.host.files import signing_key
from linkwatch.model.ids import LinkId
from linkwatch.wire.beattoken import beat_token

BASE = "https://watch.example"


def run(sites_yaml: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["beat-urls", "-c", str(sites_yaml), *arguments])


@pytest.fixture
def pushed(sites_yaml: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first link also calls us; `state` holds no key yet."""
    text = sites_yaml.read_text(encoding="utf-8")
    before, after = text.split("targets: [", 1)
    text = f"{before}targets: [{{at: site, method: push}}, {after}"
    sites_yaml.write_text(f'{text}\nhttp: {{public_url: "{BASE}/"}}\n', encoding="utf-8")
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    return sites_yaml


def test_each_link_with_a_push_target_and_its_url(pushed: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    key = signing_key(state)
    result = run(pushed, "--json")
    assert result.exit_code == 0, result.stderr
    (entry,) = json.loads(result.stdout)
    assert entry["url"] == f"{BASE}/beat/{beat_token(key, LinkId(entry['link']))}"
    assert entry["url"] in run(pushed).stdout


def test_without_the_daemons_key_it_says_so_and_makes_nothing(pushed: Path, tmp_path: Path) -> None:
    result = run(pushed)
    assert result.exit_code == 2
    assert "signing.key: not there: the daemon makes it at its first start" in result.stderr
    assert not (tmp_path / "state").exists()


def test_without_a_public_url_nobody_knows_where_to_call(pushed: Path) -> None:
    text = pushed.read_text(encoding="utf-8")
    pushed.write_text(text.replace(f'public_url: "{BASE}/"', ""), encoding="utf-8")
    result = run(pushed)
    assert result.exit_code == 2
    assert "http.public_url is not set" in result.stderr


def test_nobody_to_call_is_no_mistake(sites_yaml: Path) -> None:
    result = run(sites_yaml, "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])
