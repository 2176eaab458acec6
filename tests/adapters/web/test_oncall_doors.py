"""What may be asked over the socket file: each answer says whether it was done, or why not."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from linkwatch.model.acts import Refusal
from linkwatch.model.ids import ContactId, IncidentId, RosterId
from linkwatch.model.incident import Progress, Status, Taken, Told, Via
from linkwatch.model.inventory import Inventory
from linkwatch.model.moment import Span
from linkwatch.model.people import EscalationStep, Role, Swap
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.ports import Ruling
from linkwatch.web.oncall import OncallDoors
from linkwatch.web.rulings import ruled
from support.acts import FakeActs
from support.province import incident

SWAPS = "/api/v1/oncall/overrides"
SPAN = Span(datetime(2021, 5, 15, 0, 0, tzinfo=UTC), datetime(2021, 5, 15, 12, 0, tzinfo=UTC))
SWAP = Swap(
    3,
    RosterId("vnpt-district"),
    ContactId("vnpt-huyen"),
    SPAN,
    "truc",
    datetime(2021, 5, 14, tzinfo=UTC),
)
BODY = {
    "roster": "vnpt-district",
    "contacts": ["vnpt-huyen"],
    "from": "2021-05-15T07:00",
    "until": "2021-05-15T19:00",
    "by": "truc",
}


@dataclass
class Door:
    """The endpoints with a fake daemon behind them."""

    acts: FakeActs
    inventory: Inventory

    def ask(self, method: str, path: str, **about: Any) -> httpx.Response:
        """One request."""
        app = Starlette(routes=OncallDoors(self.acts, lambda: self.inventory).routes())

        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
                return await client.request(method, path, **about)

        return asyncio.run(once())


@pytest.fixture
def door(province: Callable[..., Inventory]) -> Door:
    return Door(FakeActs(), province("chu-se"))


def test_an_override_is_made_in_the_configured_timezone(door: Door) -> None:
    door.acts.ruling = Ruling(swaps=(SWAP,))
    answer = door.ask("POST", SWAPS, json=BODY)
    assert answer.status_code == 200
    assert door.acts.acts == [("swap", "vnpt-district", ["vnpt-huyen"], SPAN, "truc")]
    assert answer.json() == {
        "done": True,
        "refusal": None,
        "message": "",
        "recorded": True,
        "overrides": [
            {
                "number": 3,
                "roster": "vnpt-district",
                "contact": "vnpt-huyen",
                "name": "Trực VNPT huyện",
                "since": "2021-05-15T07:00:00+07:00",
                "until": "2021-05-15T19:00:00+07:00",
                "by": "truc",
                "made_at": "2021-05-14T07:00:00+07:00",
                "known": False,
            }
        ],
        "maintenance": [],
        "incident": None,
    }


def test_a_day_as_its_end_is_included_and_no_beginning_is_now(door: Door) -> None:
    door.ask("POST", SWAPS, json={**BODY, "from": None, "until": "2021-05-15"})
    assert door.acts.acts[0][3] == Span(None, datetime(2021, 5, 15, 17, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("refusal", "code", "message"),
    [
        (Refusal.UNKNOWN_ROSTER, 404, "no roster is called 'vnpt-district'"),
        (Refusal.UNKNOWN_CONTACT, 404, "no contact is called 'x' (known: vnpt-huyen)"),
        (Refusal.ENDS_FIRST, 409, "it ends before it begins"),
        (Refusal.IS_OVER, 409, "it lies in the past"),
    ],
)
def test_a_refusal_says_why(door: Door, refusal: Refusal, code: int, message: str) -> None:
    door.acts.ruling = Ruling(refusal)
    answer = door.ask("POST", SWAPS, json={**BODY, "contacts": ["vnpt-huyen", "x"]})
    assert (answer.status_code, answer.json()["refusal"]) == (code, refusal.value)
    assert (answer.json()["done"], answer.json()["message"]) == (False, message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({**BODY, "until": "tomorrow"}, "until: 'tomorrow' is not a date and time (write e.g. "),
        ({**BODY, "contacts": []}, "contacts: List should have at least 1 item"),
        ({**BODY, "by": "x\x1b[2J"}, "by: Value error, holds a character that is not printable"),
        ({**BODY, "by": "x\ny"}, "by: Value error, holds a character that is not printable"),
        ({**BODY, "more": 1}, "more: Extra inputs are not permitted"),
        ([], "Input should be an object"),
        ({**BODY, "by": "x" * 20_000}, "more than 16384 bytes"),
    ],
)
def test_what_cannot_be_understood_is_refused_in_one_line(
    door: Door, body: object, message: str
) -> None:
    answer = door.ask("POST", SWAPS, json=body)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(message)
    assert door.acts.acts == []


def test_what_is_no_json_is_refused(door: Door) -> None:
    answer = door.ask("POST", SWAPS, content=b"\xff\x00{")
    assert answer.status_code == 422
    assert answer.json()["message"].startswith("Invalid JSON")


def test_overrides_are_listed_and_removed_by_their_number(door: Door) -> None:
    door.acts.known_swaps = (SWAP,)
    assert [e["number"] for e in door.ask("GET", SWAPS).json()["overrides"]] == [3]
    assert door.ask("POST", f"{SWAPS}/3/remove", json={"by": "truc"}).status_code == 200
    assert door.acts.acts == [("take back", 3, "truc")]
    door.acts.ruling = Ruling(Refusal.UNKNOWN_SWAP)
    answer = door.ask("POST", f"{SWAPS}/4/remove", json={"by": "truc"})
    assert answer.status_code == 404
    assert answer.json()["message"] == "no override has the number 4, or it is over"


# --- answers

ACK = "/api/v1/incidents/LW-000123/ack"
NOW = datetime(2021, 5, 15, 1, 0, tzinfo=UTC)
TAKEN = Taken(
    ContactId("vnpt-huyen"), NOW, NOW + timedelta(minutes=45), NOW + timedelta(minutes=45),
    Via.PHONE, "truc",
)  # fmt: skip
HELD = incident(NOW, id=IncidentId("LW-000123"), status=Status.ACKNOWLEDGED, taken=TAKEN)


def test_an_acknowledgement_is_passed_on_and_shown(door: Door) -> None:
    door.acts.ruling = Ruling(incident=HELD)
    body = {"for": "vnpt-huyen", "eta": "45m", "note": "đang đi", "by": "truc"}
    answer = door.ask("POST", ACK, json=body)
    assert answer.status_code == 200
    assert door.acts.acts == [
        ("take", "LW-000123", "vnpt-huyen", 2700.0, "phone", "truc", "đang đi")
    ]
    assert answer.json()["incident"] == {
        "id": "LW-000123",
        "status": "acknowledged",
        "holder": {
            "contact": "vnpt-huyen",
            "name": "Trực VNPT huyện",
            "since": "2021-05-15T08:00:00+07:00",
            "until": "2021-05-15T08:45:00+07:00",
            "eta": "2021-05-15T08:45:00+07:00",
            "via": "phone",
        },
    }


def test_on_ones_own_it_came_by_command(door: Door) -> None:
    door.ask("POST", ACK, json={"by": "truc"})
    door.ask("POST", ACK, json={"by": "truc", "for": "vnpt-huyen", "via": "sms_reply"})
    assert [act[2:5] for act in door.acts.acts] == [
        (None, None, "command"),
        ("vnpt-huyen", None, "sms_reply"),
    ]


def test_declining_and_closing_are_passed_on(door: Door) -> None:
    base = "/api/v1/incidents/LW-000123"
    door.ask("POST", f"{base}/decline", json={"for": "vnpt-huyen", "by": "truc"})
    door.ask("POST", f"{base}/resolve", json={"reason": "đã sửa", "by": "truc"})
    assert door.acts.acts == [
        ("decline", "LW-000123", "vnpt-huyen", "truc"),
        ("close", "LW-000123", "đã sửa", "truc"),
    ]


@pytest.mark.parametrize(
    ("refusal", "code", "message"),
    [
        (Refusal.UNKNOWN_INCIDENT, 404, "no incident LW-000123 is open"),
        (Refusal.UNKNOWN_CONTACT, 404, "no contact is called 'x' (known: vnpt-huyen)"),
        (Refusal.NOBODY_TO_NAME, 409, "nobody is on duty in the operators' room: say for whom"),
        (Refusal.NOT_TOLD, 409, "nobody has been told of it yet"),
        (Refusal.ETA_OUT_OF_RANGE, 409, "an ETA lies within the next 24 hours"),
    ],
)
def test_an_answer_that_is_refused_says_why(
    door: Door, refusal: Refusal, code: int, message: str
) -> None:
    door.acts.ruling = Ruling(refusal)
    answer = door.ask("POST", ACK, json={"for": "x", "by": "truc"})
    assert (answer.status_code, answer.json()["message"]) == (code, message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"by": "truc", "eta": "soon"}, "eta: 'soon' is not a duration (write e.g. 5s)"),
        ({"by": "truc", "via": "pigeon"}, "via: Input should be 'phone', "),
        ({"for": "vnpt-huyen"}, "by: Field required"),
    ],
)
def test_an_answer_that_cannot_be_understood_is_refused(
    door: Door, body: dict[str, str], message: str
) -> None:
    answer = door.ask("POST", ACK, json=body)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(message)
    assert door.acts.acts == []


def test_every_refusal_has_words(door: Door) -> None:
    named = {"roster": "r", "contact": "c", "number": 1, "incident": "LW-000001"}
    named |= dict.fromkeys(("link", "site", "carrier", "risk"), "x")
    for refusal in Refusal:
        code, document = ruled(Ruling(refusal), door.inventory, **named)
        assert (code in (404, 409), bool(document["message"])) == (True, True)


def test_the_call_list_has_names_and_numbers(door: Door) -> None:
    told = (Told(ContactId("vnpt-huyen"), Role.DUTY, Level.DISTRICT, ()),)
    step = EscalationStep(notify=(Role.OPERATOR,), task_call=True)
    progress = Progress(NOW, {Priority.P1: (0,)}, NOW)
    uncalled = incident(NOW, told=told, progress=progress, escalation={Priority.P1: (step,)})
    door.acts.to_call = (uncalled, replace(uncalled, taken=TAKEN))
    assert door.ask("GET", "/api/v1/calls").json()["calls"] == [
        {
            "incident": "LW-000001",
            "priority": "P1",
            "contact": "vnpt-huyen",
            "name": "Trực VNPT huyện",
            "phones": ["+84000000001"],
        }
    ]
