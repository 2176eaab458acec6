"""`ack`, `decline` and `resolve`, and the lists that show who has what."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
from typer.testing import CliRunner, Result

from linkwatch.cli.root import app
from linkwatch.model.acts import Refusal
from linkwatch.model.ids import ChannelId, ContactId, IncidentId
from linkwatch.model.incident import Incident, Progress, Status, Taken, Told, Via
from linkwatch.model.people import EscalationStep, Role
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.ports import Ruling
from support import province

NOW = datetime(2021, 5, 15, 1, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(minutes=45)
TAKEN = Taken(ContactId("duty"), NOW, UNTIL, UNTIL, Via.PHONE, "truc")
ROW = (
    EscalationStep(notify=(Role.OPERATOR,), task_call=True),
    EscalationStep(300.0, (Role.LEADER, Role.DEPARTMENT)),
)
OPEN = province.incident(
    NOW,
    id=IncidentId("LW-000123"),
    announced_at=NOW,
    told=(Told(ContactId("duty"), Role.DUTY, Level.DISTRICT, (ChannelId("log"),)),),
    progress=Progress(NOW, {Priority.P1: (0,)}, NOW),
    escalation={Priority.P1: ROW},
)
HELD = replace(OPEN, status=Status.ACKNOWLEDGED, taken=TAKEN)


class Daemon(Protocol):
    """What the `daemon` fixture lets a test set and see."""

    ruling: Ruling
    incidents: tuple[Incident, ...]
    to_call: tuple[Incident, ...]
    acts: list[tuple[object, ...]]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize("name", ["LW-000123", "lw-123", "123"])
def test_an_incident_is_acknowledged_for_somebody_who_phoned(daemon: Daemon, name: str) -> None:
    daemon.ruling = Ruling(incident=HELD)
    result = run("ack", name, "--for", "duty", "--eta", "45m", "--note", "đang đi", "--by", "truc")
    assert (result.exit_code, result.stderr) == (0, "")
    assert daemon.acts == [("take", "LW-000123", "duty", 2700.0, "phone", "truc", "đang đi")]
    assert result.stdout == (
        "LW-000123 is acknowledged, Trực VNPT huyện has it until 2021-05-15 08:45\n"
    )


def test_all_that_somebody_was_told_of_and_nobody_has_is_acknowledged(daemon: Daemon) -> None:
    others = [replace(OPEN, id=IncidentId(f"LW-{n:06}")) for n in (124, 125, 126)]
    daemon.incidents = (
        OPEN,
        others[0],
        replace(others[1], told=()),
        replace(others[2], status=Status.ACKNOWLEDGED, taken=TAKEN),
    )
    daemon.ruling = Ruling(incident=HELD)
    result = run("ack", "all", "--for", "duty", "--by", "truc")
    assert (result.exit_code, result.stderr) == (0, "")
    taken = [("take", f"LW-{n:06}", "duty", None, "phone", "truc", "") for n in (123, 124)]
    assert daemon.acts == taken
    assert result.stdout.count("Trực VNPT huyện has it") == 2
    listed = json.loads(run("ack", "all", "--for", "duty", "--by", "truc", "--json").stdout)
    assert [one["done"] for one in listed] == [True, True]


def test_one_of_all_that_is_over_by_now_is_said(daemon: Daemon) -> None:
    daemon.incidents = (OPEN, replace(OPEN, id=IncidentId("LW-000124")))
    daemon.ruling = Ruling(Refusal.UNKNOWN_INCIDENT)
    result = run("ack", "all", "--for", "duty")
    assert result.exit_code == 0
    assert len(daemon.acts) == len(result.stdout.splitlines()) == 2


def test_all_of_somebody_who_was_told_of_nothing(daemon: Daemon) -> None:
    daemon.incidents = (OPEN,)
    result = run("ack", "all", "--for", "somebody-else")
    assert (result.exit_code, daemon.acts) == (0, [])
    assert result.stdout == "somebody-else was told of nothing that nobody has\n"


def test_all_without_a_name_is_refused(daemon: Daemon) -> None:
    result = run("ack", "all")
    assert (result.exit_code, daemon.acts) == (2, [])
    assert "all of whom? add --for CONTACT" in " ".join(result.stderr.split())


def test_what_is_not_yet_written_is_said(daemon: Daemon) -> None:
    daemon.ruling = Ruling(incident=OPEN, recorded=False)
    result = run("decline", "123", "--for", "duty", "--by", "truc")
    assert daemon.acts == [("decline", "LW-000123", "duty", "truc")]
    assert result.stdout == "LW-000123 is open (not yet written: the store does not answer)\n"


def test_closing_by_hand_takes_a_reason(daemon: Daemon) -> None:
    daemon.ruling = Ruling(incident=replace(OPEN, status=Status.RESOLVED))
    assert run("resolve", "123").exit_code == 2
    result = run("resolve", "123", "--reason", "đã sửa", "--by", "truc", "--json")
    assert daemon.acts == [("close", "LW-000123", "đã sửa", "truc")]
    assert json.loads(result.stdout)["incident"]["status"] == "resolved"


@pytest.mark.parametrize(
    ("refusal", "code", "message"),
    [
        (Refusal.UNKNOWN_INCIDENT, 2, "no incident LW-000123 is open"),
        (Refusal.NOBODY_TO_NAME, 1, "nobody is on duty in the operators' room: say for whom"),
    ],
)
def test_a_refusal_is_one_line(daemon: Daemon, refusal: Refusal, code: int, message: str) -> None:
    daemon.ruling = Ruling(refusal)
    result = run("ack", "123")
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", f"linkwatch: {message}\n")


@pytest.mark.parametrize("name", ["LW-", "LW-12x", "../ack", "999999999999999"])
def test_what_is_no_incident_never_reaches_the_daemon(daemon: Daemon, name: str) -> None:
    assert run("ack", name).exit_code == 2
    assert daemon.acts == []


def test_incidents_show_who_has_them_and_what_comes_next(daemon: Daemon) -> None:
    daemon.incidents = (HELD, replace(OPEN, id=IncidentId("LW-000124")))
    held, climbing = (
        line for line in run("incidents").stdout.splitlines() if line.startswith("P1")
    )
    assert "Trực VNPT huyện, ETA 08:45:00" in held
    assert held.endswith("08:45:00 lapses")
    assert climbing.endswith("08:05:00 leader, department")
    entry = json.loads(run("incidents", "--json").stdout)[1]
    assert (entry["holder"], entry["next"]["what"]) == (None, "step")


def test_incidents_end_with_whom_to_call(daemon: Daemon) -> None:
    daemon.incidents = daemon.to_call = (OPEN,)
    lines = run("incidents").stdout.splitlines()
    calls = lines[lines.index("To call: nobody has it") :]
    assert calls[-1].split() == ["P1", "LW-000123", "Trực", "VNPT", "huyện", "+84000000017"]
