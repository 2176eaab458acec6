"""The page behind a signed link: looking changes nothing, its form answers."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from linkwatch.model.acts import Refusal
from linkwatch.model.ids import ContactId, IncidentId
from linkwatch.model.incident import Incident, Taken, Via
from linkwatch.model.inventory import Inventory
from linkwatch.model.words import Language
from linkwatch.ports import Ruling
from linkwatch.web.ackpage import AckDoor
from linkwatch.wire.acktoken import Addressed, ack_token, read_ack_token
from support.acts import FakeActs
from support.province import MORNING, incident, inventory

KEY = bytes(32)
LW, DUTY = IncidentId("LW-000001"), ContactId("vnpt-huyen")
TOKEN = ack_token(KEY, Addressed(LW, DUTY))
LINK = f"/ack/{TOKEN}"
OPEN = incident(MORNING, id=LW)


def held_by(contact: str) -> Incident:
    until = MORNING + timedelta(minutes=30)
    return replace(
        OPEN, taken=Taken(ContactId(contact), MORNING, until, None, Via.PHONE, by="truc")
    )


@dataclass
class Page:
    """The endpoint with a fake daemon behind it."""

    acts: FakeActs
    inventory: Inventory

    def ask(self, method: str, path: str = LINK, **about: Any) -> httpx.Response:
        """One request, nothing followed."""
        door = AckDoor(self.acts, lambda token: read_ack_token(KEY, token), lambda: self.inventory)
        app = Starlette(routes=list(door.routes()))

        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
                return await client.request(method, path, **about)

        return asyncio.run(once())


@pytest.fixture
def page() -> Page:
    return Page(FakeActs(to_call=(OPEN,)), inventory())


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_answers_nothing(page: Page, method: str) -> None:
    answer = page.ask(method)
    assert answer.status_code == 200
    assert page.acts.acts == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.VI,
            ["MẤT KẾT NỐI", "LW-000001 · chu-se-wan · VNPT", "Chưa ai nhận việc.", "Tôi nhận việc"],
        ),
        (Language.EN, ["LINK DOWN", "Nobody has it in hand.", "I have it", "Not mine"]),
    ],
)
def test_it_says_what_is_wrong_and_who_may_answer(
    page: Page, language: Language, words: list[str]
) -> None:
    page.inventory = replace(page.inventory, language=language)
    text = page.ask("GET").text
    assert f'<html lang="{language.value}">' in text
    assert [word for word in words if word not in text] == []
    assert "Trực vnpt-huyen" in text


def test_it_needs_nothing_but_itself_and_cannot_be_framed_kept_or_told_on(page: Page) -> None:
    answer = page.ask("GET")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "http" not in answer.text.replace("http-equiv", "")
    assert "<script" not in answer.text


def test_have_it_with_a_time_and_a_note_and_back_to_the_page(page: Page) -> None:
    page.acts.ruling = Ruling(incident=held_by("vnpt-huyen"))
    answer = page.ask("POST", data={"act": "take", "eta": "45m", "note": "đang đến"})
    assert (answer.status_code, answer.headers["location"]) == (303, TOKEN)
    assert page.acts.acts == [("take", LW, "vnpt-huyen", 2700.0, "link", "vnpt-huyen", "đang đến")]


def test_have_it_without_more(page: Page) -> None:
    page.ask("POST", data={"act": "take", "eta": "", "note": ""})
    assert page.acts.acts == [("take", LW, "vnpt-huyen", None, "link", "vnpt-huyen", "")]


def test_not_mine(page: Page) -> None:
    assert page.ask("POST", data={"act": "decline"}).status_code == 303
    assert page.acts.acts == [("decline", LW, "vnpt-huyen", "vnpt-huyen")]


def test_afterwards_the_page_says_so(page: Page) -> None:
    page.acts.to_call = (held_by("vnpt-huyen"),)
    taken = page.ask("GET").text
    assert "Đã ghi nhận: bạn nhận việc." in taken
    assert "Trực vnpt-huyen đang xử lý, đến" in taken
    page.acts.to_call = (held_by("vnpt-tinh"),)
    assert "Đã ghi nhận" not in page.ask("GET").text
    page.acts.to_call = (replace(OPEN, declined=(DUTY,)),)
    assert "Đã ghi nhận: không phải việc của bạn." in page.ask("GET").text


def test_what_the_store_has_not_written_is_said(page: Page) -> None:
    page.acts.ruling = Ruling(incident=held_by("vnpt-huyen"), recorded=False)
    answer = page.ask("POST", data={"act": "take"})
    assert answer.status_code == 200
    assert "chưa ghi được" in answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_closed_incident_has_nothing_to_answer(page: Page, method: str) -> None:
    page.acts.to_call = ()
    answer = page.ask(method, data={"act": "take"} if method == "POST" else None)
    assert answer.status_code == 410
    assert "LW-000001 đã đóng" in answer.text
    assert "<form" not in answer.text
    assert page.acts.acts == []


@pytest.mark.parametrize(
    "token",
    [
        ack_token(bytes([1] * 32), Addressed(LW, DUTY)),
        ack_token(KEY, Addressed(LW, ContactId("nobody-any-more"))),
        "x",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_no_link_of_ours_answers_nothing(page: Page, token: str, method: str) -> None:
    answer = page.ask(method, f"/ack/{token}")
    assert answer.status_code == 404
    assert "LW-000001" not in answer.text
    assert page.acts.acts == []


@pytest.mark.parametrize(
    ("refusal", "code", "words"),
    [
        (Refusal.ETA_OUT_OF_RANGE, 409, "trong vòng 24 giờ"),
        (Refusal.NOT_TOLD, 409, "Chưa báo ai"),
        (Refusal.UNKNOWN_INCIDENT, 410, "đã đóng"),
        (Refusal.UNKNOWN_CONTACT, 404, "không đúng"),
    ],
)
def test_why_it_was_not_done(page: Page, refusal: Refusal, code: int, words: str) -> None:
    page.acts.ruling = Ruling(refusal)
    answer = page.ask("POST", data={"act": "take", "eta": "30h"})
    assert answer.status_code == code
    assert words in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"act=resolve",
        b"act=take&contact=vnpt-tinh",
        b"act=take&note=a%0Ab",
        b"act=take&eta=soon",
        b"act=take&note=" + b"x" * 501,
        b"act=take&note=" + b"x" * 20_000,
        b"act=%ff",
        b"&".join(b"a%d=1" % n for n in range(50)),
    ],
)
def test_what_cannot_be_understood_answers_nothing(page: Page, body: bytes) -> None:
    answer = page.ask("POST", content=body)
    assert answer.status_code == 422
    assert "Không hiểu yêu cầu" in answer.text
    assert page.acts.acts == []


def test_names_are_text_and_never_markup(page: Page) -> None:
    hostile = replace(page.inventory.contacts[DUTY], name="<b onclick=x>'\"&")
    page.inventory = replace(page.inventory, contacts={**page.inventory.contacts, DUTY: hostile})
    page.acts.to_call = (held_by("vnpt-huyen"),)
    text = page.ask("GET").text
    assert "<b onclick" not in text
    assert "&lt;b onclick=x&gt;" in text
