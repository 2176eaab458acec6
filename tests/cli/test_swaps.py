"""`oncall override`, and `oncall` with a daemon that knows of overrides."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from typer.testing import CliRunner, Result

from linkwatch.cli.root import app
from linkwatch.model.acts import Refusal
from linkwatch.model.ids import ContactId, RosterId
from linkwatch.model.moment import Span
from linkwatch.model.people import Swap
from linkwatch.ports import Ruling

SPAN = Span(datetime(2021, 5, 15, 0, 0, tzinfo=UTC), datetime(2021, 5, 15, 12, 0, tzinfo=UTC))
SWAP = Swap(
    3,
    RosterId("vnpt-district"),
    ContactId("province"),
    SPAN,
    "truc",
    datetime(2021, 5, 14, tzinfo=UTC),
)
UNTIL = ("--from", "2021-05-15T07:00", "--until", "2021-05-15T19:00")


class Daemon(Protocol):
    """What the `daemon` fixture lets a test set and see."""

    ruling: Ruling
    known_swaps: tuple[Swap, ...]
    acts: list[tuple[object, ...]]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize("short", [True, False])
def test_an_override_is_asked_for_and_shown(daemon: Daemon, short: bool) -> None:
    daemon.ruling = Ruling(swaps=(SWAP,))
    words = ("oncall", "override", *(() if short else ("add",)), "vnpt-district")
    result = run(*words, "--contact", "province", *UNTIL, "--by", "truc")
    assert (result.exit_code, result.stderr) == (0, "")
    assert daemon.acts == [("swap", "vnpt-district", ["province"], SPAN, "truc")]
    line = next(line for line in result.stdout.splitlines() if line.startswith("3 "))
    assert "Trực VNPT tỉnh" in line
    assert "2021-05-15 07:00  2021-05-15 19:00  truc" in line


def test_who_made_it_is_the_user_logged_in_unless_said(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon.ruling = Ruling(swaps=(SWAP,))
    monkeypatch.setenv("SUDO_USER", "minh")
    run("oncall", "override", "vnpt-district", "--contact", "province", *UNTIL)
    assert daemon.acts[0][-1] == "minh"


def test_what_is_not_yet_written_is_said(daemon: Daemon) -> None:
    daemon.ruling = Ruling(swaps=(SWAP,), recorded=False)
    result = run("oncall", "override", "remove", "3")
    assert result.exit_code == 0
    assert "not yet written" in result.stdout


@pytest.mark.parametrize(
    ("refusal", "code", "message"),
    [
        (Refusal.UNKNOWN_ROSTER, 2, "no roster is called 'vnpt-distrikt' (did you mean 'vnpt-d"),
        (Refusal.IS_OVER, 1, "it lies in the past"),
    ],
)
def test_a_refusal_is_one_line(daemon: Daemon, refusal: Refusal, code: int, message: str) -> None:
    daemon.ruling = Ruling(refusal)
    result = run("oncall", "override", "vnpt-distrikt", "--contact", "province", *UNTIL)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith(f"linkwatch: {message}")
    assert len(result.stderr.splitlines()) == 1


def test_overrides_are_listed(daemon: Daemon) -> None:
    assert run("oncall", "override", "list").stdout == "no override was made by command\n"
    daemon.known_swaps = (SWAP,)
    assert "vnpt-district" in run("oncall", "override", "list").stdout
    assert json.loads(run("oncall", "override", "list", "--json").stdout)[0]["number"] == 3


def test_oncall_counts_them_in_where_a_daemon_runs(daemon: Daemon, sites_yaml: Path) -> None:
    daemon.known_swaps = (SWAP,)
    arguments = ("oncall", "-c", str(sites_yaml), "--json", "--at")
    document = json.loads(run(*arguments, "2021-05-15T08:00").stdout)
    district = next(e for e in document["duty"] if e["roster"] == "vnpt-district")
    assert (district["contact"], district["until"]) == ("province", "2021-05-15T19:00:00+07:00")
    assert document["overrides_unknown"] is None
    later = json.loads(run(*arguments, "2021-05-15T20:00").stdout)
    assert next(e for e in later["duty"] if e["roster"] == "vnpt-district")["contact"] == "duty"


def test_without_a_daemon_oncall_says_what_it_does_not_know(sites_yaml: Path) -> None:
    result = run("oncall", "-c", str(sites_yaml), "--at", "2021-05-15T08:00")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith(
        "without overrides made by command: no daemon is listening on "
    )


def test_an_override_needs_a_daemon(sites_yaml: Path) -> None:
    result = run("oncall", "override", "list")
    assert result.exit_code == 3
    assert result.stderr.startswith("linkwatch: no daemon is listening on ")
