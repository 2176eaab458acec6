"""`maintenance`: work is announced, listed, agreed to and ended; `status` shows it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from typer.testing import CliRunner, Result

from linkwatch.cli.root import app
from linkwatch.model.acts import Refusal
from linkwatch.model.incident import Incident
from linkwatch.model.maintenance import Bearing, Maintenance, UnderWork
from linkwatch.ports import Ruling
from support.province import CHU_SE, INET, VNPT, WAN, incident, work

START, END = datetime(2021, 5, 15, 15, 0, tzinfo=UTC), datetime(2021, 5, 15, 21, 0, tzinfo=UTC)
ASKED = work(START, END, by="truc")
MADE = replace(ASKED, number=3, made_at=datetime(2021, 5, 14, tzinfo=UTC))
TIMES = ("--from", "2021-05-15T22:00", "--until", "2021-05-16T04:00", "--reference", "CV 12/VNPT")


class Daemon(Protocol):
    """What the `daemon` fixture lets a test set and see."""

    ruling: Ruling
    known_works: tuple[Maintenance, ...]
    acts: list[tuple[object, ...]]
    incidents: tuple[Incident, ...]
    under_way: tuple[Maintenance, ...]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["maintenance", *arguments])


def test_work_is_announced_and_shown(daemon: Daemon) -> None:
    daemon.ruling = Ruling(works=(MADE,))
    result = run("add", "--link", WAN, *TIMES, "--by", "truc")
    assert (result.exit_code, result.stderr) == (0, "")
    assert daemon.acts == [("announce", ASKED)]
    line = next(line for line in result.stdout.splitlines() if line.startswith("3 "))
    assert "CV 12/VNPT" in line
    assert "2021-05-15 22:00  2021-05-16 04:00" in line


def test_places_and_carrier_come_through(daemon: Daemon) -> None:
    daemon.ruling = Ruling(works=(MADE,))
    run("add", "--link", WAN, "--link", INET, "--carrier", "vnpt", *TIMES, "--by", "truc")
    run("add", "--site", "chu-se", "--shared-risk", "cáp", "--accepted-by", "TT", *TIMES)
    first, second = (act[1] for act in daemon.acts)
    assert isinstance(first, Maintenance)
    assert isinstance(second, Maintenance)
    assert (sorted(first.links), first.carrier) == ([INET, WAN], VNPT)
    assert (list(second.sites), list(second.shared_risk)) == ([CHU_SE], ["cáp"])
    assert second.accepted_by == "TT"


def test_it_is_agreed_to_and_ended(daemon: Daemon) -> None:
    daemon.ruling = Ruling(works=(MADE,), recorded=False)
    agreed = run("accept", "3", "--accepted-by", "Trung tâm", "--by", "truc")
    assert agreed.exit_code == 0
    assert "not yet written" in agreed.stdout
    assert json.loads(run("end", "3", "--by", "truc", "--json").stdout)["done"] is True
    assert daemon.acts == [("accept", 3, "Trung tâm", "truc"), ("end", 3, "truc")]


def test_it_is_listed(daemon: Daemon) -> None:
    assert run("list").stdout == "no work is announced\n"
    daemon.known_works = (MADE, work(START, END, carrier="vnpt", links=()))
    lines = run("list").stdout.splitlines()
    assert "by command" not in lines[0]
    assert any("chu-se-wan" in line and "truc" in line for line in lines)
    assert any("vnpt" in line and "configuration" in line for line in lines)
    assert json.loads(run("list", "--json").stdout)[0]["number"] == 3


@pytest.mark.parametrize(
    ("refusal", "code", "message"),
    [
        (Refusal.UNKNOWN_LINK, 2, "no link is called 'chu-se-wam' (did you mean 'chu-se-wan'?)"),
        (Refusal.IS_OVER, 1, "it lies in the past"),
    ],
)
def test_a_refusal_is_one_line(daemon: Daemon, refusal: Refusal, code: int, message: str) -> None:
    daemon.ruling = Ruling(refusal)
    result = run("add", "--link", "chu-se-wam", *TIMES)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr == f"linkwatch: {message}\n"


def test_it_needs_a_daemon(sites_yaml: Path) -> None:
    result = run("list")
    assert result.exit_code == 3
    assert result.stderr.startswith("linkwatch: no daemon is listening on ")


def test_status_shows_work_under_way_and_until_when_a_fault_is_muted(daemon: Daemon) -> None:
    daemon.under_way = (MADE,)
    muted = UnderWork("CV 12/VNPT", END, Bearing.MUTED)
    daemon.incidents = (incident(START, maintenance=muted),)
    shown = CliRunner().invoke(app, ["status"]).stdout
    assert "Work under way" in shown
    assert "down (work)" in shown
    assert "2021-05-16 04:00 if CV 12/VNPT is outlasted" in shown
    document = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)
    assert [entry["work"] for entry in document["maintenance"]] == ["CV 12/VNPT"]
    links = {link["id"]: link["maintenance"] for link in document["links"]}
    until = "2021-05-16T04:00:00+07:00"
    assert links == {WAN: {"work": "CV 12/VNPT", "until": until}, INET: None}
    (listed,) = document["incidents"]
    assert listed["maintenance"] == {"work": "CV 12/VNPT", "until": until, "bearing": "muted"}
