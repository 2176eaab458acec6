"""Where a fault lies, in words: in the long form, in short messages, in the document."""

from dataclasses import replace
from itertools import product

import pytest

from linkwatch.message.gsm import ONE_PART
from linkwatch.message.located import path, segment
from linkwatch.message.wording import Wording
from linkwatch.model.finding import Kind
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.path import Confidence, Segment, Whereabouts
from linkwatch.model.words import Language
from support.gsm0338 import septets
from support.province import VNPT
from support.words import PROVINCE, incident, view

HOP = "10.0.0.1"
VI, EN = (Wording(language, {}) for language in (Language.VI, Language.EN))
ACCESS = Whereabouts(HOP, Segment.CARRIER_ACCESS, Confidence.LIKELY)


@pytest.mark.parametrize(
    ("where", "vietnamese", "english"),
    [
        (
            ACCESS,
            "còn tới 10.0.0.1 → khả năng đoạn truy nhập VNPT",
            "replies as far as 10.0.0.1 → likely VNPT's access",
        ),
        (
            Whereabouts(HOP, Segment.CARRIER_CORE, Confidence.POSSIBLE),
            "còn tới 10.0.0.1 → có thể mạng lõi VNPT",
            "replies as far as 10.0.0.1 → possibly VNPT's core",
        ),
        (
            Whereabouts(HOP, Segment.SITE, Confidence.LIKELY),
            "còn tới 10.0.0.1 → khả năng tại điểm cầu",
            "replies as far as 10.0.0.1 → likely at the site",
        ),
        (
            Whereabouts(None, Segment.PROVINCE_SIDE, Confidence.LIKELY),
            "không chặng nào trả lời → khả năng phía tỉnh",
            "no hop replies → likely the province's own side",
        ),
        (Whereabouts(HOP), "còn tới 10.0.0.1", "replies as far as 10.0.0.1"),
        (None, "", ""),
    ],
)
def test_a_place_in_both_languages(
    where: Whereabouts | None, vietnamese: str, english: str
) -> None:
    known = view(incident(path=where))
    assert path(known, Language.VI) == vietnamese
    assert path(known, Language.EN) == english


def test_of_a_line_that_still_carries_something_the_hop_is_well_and_not_the_last() -> None:
    known = view(incident(Kind.LATENCY, path=Whereabouts(HOP)))
    assert path(known, Language.VI) == "tốt tới 10.0.0.1"
    assert path(known, Language.EN) == "well as far as 10.0.0.1"
    nothing = view(incident(Kind.LOSS, path=Whereabouts(None)))
    assert path(nothing, Language.EN) == ""


def test_the_long_form_has_it_beside_what_was_measured() -> None:
    for event in (IncidentEvent.OPENED, IncidentEvent.UPDATED, IncidentEvent.ESCALATED):
        text = VI.incident(view(incident(path=ACCESS), event)).text
        assert (
            "Đo: mất 5/5 gói liên tiếp, còn tới 10.0.0.1 → khả năng đoạn truy nhập VNPT.\n" in text
        )
        assert "Đo: mất 5/5 gói liên tiếp.\n" in VI.incident(view(incident(), event)).text


def test_the_short_update_names_the_segment_and_without_one_what_goes_on() -> None:
    said = VI.incident(view(incident(path=ACCESS), IncidentEvent.UPDATED)).short
    assert said == (
        "P1 CAP NHAT UBND H.Chu Se: mat, WAN VNPT GLI-CSE-0001 tu 08:42."
        " Kha nang doan truy nhap VNPT. LW-000123. Goi 0000000099. SOTTTT"
    )
    bare = VI.incident(view(incident(), IncidentEvent.UPDATED)).short
    assert "HN TXCT dang hop." in bare


@pytest.mark.parametrize("wording", [VI, EN], ids=["vi", "en"])
def test_no_segment_makes_a_short_message_too_long(wording: Wording) -> None:
    carrier = replace(PROVINCE.carriers[VNPT], short="W" * 8)
    for where, confidence in product(Segment, Confidence):
        known = view(
            incident(path=Whereabouts(HOP, where, confidence)),
            IncidentEvent.UPDATED,
            carrier=carrier,
        )
        assert segment(known, wording.language)
        assert septets(wording.incident(known).short) <= ONE_PART
