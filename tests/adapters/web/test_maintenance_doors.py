"""Announced work over the socket file: each answer says whether it was done, or why not."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from linkwatch.model.acts import Refusal
from linkwatch.model.ids import CarrierId, LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.moment import Span
from linkwatch.ports import Ruling
from linkwatch.web.maintenance import PATH, MaintenanceDoors
from support.acts import FakeActs

SPAN = Span(datetime(2021, 5, 15, 15, 0, tzinfo=UTC), datetime(2021, 5, 15, 21, 0, tzinfo=UTC))
WORK = Maintenance(
    span=SPAN,
    links=frozenset({LinkId("chu-se-wan")}),
    sites=frozenset(),
    carrier=CarrierId("vnpt"),
    shared_risk=frozenset(),
    reference="CV 12/VNPT",
    accepted_by=None,
    by="truc",
)
MADE = replace(WORK, number=3, made_at=datetime(2021, 5, 14, tzinfo=UTC))
BODY = {
    "links": ["chu-se-wan"],
    "carrier": "vnpt",
    "from": "2021-05-15T22:00",
    "until": "2021-05-16T04:00",
    "reference": "CV 12/VNPT",
    "by": "truc",
}
ENTRY = {
    "number": 3,
    "work": "CV 12/VNPT",
    "links": ["chu-se-wan"],
    "sites": [],
    "carrier": "vnpt",
    "shared_risk": [],
    "since": "2021-05-15T22:00:00+07:00",
    "until": "2021-05-16T04:00:00+07:00",
    "reference": "CV 12/VNPT",
    "accepted_by": None,
    "by": "truc",
    "made_at": "2021-05-14T07:00:00+07:00",
    "known": True,
}


@dataclass
class Door:
    """The endpoints with a fake daemon behind them."""

    acts: FakeActs
    inventory: Inventory

    def ask(self, method: str, path: str, **about: Any) -> httpx.Response:
        """One request."""
        app = Starlette(routes=MaintenanceDoors(self.acts, lambda: self.inventory).routes())

        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
                return await client.request(method, path, **about)

        return asyncio.run(once())


@pytest.fixture
def door(province: Callable[..., Inventory]) -> Door:
    return Door(FakeActs(), province("chu-se"))


def test_work_is_announced_in_the_configured_timezone(door: Door) -> None:
    door.acts.ruling = Ruling(works=(MADE,))
    answer = door.ask("POST", PATH, json=BODY)
    assert answer.status_code == 200
    assert door.acts.acts == [("announce", WORK)]
    assert answer.json()["maintenance"] == [ENTRY]


def test_no_beginning_is_now_and_a_day_as_its_end_is_included(door: Door) -> None:
    door.ask("POST", PATH, json={"sites": ["chu-se"], "until": "2021-05-15", "by": "x"})
    ((_, announced),) = door.acts.acts
    assert isinstance(announced, Maintenance)
    assert announced.span == Span(None, datetime(2021, 5, 15, 17, 0, tzinfo=UTC))


def test_it_is_agreed_to_and_ended(door: Door) -> None:
    door.acts.ruling = Ruling(works=(MADE,))
    door.ask("POST", f"{PATH}/3/accept", json={"accepted_by": "Trung tâm", "by": "truc"})
    door.ask("POST", f"{PATH}/3/end", json={"by": "truc"})
    assert door.acts.acts == [("accept", 3, "Trung tâm", "truc"), ("end", 3, "truc")]


def test_it_is_listed_and_what_the_configuration_lacks_is_said(door: Door) -> None:
    door.acts.known_works = (MADE, replace(WORK, links=frozenset({LinkId("x")}), by=""))
    first, second = door.ask("GET", PATH).json()["maintenance"]
    assert first == ENTRY
    assert (second["number"], second["by"], second["known"]) == (None, None, False)


@pytest.mark.parametrize(
    ("refusal", "body", "code", "message"),
    [
        (
            Refusal.UNKNOWN_LINK,
            {**BODY, "links": ["chu-se-wan", "chu-se-wann"]},
            404,
            "no link is called 'chu-se-wann' (did you mean 'chu-se-wan'?)",
        ),
        (
            Refusal.UNKNOWN_CARRIER,
            {**BODY, "carrier": "vnp"},
            404,
            "no carrier is called 'vnp' (did you mean 'vnpt'?)",
        ),
        (Refusal.UNKNOWN_RISK, {**BODY, "shared_risk": ["x"]}, 404, "no link has the shared risk"),
        (Refusal.WORK_ON_NOTHING, BODY, 409, "it touches no link: name links, sites, a carrier"),
        (Refusal.ENDS_FIRST, BODY, 409, "it ends before it begins"),
    ],
)
def test_a_refusal_has_its_reason(
    door: Door, refusal: Refusal, body: dict[str, Any], code: int, message: str
) -> None:
    door.acts.ruling = Ruling(refusal)
    answer = door.ask("POST", PATH, json=body)
    assert answer.status_code == code
    assert answer.json()["message"].startswith(message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({**BODY, "until": "soon"}, "until: 'soon' is not a"),
        ({**BODY, "reference": "CV\x1b[2J"}, "reference: Value error, holds a character"),
        ({"until": "2021-05-15"}, "by: Field required"),
        ({**BODY, "accepted": True}, "accepted: Extra inputs"),
    ],
)
def test_what_cannot_be_understood_is_refused(
    door: Door, body: dict[str, Any], message: str
) -> None:
    answer = door.ask("POST", PATH, json=body)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(message)
    assert door.acts.acts == []
