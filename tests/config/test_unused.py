"""Keys that are accepted before any part uses them are told, and only those."""

from pathlib import Path

from linkwatch.config import load

HERE = Path(__file__).parent


def unused(path: Path) -> tuple[str, ...]:
    config = load(path).config
    assert config is not None
    return config.unused


def test_nothing_is_said_of_what_the_file_does_not_set() -> None:
    assert unused(HERE / "mistakes/base/base.yaml") == ()


def test_one_line_for_each_group_of_keys(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        f"""
include: [{HERE}/mistakes/base/base.yaml]
probing: {{interval: 5s, conference_interval: 1s}}
snmp: {{engine: pysnmp, traps: {{listen: null}}}}
maintenance: []
channels: {{tg: {{type: telegram, token: {{env: T}}}}}}
escalation:
  P2: [{{after: 0s, notify: [duty]}}]
  P3: [{{after: 0s, notify: [duty]}}, {{after: 5m, notify: [up]}}]
""",
        encoding="utf-8",
    )
    assert unused(path) == (
        "channels.tg: accepted, but this version has no sender of type telegram",
    )


def test_every_row_can_be_met() -> None:
    lines = unused(HERE / "every-key.yaml")
    assert len(lines) == len(set(lines))
    assert sum("has no sender" in line for line in lines) == 13
    assert not any("method" in line for line in lines)
