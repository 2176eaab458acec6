"""Whatever an administrator puts where a secret is due, no message repeats it."""

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from linkwatch.config import load
from linkwatch.config.schema.channels import ChannelEntry

if TYPE_CHECKING:
    from linkwatch.config.schema.base import Section

WORD = "hunter2-in-the-clear"

SHAPES = [
    WORD,
    f'"{WORD}"',
    f"[{WORD}]",
    f"{{env: [{WORD}]}}",
    f'{{env: "{WORD} {WORD}"}}',
    f"{{file: {WORD}, env: {WORD}}}",
    f"{{plain: {WORD}}}",
    f"{{{WORD}: {WORD}}}",
    f"&{WORD} x",
    f"*{WORD}",
    f"!{WORD} x",
    f"@{WORD}",
    f"%{WORD}",
    f'"{WORD}\\q"',
    f"'{WORD}",
    f"{{{WORD}",
    f"{WORD}: {WORD}: x",
    f"|\n\t{WORD}",
]


def secret_places() -> list[str]:
    models: tuple[type[Section], ...] = get_args(get_args(ChannelEntry)[0])
    keys = [
        (get_args(model.model_fields["type"].annotation)[0], name)
        for model in models
        for name, field in model.model_fields.items()
        if "SecretRef" in repr(field.annotation)
    ]
    channels = [f"channels: {{x: {{type: {kind}, {name}: %s}}}}" for kind, name in keys]
    snmp = [
        f"router_defaults: {{snmp: {{version: 3, user: u, {form}}}}}"
        for form in ("community: %s", "auth: {protocol: SHA, key: %s}", "privacy: {key: %s}")
    ]
    return channels + snmp


def test_all_secrets_of_all_channels_are_tried() -> None:
    assert len(secret_places()) >= 18


@pytest.mark.parametrize("place", secret_places())
@pytest.mark.parametrize("shape", SHAPES)
def test_a_plain_secret_is_an_error_that_does_not_tell_it(
    tmp_path: Path, place: str, shape: str
) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(place.replace("%s", shape) + "\n", encoding="utf-8")
    loaded = load(path)
    assert loaded.config is None
    told = repr(loaded) + "".join(str(problem) for problem in loaded.problems)
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "place",
    [
        "router_defaults: {snmp: {auth: hunter2, privacy: [hunter2]}}",
        "router_defaults: {snmp: hunter2}",
        'channels: {x: {type: webhook, url: "https://u:hunter2@hook.example/"}}',
        'channels: {x: {type: webhook, url: "hook.example/hunter2"}}',
        'heartbeat: {url: "ftp://check.example/hunter2"}',
        'store: {url: "postgresql://u:hunter2@localhost/x"}',
        "channels: {x: {type: email, password: hunter2, from: x, host: h}}",
    ],
)
def test_what_may_hold_a_secret_is_not_repeated(tmp_path: Path, place: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(place, encoding="utf-8")
    loaded = load(path)
    assert loaded.config is None
    assert "hunter2" not in repr(loaded)
