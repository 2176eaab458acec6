"""The locks satisfy pyproject.toml, agree with each other, and can be checked by hash."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def entries(lock: str) -> Iterator[tuple[Requirement, list[str]]]:
    """Each pinned requirement of a lock with its hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            requirement, *hashes = re.split(r"\s+--hash=", line.strip())
            yield Requirement(requirement), hashes


def versions(lock: str) -> dict[str, str]:
    """Name -> the one version a lock pins."""
    pins: dict[str, str] = {}
    for requirement, _ in entries(lock):
        [pin] = requirement.specifier
        assert pin.operator == "==", requirement
        pins[canonicalize_name(requirement.name)] = pin.version
    return pins


def wanted(lock: str) -> list[Requirement]:
    """What pyproject.toml asks of a lock: dependencies, build backend and, for dev, the extra."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        pyproject = tomllib.load(file)
    names = pyproject["project"]["dependencies"] + pyproject["build-system"]["requires"]
    if lock == "requirements-dev.lock":
        names += pyproject["project"]["optional-dependencies"]["dev"]
    return [Requirement(name) for name in names]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_every_dependency_within_its_bounds(lock: str) -> None:
    pins = versions(lock)
    unmet = [
        str(requirement)
        for requirement in wanted(lock)
        if not requirement.specifier.contains(pins.get(canonicalize_name(requirement.name), "0"))
    ]
    assert unmet == [], f"{lock} is out of date: scripts/lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_carries_hashes(lock: str) -> None:
    assert [str(pin) for pin, hashes in entries(lock) if not hashes] == []
    assert all(
        re.fullmatch(r"sha256:[0-9a-f]{64}", value)
        for _, hashes in entries(lock)
        for value in hashes
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_says_nothing_of_where_packages_come_from(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"(?m)^-.*|\S*:/+\S*|\S+ @ \S+", text) == []


def test_what_runs_is_what_is_tested() -> None:
    assert versions("requirements.lock").items() <= versions("requirements-dev.lock").items()
