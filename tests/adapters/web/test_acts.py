"""What may be asked over the socket file: each answer says whether it was done, or why not."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from linkwatch.model.acts import Refusal
from linkwatch.model.ids import ContactId, RosterId
from linkwatch.model.inventory import Inventory
from linkwatch.model.moment import Span
from linkwatch.model.people import Swap
from linkwatch.ports import Ruling
from linkwatch.web.acts import ActDoors
from support.acts import FakeActs

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
        app = Starlette(routes=ActDoors(self.acts, lambda: self.inventory).routes())

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
