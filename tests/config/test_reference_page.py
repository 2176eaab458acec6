"""The reference page names every key, and no default but the real one."""

import re
from pathlib import Path

import pytest

from linkwatch.config import json_schema

PAGE = (Path(__file__).parents[2] / "docs/configuration.md").read_text(encoding="utf-8")
WORDS = {word for code in re.findall(r"`([^`]+)`", PAGE) for word in re.findall(r"\w+", code)}


def keys() -> set[str]:
    schema = json_schema()
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)
    models = [schema, *definitions.values()]
    return {key for model in models for key in model.get("properties", {})}


def test_every_key_is_on_the_page() -> None:
    assert len(keys()) > 120
    assert keys() - WORDS == set()


@pytest.mark.parametrize(
    ("model", "section"),
    [("ProbingDefaults", "probing"), ("SnmpDefaults", "snmp"), ("Hold", "hold")],
)
def test_its_defaults_are_the_real_ones(model: str, section: str) -> None:
    definitions = json_schema()["$defs"]
    assert isinstance(definitions, dict)
    rows = [line for line in PAGE.splitlines() if line.startswith(f"| `{section}.")]
    shown = "\n".join(rows)
    for key, entry in definitions[model]["properties"].items():
        if not isinstance(entry["default"], dict):
            assert re.search(rf"`{section}\.{key}`|`\.{key}`", shown), key
            default = entry["default"]
            assert default is None or f"`{default}`" in shown, key
