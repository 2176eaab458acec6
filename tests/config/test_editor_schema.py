"""The JSON Schema for editors."""

import json
from collections.abc import Iterator
from pathlib import Path

import yaml

from linkwatch.config import json_schema
from linkwatch.config.editor import known_keys

EVERY_KEY = Path(__file__).parent / "every-key.yaml"


def entries(value: object) -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(value, dict):
        properties = value.get("properties")
        if isinstance(properties, dict) and value.get("type") == "object":
            yield from properties.items()
        for below in value.values():
            yield from entries(below)
    if isinstance(value, list):
        for below in value:
            yield from entries(below)


def test_it_is_json_of_the_2020_dialect() -> None:
    schema = json.loads(json.dumps(json_schema(), ensure_ascii=False))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(schema["required"]) == {
        "version",
        "carriers",
        "contacts",
        "rosters",
        "sites",
        "channels",
    }
    assert schema["additionalProperties"] is False


def test_every_key_is_described() -> None:
    bare = [
        name
        for name, entry in entries(json_schema())
        if "description" not in entry and "$ref" not in entry  # what it refers to is described
    ]
    assert set(bare) <= {"env", "file", "credential", "type"}


def test_defaults_stand_as_they_would_in_a_file() -> None:
    definitions = json_schema()["$defs"]
    assert isinstance(definitions, dict)
    snmp = definitions["SnmpDefaults"]["properties"]
    assert snmp["interval"]["default"] == "30s"
    assert snmp["retries"]["default"] == 2
    assert definitions["ProbingDefaults"]["properties"]["dscp"]["default"] == "AF41"
    assert definitions["OpeningHours"]["properties"]["days"]["default"] == "Mon-Sun"
    assert definitions["Http"]["properties"]["listen"]["default"] == "127.0.0.1:9675"


def test_every_key_of_a_full_file_is_known_to_it() -> None:
    document = yaml.safe_load(EVERY_KEY.read_text(encoding="utf-8"))
    assert list(_unknown(document, ())) == []


def _unknown(value: object, path: tuple[str | int, ...]) -> Iterator[str]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unknown(item, (*path, number))
    if not isinstance(value, dict) or _names_a_secret(value):
        return
    tagged = len(path) == 2 and path[0] == "channels"
    here = (*path, value["type"]) if tagged else path
    known = known_keys(here)
    for key, below in value.items():
        if known and key not in known:
            yield f"{here}: {key}"
        yield from _unknown(below, (*here, key))


def _names_a_secret(value: dict[str, object]) -> bool:
    return set(value) <= {"env", "file", "credential"}
