"""The long form, word for word, in both languages."""

from dataclasses import replace

import pytest

from linkwatch.message.figures import beside, clock, duration, phone
from linkwatch.model.ids import LinkId
from linkwatch.model.notification import Notification
from linkwatch.model.topology import ContractedRate
from linkwatch.model.words import Language
from support.drive import Drive, silent
from support.province import MORNING, WAN, ZONE, conference, inventory, sample, without_link

DOWN = {
    "vi": """[P1] MẤT KẾT NỐI – Điểm cầu chu-se – WAN VNPT GLI-CHU-SE-WAN
Từ 08:43. Hội nghị TXCT đang họp đến 11:30. Internet Viettel tại điểm cầu: tốt.
Đo: mất 5/5 gói liên tiếp.
Đã báo: Trực vnpt-huyen, Trực vnpt-tinh, Trực ky-thuat, Trực truc-ttcntt.
Điểm cầu: Trực ky-thuat 0000000017 (hỏi điện, đèn modem trước). Dự phòng: 4G Viettel.
NHẬN VIỆC: gọi 0000000099 · LW-000001""",
    "en": """[P1] LINK DOWN – Điểm cầu chu-se – WAN VNPT GLI-CHU-SE-WAN
Since 08:43. Hội nghị TXCT is on until 11:30. Internet Viettel at the site: good.
Measured: lost 5/5 probes in a row.
Told: Trực vnpt-huyen, Trực vnpt-tinh, Trực ky-thuat, Trực truc-ttcntt.
Site: Trực ky-thuat 0000000017 (ask for power and the modem's lights first). Fallback: 4G Viettel.
TO TAKE IT: call 0000000099 · LW-000001""",
}
RESTORED = {
    "vi": """[P1] ĐÃ KHÔI PHỤC (MẤT KẾT NỐI) – Điểm cầu chu-se – WAN VNPT GLI-CHU-SE-WAN
Lúc 08:45, kéo dài 2 phút từ 08:43. Không cần làm gì thêm.
LW-000001""",
    "en": """[P1] RESTORED (LINK DOWN) – Điểm cầu chu-se – WAN VNPT GLI-CHU-SE-WAN
At 08:45, lasted 2 min since 08:43. Nothing more to do.
LW-000001""",
}
LOSS = {
    "vi": "Đo: mất gói 18,6 % trong 42 giây (8/43), ngưỡng 5 %.",
    "en": "Measured: loss 18.6 % within 42 s (8/43), threshold 5 %.",
}
LATENCY = {
    "vi": "Đo: trễ khứ hồi (trung vị) 120 ms, ngưỡng 100 ms.",
    "en": "Measured: round-trip time (median) 120 ms, threshold 100 ms.",
}
LOAD = {
    "vi": "Đo: chiều xuống 19/20 Mbit/s (95 %), ngưỡng 90 %.",
    "en": "Measured: receive 19/20 Mbit/s (95 %), threshold 90 %.",
}
LANGUAGES = ["vi", "en"]


def driven(language: str) -> Drive:
    drive = Drive(inventory(conferences=(conference(),), language=language), MORNING)
    drive.run(60)
    return drive


def line(message: Notification, start: str) -> str:
    return next(x for x in message.text.splitlines() if x.startswith(start))


@pytest.mark.parametrize("language", LANGUAGES)
def test_down_and_restored(language: str) -> None:
    drive = driven(language)
    assert drive.run(120, chu_se_wan=silent)[0].text == DOWN[language]
    assert drive.run(15)[0].text == RESTORED[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_loss_says_how_much_of_how_many_within_what_time(language: str) -> None:
    told = driven(language).run(90, chu_se_wan=lambda s: None if s % 6 == 0 else 0.010)
    assert line(told[0], LOSS[language].split(" ", maxsplit=1)[0]) == LOSS[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_latency(language: str) -> None:
    told = driven(language).run(120, chu_se_wan=lambda _: 0.120)
    assert line(told[0], LATENCY[language].split(" ", maxsplit=1)[0]) == LATENCY[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_load_names_the_direction_and_the_contracted_rate(language: str) -> None:
    drive = driven(language)
    drive.poll(sample(WAN, receive=19e6, transmit=1e6), times=7)
    told = drive.run(70)
    assert line(told[0], LOAD[language].split(" ", maxsplit=1)[0]) == LOAD[language]


def test_load_is_measured_against_the_rate_in_force() -> None:
    drive = driven("vi")
    link = drive.state.inventory.links[WAN]
    wider = replace(link, contracted=(ContractedRate(100_000_000, 100_000_000),))
    drive.reload(replace(drive.state.inventory, links={**drive.state.inventory.links, WAN: wider}))
    drive.poll(sample(WAN, receive=19e6, transmit=1e6), times=12)
    assert drive.incidents == {}


def test_a_name_with_braces_is_words_not_a_template() -> None:
    whole = inventory(conferences=(conference(),))
    sites = {k: replace(s, name="{0.__class__} {hotline}") for k, s in whole.sites.items()}
    drive = Drive(replace(whole, sites=sites), MORNING)
    drive.run(60)
    told = drive.run(6, chu_se_wan=silent)
    assert "{0.__class__} {hotline} – WAN" in told[0].text


def test_withdrawn_says_that_nobody_follows_it_any_more() -> None:
    drive = driven("en")
    drive.run(6, chu_se_wan=silent)
    told = drive.reload(without_link(drive.state.inventory, LinkId(WAN)))
    assert "NO LONGER WATCHED (LINK DOWN)" in told[0].text
    assert "the fault since 08:43 is no longer followed" in told[0].text


@pytest.mark.parametrize(
    ("value", "threshold", "expected"),
    [
        (4.99, 5.0, "4,99"),
        (4.9999, 5.0, "4,9999"),
        (5.0, 5.0, "5"),
        (5.04, 5.0, "5"),
        (0.96, 1.0, "0,96"),
    ],
)
def test_a_figure_is_never_rounded_across_its_threshold(
    value: float, threshold: float, expected: str
) -> None:
    assert beside(value, threshold, 1, Language.VI) == expected


def test_times_of_another_day_carry_their_date() -> None:
    yesterday = MORNING.replace(day=14)
    assert clock(yesterday, MORNING, ZONE) == "08:42 14/05"
    assert clock(MORNING, MORNING, ZONE) == "08:42"


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (3900, "1 h 05 min")]
)
def test_durations(seconds: float, expected: str) -> None:
    assert duration(seconds, Language.EN) == expected


def test_numbers_are_shown_as_they_are_dialled() -> None:
    assert phone("+84000000099") == "0000000099"
    assert phone("+15550100") == "+15550100"
