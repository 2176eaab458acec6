"""The long form and the subject of every event, word for word, in both languages."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linkwatch.message import facts
from linkwatch.message.fields import LISTED
from linkwatch.message.template import parse
from linkwatch.message.view import DigestView, View
from linkwatch.message.wording import Wording
from linkwatch.model.coverage import duty_subject
from linkwatch.model.finding import Kind
from linkwatch.model.ids import IncidentId
from linkwatch.model.incident import IncidentEvent, Status
from linkwatch.model.thresholds import Metric
from linkwatch.model.topology import Level
from linkwatch.model.words import Form, Language
from support.province import VNPT
from support.words import BEGAN, NOW, PROVINCE, digest, incident, over, trial, view

VI, EN = (Wording(language, {}) for language in (Language.VI, Language.EN))
LATER = NOW + timedelta(minutes=5)
HOLDER = next(iter(PROVINCE.contacts.values()))
ETA = NOW + timedelta(minutes=45)
WHERE = "UBND huyện Chư Sê – WAN VNPT"
BODY = {
    Language.VI: """Từ 08:42. Hội nghị TXCT đang họp đến 11:30. Internet Viettel tại điểm cầu: tốt.
Đo: mất 5/5 gói liên tiếp.
Đã báo: Trực vnpt-huyen, Trực vnpt-tinh.
Dự phòng: 4G Viettel.
NHẬN VIỆC: gọi 0000000099 · LW-000123""",
    Language.EN: """\
Since 08:42. Hội nghị TXCT is on until 11:30. Internet Viettel at the site: good.
Measured: lost 5/5 probes in a row.
Told: Trực vnpt-huyen, Trực vnpt-tinh.
Fallback: 4G Viettel.
TO TAKE IT: call 0000000099 · LW-000123""",
}
EVENTS = {
    IncidentEvent.OPENED: ("MẤT KẾT NỐI", "LINK DOWN"),
    IncidentEvent.RAISED: ("NẶNG HƠN: MẤT KẾT NỐI", "WORSE: LINK DOWN"),
    IncidentEvent.FLAPPING: ("CHẬP CHỜN: MẤT KẾT NỐI", "FLAPPING: LINK DOWN"),
    IncidentEvent.UPDATED: ("CẬP NHẬT: MẤT KẾT NỐI", "UPDATE: LINK DOWN"),
}


def of(wording: Wording, vietnamese: str, english: str) -> str:
    return vietnamese if wording is VI else english


@pytest.mark.parametrize("wording", [VI, EN], ids=["vi", "en"])
@pytest.mark.parametrize("event", list(EVENTS))
def test_news_of_a_fault(wording: Wording, event: IncidentEvent) -> None:
    words = wording.incident(view(event=event))
    what = of(wording, *EVENTS[event])
    at = ", 08:42" if event is IncidentEvent.OPENED else ""

    assert words.text == f"[P1] {what} – {WHERE} GLI-CSE-0001\n{BODY[wording.language]}"
    assert words.subject == f"[P1] {what} – {WHERE}{at} (LW-000123)"


@pytest.mark.parametrize("wording", [VI, EN], ids=["vi", "en"])
def test_nobody_has_it(wording: Wording) -> None:
    words = wording.incident(view(event=IncidentEvent.ESCALATED, now=LATER))
    head = of(
        wording,
        f"[P1] CHƯA AI NHẬN SAU 5 PHÚT: MẤT KẾT NỐI – {WHERE} GLI-CSE-0001\n"
        "Xin lãnh đạo chỉ đạo.\n",
        f"[P1] NOBODY HAS IT AFTER 5 MIN: LINK DOWN – {WHERE} GLI-CSE-0001\n"
        "Your direction is asked for.\n",
    )
    assert words.text == head + BODY[wording.language]
    assert words.subject.endswith(f" – {WHERE}, 08:42 (LW-000123)")


@pytest.mark.parametrize(
    ("wording", "changes", "second"),
    [
        (VI, {}, "Sau 5 phút chưa ai nhận."),
        (
            VI,
            {"holder": HOLDER, "held_until": ETA},
            "Trực vnpt-huyen đang xử lý đến 09:27: xin báo kết quả hoặc gia hạn.",
        ),
        (
            VI,
            {"holder": HOLDER, "eta": ETA},
            "Trực vnpt-huyen đang xử lý, hẹn xong lúc 09:27: xin báo kết quả hoặc gia hạn.",
        ),
        (EN, {}, "After 5 min nobody has it."),
        (
            EN,
            {"holder": HOLDER, "held_until": ETA},
            "Trực vnpt-huyen is on it until 09:27: please report, or extend it.",
        ),
        (
            EN,
            {"holder": HOLDER, "eta": ETA},
            "Trực vnpt-huyen is on it, done by 09:27: please report, or extend it.",
        ),
    ],
)
def test_a_reminder_says_who_has_it(wording: Wording, changes: dict[str, Any], second: str) -> None:
    said = view(event=IncidentEvent.REMINDER, now=LATER, **changes)
    assert wording.incident(said).text.split("\n")[1] == second


def test_taken_in_hand() -> None:
    said = view(event=IncidentEvent.ACKNOWLEDGED, holder=HOLDER, eta=ETA)
    assert VI.incident(said).text == (
        f"[P1] ĐÃ CÓ NGƯỜI NHẬN: MẤT KẾT NỐI – {WHERE} GLI-CSE-0001\n"
        "Trực vnpt-huyen đang xử lý, hẹn xong lúc 09:27.\nLW-000123"
    )
    assert EN.incident(replace(said, eta=None, held_until=ETA)).text == (
        f"[P1] TAKEN: LINK DOWN – {WHERE} GLI-CSE-0001\n"
        "Trực vnpt-huyen is on it, it is theirs until 09:27.\nLW-000123"
    )


def test_where_it_can_be_taken() -> None:
    linked = view(ack_url="https://linkwatch.example/ack/x")
    assert VI.incident(linked).text.endswith(
        "NHẬN VIỆC: https://linkwatch.example/ack/x hoặc gọi 0000000099 · LW-000123"
    )
    assert EN.incident(replace(linked, hotline=None)).text.endswith(
        "TO TAKE IT: https://linkwatch.example/ack/x · LW-000123"
    )
    assert EN.incident(view(hotline=None)).text.endswith("4G Viettel.\nLW-000123")


def test_the_end() -> None:
    ended = view(over(incident()), IncidentEvent.RESOLVED, now=LATER)
    assert VI.incident(ended).subject == f"[P1] ĐÃ KHÔI PHỤC: {WHERE} (LW-000123)"
    gone = replace(ended, incident=replace(ended.incident, status=Status.WITHDRAWN))
    assert EN.incident(gone).subject == f"[P1] NO LONGER WATCHED: {WHERE} (LW-000123)"
    assert "of the link no more" in EN.incident(gone).text
    left = replace(gone, link=None, carrier=None)
    assert "The link left the configuration at 09:07;" in EN.incident(left).text


def test_the_shift_changed() -> None:
    said = view(event=IncidentEvent.HANDED_OVER, holder=HOLDER, held_until=ETA)
    assert VI.incident(said).text == (
        f"[P1] BÀN GIAO CA: MẤT KẾT NỐI – {WHERE} GLI-CSE-0001\n"
        + BODY[Language.VI].replace(
            "vnpt-tinh.\n",
            "vnpt-tinh. Trực vnpt-huyen đang xử lý, giữ việc đến 09:27.\n",
        )
    )
    assert EN.incident(said).subject == f"[P1] HANDED OVER: LINK DOWN – {WHERE} (LW-000123)"
    assert VI.incident(said).short == (
        "P1 BAN GIAO CA UBND H.Chu Se, WAN VNPT GLI-CSE-0001 tu 08:42. Truc vnpt-H. xu ly. "
        "LW-000123. Goi 0000000099. SOTTTT"
    )


def test_closed_by_hand() -> None:
    well = over(incident())
    closed = replace(well, closed_by="root", closed_why="cáp đã hàn", resolved_at=LATER)
    said = view(closed, IncidentEvent.RESOLVED, now=LATER)
    assert VI.incident(said).text == (
        f"[P1] ĐÓNG SỰ CỐ (MẤT KẾT NỐI) – {WHERE} GLI-CSE-0001\n"
        "root đóng lúc 08:47: cáp đã hàn. Bắt đầu từ 08:42; lỗi có thể vẫn còn.\nLW-000123"
    )
    assert EN.incident(said).text == (
        f"[P1] CLOSED BY HAND (LINK DOWN) – {WHERE} GLI-CSE-0001\n"
        "root closed it at 08:47: cáp đã hàn. It began at 08:42; the fault itself may go on.\n"
        "LW-000123"
    )
    assert VI.incident(said).short == (
        "DA DONG UBND H.Chu Se, WAN VNPT GLI-CSE-0001 luc 08:47, su co tu 08:42. "
        "root dong, loi co the van con. LW-000123. SOTTTT"
    )


def test_a_duty_that_lacks_somebody() -> None:
    lacking = incident(Kind.ROSTER_GAP, subject=duty_subject(VNPT, Level.DISTRICT), circuit=None)
    said = view(lacking, link=None)
    assert VI.incident(said).text.startswith("[P1] THIẾU NGƯỜI TRỰC – UBND huyện Chư Sê – VNPT cấp")
    assert "Dự phòng" not in VI.incident(said).text
    assert EN.incident(said).short.startswith("P1 TOO FEW ON DUTY UBND H.Chu Se, VNPT district")
    ended = EN.incident(view(over(lacking), IncidentEvent.RESOLVED, now=LATER, link=None))
    assert ended.text.startswith("[P1] OVER (TOO FEW ON DUTY)")
    assert ended.short.startswith("OVER: TOO FEW ON DUTY UBND H.Chu Se, VNPT district")
    gone = VI.incident(view(lacking, link=None, carrier=None))
    assert f" – {VNPT} cấp huyện" in gone.text


def test_an_event_that_has_no_words_of_its_own_is_an_update(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(facts, "section", lambda _view: "not_worded_yet")
    words = VI.incident(view())
    assert words.text.startswith("[P1] CẬP NHẬT: MẤT KẾT NỐI")
    assert words.short.startswith("P1 CAP NHAT UBND H.Chu Se: mat")


def news(*views: View) -> DigestView:
    """Several at once, each with what is new of it."""
    return replace(digest(incident()), views=views)


def ended(number: int, seconds: float = 120, **changes: Any) -> View:
    one = over(incident(id=IncidentId(f"LW-{number:06}")), seconds)
    return view(replace(one, **changes), IncidentEvent.RESOLVED)


def test_several_at_once() -> None:
    loss = incident(Kind.LOSS, id=IncidentId("LW-000124"), started_at=BEGAN - timedelta(minutes=2))
    words = VI.digest(news(view(incident()), view(loss), ended(125)))
    assert words.subject == "[P1] 2 SỰ CỐ từ 08:40: UBND huyện Chư Sê"
    assert (
        words.text
        == f"""[P1] 2 SỰ CỐ từ 08:40: UBND huyện Chư Sê
Đang mở: 2; đã xong: 1.
LW-000123 [P1] MẤT KẾT NỐI – {WHERE} GLI-CSE-0001, từ 08:42.
LW-000124 [P1] MẤT GÓI – {WHERE} GLI-CSE-0001, từ 08:40.
LW-000125 [P1] MẤT KẾT NỐI – {WHERE} GLI-CSE-0001, từ 08:42, đã khôi phục lúc 08:44.
NHẬN VIỆC (2 đang mở): gọi 0000000099"""
    )


def test_each_of_several_says_what_is_new_of_it_and_where_to_answer() -> None:
    url = "https://linkwatch.example/ack/x"
    words = EN.digest(
        news(
            view(incident(), ack_url=url),
            view(incident(), IncidentEvent.ESCALATED),
            view(incident(), IncidentEvent.ACKNOWLEDGED, holder=HOLDER, ack_url=url),
            view(incident(), holder=HOLDER),
        )
    )
    tails = [line.partition("since 08:42")[2] for line in words.text.splitlines()[1:5]]
    assert tails == [
        f". To take it: {url}",
        ", nobody has it.",
        f", taken (Trực vnpt-huyen has it). To take it: {url}",
        ", Trực vnpt-huyen has it.",
    ]


@pytest.mark.parametrize(
    ("second", "headline"),
    [
        (ended(2), "ĐÃ KHÔI PHỤC 2 SỰ CỐ từ 08:42: UBND huyện Chư Sê"),
        (ended(2, closed_by="trực"), "ĐÃ XONG 2 SỰ CỐ từ 08:42: UBND huyện Chư Sê"),
        (ended(2, status=Status.WITHDRAWN), "ĐÃ XONG 2 SỰ CỐ từ 08:42: UBND huyện Chư Sê"),
    ],
)
def test_what_is_over_wakes_nobody(second: View, headline: str) -> None:
    words = VI.digest(news(ended(1), second))
    assert (words.subject, words.text.splitlines()[0]) == (headline, headline)
    assert "NHẬN VIỆC" not in words.text
    assert "Goi" not in words.short


def test_of_very_many_the_first_have_a_line_and_no_id_is_left_out() -> None:
    many = [view(incident(id=IncidentId(f"LW-{n:06}"))) for n in range(1, 121)]
    text = VI.digest(news(*many)).text
    assert sum(line.startswith("LW-") for line in text.splitlines()) == LISTED
    assert "Và các sự cố: LW-000051, LW-000052, " in text
    assert {f"LW-{n:06}" for n in range(1, 121)} <= set(re.findall(r"LW-\d{6}", text))


def test_a_test_says_that_it_is_one() -> None:
    words = EN.trial(trial())
    assert words.subject == "[TEST] Test message of linkwatch at 08:42"
    assert words.text == (
        "[TEST] Test message of linkwatch at 08:42, to Trực vnpt-huyen\n"
        "There is no incident, and nothing to do. Sở TT&TT tỉnh Gia Lai."
    )


@pytest.mark.parametrize(
    ("used", "shown"), [(0.8999, "179,98/200"), (0.89999999, "179,999998/200"), (0.9, "180/200")]
)
def test_a_load_below_its_threshold_is_not_shown_at_it(used: float, shown: str) -> None:
    load = incident(
        Kind.UTILISATION,
        measured={Metric.UTILISATION: used},
        threshold={Metric.UTILISATION: 0.9},
    )
    assert f"chiều xuống {shown} Mbit/s" in VI.incident(view(load)).text


def own(text: str, form: Form = Form.LONG) -> Wording:
    sections, faults = parse(text)
    assert faults == []
    return Wording(Language.VI, {(form, name): each for name, each in sections.items()})


@pytest.mark.parametrize(
    ("text", "kind", "event", "expected"),
    [
        ("[opened]\nA", Kind.DOWN, IncidentEvent.OPENED, "A"),
        ("[opened]\nA\n[opened.down]\nB", Kind.DOWN, IncidentEvent.OPENED, "B"),
        ("[opened]\nA\n[opened.down]\nB", Kind.LOSS, IncidentEvent.OPENED, "A"),
        ("[updated]\nA", Kind.DOWN, IncidentEvent.OPENED, None),
        ("[body]\nA", Kind.DOWN, IncidentEvent.RAISED, "A"),
    ],
)
def test_an_own_section_stands_before_ours_and_the_closer_before_the_general(
    text: str, kind: Kind, event: IncidentEvent, expected: str | None
) -> None:
    said = view(incident(kind), event)
    shown = own(text).incident(said).text.split("\n")[-1]
    assert shown == (expected or VI.incident(said).text.split("\n")[-1])


def test_an_own_short_message_that_is_too_long_after_all_gives_way_to_ours() -> None:
    wording = own("[opened]\n{what} {what} {what} {what} {what} {what} {what} {site}", Form.SMS)
    long_named = view(incident(Kind.ROUTER_DOWN))
    assert wording.incident(long_named).short == VI.incident(long_named).short
    assert wording.incident(view()).short == f"{'MAT KET NOI ' * 7}UBND H.Chu Se"
