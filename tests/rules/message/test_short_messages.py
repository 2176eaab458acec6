"""Short messages: the agreed texts, and what holds for all of them."""

import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.message.gsm import ONE_PART, STANDS_ALONE
from linkwatch.message.view import View
from linkwatch.message.widths import SITE_SHOWN
from linkwatch.message.wording import Wording
from linkwatch.model.conference import Phase
from linkwatch.model.finding import Direction, Kind
from linkwatch.model.ids import CarrierId, IncidentId, RouterId, SiteId
from linkwatch.model.incident import IncidentEvent, Status
from linkwatch.model.people import Carrier
from linkwatch.model.priority import Priority
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Metric
from linkwatch.model.words import Language
from support.gsm0338 import septets
from support.province import conference
from support.words import (
    BEGAN,
    BOOST_RATES,
    BOOSTED,
    LINK,
    NOW,
    PROVINCE,
    SITE,
    digest,
    incident,
    over,
    trial,
    view,
)

VI = Wording(Language.VI, {})
MOVING = {"Cc", "Cf", "Zl", "Zp"}
FORBIDDEN = set("%#&[]{}\\<@^~|€\n\r")
LATER = NOW + timedelta(minutes=5)


def boosted(**changes: Any) -> View:
    """A link that was to be widened, before a conference of the same day."""
    known = {"evidence": BOOST_RATES, **changes}
    meeting = replace(
        conference(), start=BEGAN.replace(hour=17, minute=0), end=BEGAN.replace(hour=19, minute=0)
    )
    one = incident(Kind.BANDWIDTH_NOT_EXPANDED, **known)
    return view(one, link=BOOSTED, conference=meeting)


def reverted(**changes: Any) -> View:
    """The same link when its time is over."""
    at = BEGAN + timedelta(days=20)
    known = {"evidence": {**BOOST_RATES, "peak": 41.2e6}, "started_at": at, **changes}
    one = incident(Kind.BANDWIDTH_NOT_REVERTED, **known)
    return view(one, link=BOOSTED, conference=None, now=at)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            view(),
            "P1 MAT KET NOI UBND H.Chu Se, WAN VNPT GLI-CSE-0001 tu 08:42. HN TXCT dang hop den "
            "11:30. LW-000123. Nhan viec goi 0000000099. SOTTTT",
        ),
        (
            view(incident(Kind.LOSS)),
            "P1 MAT GOI 6,1/100 UBND H.Chu Se, WAN VNPT GLI-CSE-0001 tu 08:42, nguong 5. HN TXCT "
            "dang hop. LW-000123. Goi 0000000099. SOTTTT",
        ),
        (
            view(incident(Kind.UTILISATION, priority=Priority.P2)),
            "P2 DAY TAI UBND H.Chu Se, WAN VNPT GLI-CSE-0001 chieu xuong 188/200Mb tu 08:42. HN "
            "TXCT dang hop. LW-000123. Goi 0000000099. SOTTTT",
        ),
        (
            view(over(incident()), IncidentEvent.RESOLVED),
            "DA KHOI PHUC UBND H.Chu Se, WAN VNPT GLI-CSE-0001 luc 09:07, mat 25 phut tu 08:42. "
            "LW-000123. Khong can lam gi them. SOTTTT",
        ),
        (
            view(event=IncidentEvent.ESCALATED, now=LATER),
            "P1 CHUA AI NHAN 5 PHUT: UBND H.Chu Se mat WAN VNPT tu 08:42, HN TXCT dang hop. Xin "
            "LD chi dao. LW-000123. Goi 0000000099. SOTTTT",
        ),
        (
            view(event=IncidentEvent.ESCALATED, now=LATER, conference=None),
            "P1 CHUA AI NHAN 5 PHUT: UBND H.Chu Se mat WAN VNPT tu 08:42. Xin LD chi dao. "
            "LW-000123. Goi 0000000099. SOTTTT",
        ),
        (
            view(event=IncidentEvent.REMINDER, now=LATER),
            "P1 NHAC LAI UBND H.Chu Se: mat WAN VNPT tu 08:42. Chua ai nhan 5 phut. LW-000123. "
            "Goi 0000000099. SOTTTT",
        ),
        (
            view(
                event=IncidentEvent.ACKNOWLEDGED,
                holder=next(iter(PROVINCE.contacts.values())),
                eta=NOW + timedelta(minutes=45),
            ),
            "P1 DA NHAN UBND H.Chu Se: mat WAN VNPT tu 08:42. Truc vnpt-H. xu ly, xong 09:27. "
            "LW-000123. SOTTTT",
        ),
        (
            view(now=BEGAN + timedelta(days=1), conference=None, hotline=None, organisation=""),
            "P1 MAT KET NOI UBND H.Chu Se, WAN VNPT GLI-CSE-0001 tu 08:42 15/05. LW-000123.",
        ),
        (
            view(incident(Kind.ROUTER_DOWN), conference=None),
            "P1 ROUTER NGUNG HOAT DONG UBND H.Chu Se, router chu-se-r1 tu 08:42. LW-000123. Goi "
            "0000000099. SOTTTT",
        ),
        (
            view(incident(Kind.LOSS, measured={}, threshold={}), conference=None),
            "P1 MAT GOI UBND H.Chu Se, WAN VNPT GLI-CSE-0001 tu 08:42. LW-000123. Goi 0000000099. "
            "SOTTTT",
        ),
        (
            boosted(priority=Priority.P2, direction=Direction.RECEIVE),
            "P2 CHUA MO RONG UBND H.Chu Se, WAN VNPT GLI-CSE-0001: dinh 20Mb, can 100Mb, CV "
            "675/STTTT-BCVT. Hop 17:00. LW-000123. Goi 0000000099. SOTTTT",
        ),
        (
            boosted(evidence={"normal": 20e6}),
            "P1 CHUA MO RONG UBND H.Chu Se, WAN VNPT GLI-CSE-0001: can toi da, chua co bang "
            "chung, CV 675/STTTT-BCVT. Hop 17:00. LW-000123. Goi 0000000099. SOTTTT",
        ),
        (
            boosted(evidence={**BOOST_RATES, "peak": 99.996e6}, carrier=None),
            "P1 CHUA MO RONG UBND H.Chu Se, WAN VNPT GLI-CSE-0001: dinh 99,99Mb, can 100Mb, CV "
            "675/STTTT-BCVT. Hop 17:00. LW-000123. Goi 0000000099. SOTTTT",
        ),
        (
            reverted(priority=Priority.P3, direction=Direction.TRANSMIT),
            "P3 CHUA TRA MUC CU UBND H.Chu Se, WAN VNPT GLI-CSE-0001: dinh 41Mb, hop dong "
            "20Mb, CV 675/STTTT-BCVT. LW-000123. Goi 0000000099. SOTTTT",
        ),
        (
            replace(
                boosted(), incident=over(boosted().incident), event=IncidentEvent.RESOLVED
            ),
            "HET CHUA MO RONG UBND H.Chu Se, WAN VNPT GLI-CSE-0001 luc 09:07, keo dai 25 phut tu "
            "08:42. LW-000123. Khong can lam gi them. SOTTTT",
        ),
    ],
)  # fmt: skip
def test_the_agreed_texts(said: View, text: str) -> None:
    assert VI.incident(said).short == text


def test_a_conference_that_is_coming_is_named_with_its_day() -> None:
    coming = replace(conference(), start=NOW + timedelta(hours=23), end=NOW + timedelta(hours=25))
    text = VI.incident(view(conference=coming, phase=Phase.DAY_BEFORE)).short
    assert "HN TXCT hop 16/05 07:42." in text


def test_a_circuit_that_is_too_long_is_left_out_whole() -> None:
    said = view(incident(circuit="TSLCD-GLI-CSE-2021-0001"))
    assert "UBND H.Chu Se, WAN VNPT tu 08:42." in VI.incident(said).short


@pytest.mark.parametrize(
    ("value", "limit", "shown"),
    [(0.04999, 0.05, "4,99"), (0.05, 0.05, "5"), (0.0496, 0.05, "4,96"), (0.0301, 0.05, "3")],
)
def test_no_figure_crosses_its_threshold_and_none_is_longer_than_two_decimals(
    value: float, limit: float, shown: str
) -> None:
    loss = incident(Kind.LOSS, measured={Metric.LOSS: value}, threshold={Metric.LOSS: limit})
    assert f"MAT GOI {shown}/100 " in VI.incident(view(loss)).short


def test_several_incidents() -> None:
    sites = [
        replace(
            view(incident(id=IncidentId(f"LW-00012{n}"))), site=replace(SITE, short=f"H.So {n}")
        )
        for n in range(5)
    ]
    text = VI.digest(replace(digest(incident()), views=tuple(sites))).short
    assert text == (
        "P1 5 SU CO H.So 0, H.So 1, H.So 2 va 2 noi khac, tu 08:42. Con 5: goi 0000000099. "
        "LW-000120 .. LW-000124. SOTTTT"
    )
    assert VI.digest(replace(digest(incident()), views=tuple(map(ended, sites)))).short == (
        "DA KHOI PHUC 5 SU CO H.So 0, H.So 1, H.So 2 va 2 noi khac, tu 08:42. "
        "LW-000120 .. LW-000124. SOTTTT"
    )


def ended(one: View) -> View:
    return replace(one, incident=over(one.incident, 120), event=IncidentEvent.RESOLVED)


def test_a_test_says_that_it_is_one() -> None:
    assert VI.trial(trial()).short == (
        "THU NGHIEM linkwatch luc 08:42, gui Truc vnpt-H.. Khong co su co, khong can lam gi. SOTTTT"
    )


texts = st.text(st.characters(codec="utf-8"), max_size=40)
ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True)
shorts = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ .'abcdefghij", min_size=1, max_size=18).filter(
    str.strip
)
instants = st.timedeltas(timedelta(days=-40), timedelta(days=40)).map(lambda d: NOW + d)
figures = st.floats(0, 1e4, allow_nan=False)


@st.composite
def views(draw: st.DrawFn) -> View:
    """Any fault, of anything, with names from a device and from a province with the longest."""
    kind = draw(st.sampled_from(Kind))
    event = draw(st.sampled_from([e for e in IncidentEvent if e.value not in ("digest", "test")]))
    carrier = Carrier(CarrierId("c"), draw(texts), draw(shorts)[:10], (), {})
    status = draw(st.sampled_from(Status))
    levels = {metric: draw(figures) for metric in Metric}
    limits = {metric: draw(st.sampled_from([0.05, 0.1, 0.3, 0.9])) for metric in Metric}
    subject = draw(
        st.one_of(
            st.just(Subject.of_link(LINK.id)),
            ids.map(lambda name: Subject.of_router(RouterId(name))),
        )
    )
    one = incident(
        kind,
        subject=subject,
        status=status,
        priority=draw(st.sampled_from(Priority)),
        site=SiteId(draw(ids)),
        carrier=draw(st.none() | ids.map(CarrierId)),
        circuit=draw(st.none() | texts),
        started_at=draw(instants),
        restored_at=draw(st.none() | instants),
        resolved_at=draw(st.none() | instants),
        announced_at=draw(st.none() | instants),
        measured=draw(st.sampled_from([{}, levels])),
        threshold=limits,
        direction=draw(st.none() | st.sampled_from(Direction)),
        evidence=draw(
            st.dictionaries(
                st.sampled_from(("contracted", "peak", "promised", "normal")), st.floats(0, 1e11)
            )
        ),
        reason=draw(st.none() | texts),
    )
    meeting = replace(
        conference(), short=draw(shorts)[:10], start=draw(instants), end=draw(instants)
    )
    return view(
        one,
        event,
        site=draw(st.none() | shorts.map(lambda short: replace(SITE, short=short))),
        link=draw(st.none() | st.sampled_from((LINK, BOOSTED))),
        carrier=draw(st.none() | st.just(carrier)),
        router=None,
        conference=draw(st.none() | st.just(meeting)),
        holder=draw(
            st.none()
            | texts.map(lambda name: replace(next(iter(PROVINCE.contacts.values())), name=name))
        ),
        eta=draw(st.none() | instants),
        hotline=draw(st.none() | st.just("+84000000099")),
        organisation=draw(texts),
    )


@given(views(), st.sampled_from(Language))
def test_every_short_message_is_one_part_of_sendable_letters(said: View, spoken: Language) -> None:
    text = Wording(spoken, {}).incident(said).short

    assert 0 < septets(text) == len(text) <= ONE_PART
    assert not FORBIDDEN & set(text)
    assert said.incident.id in text
    if said.site is not None:
        shown = " ".join(said.site.short.split())[:SITE_SHOWN]
        assert shown in text[:STANDS_ALONE]
    if said.event is not IncidentEvent.RESOLVED and said.incident.status is not Status.WITHDRAWN:
        assert text.startswith(f"{said.incident.priority} ")


@given(views(), st.sampled_from(Language))
def test_no_name_adds_a_line_to_a_long_message(said: View, spoken: Language) -> None:
    words = Wording(spoken, {}).incident(said)
    for line in (*words.text.split("\n"), words.subject):
        assert {unicodedata.category(letter) for letter in line} & MOVING == set()
    plain = replace(
        said, organisation="x", site=SITE, holder=None, incident=replace(said.incident, circuit="x")
    )
    most = len(Wording(spoken, {}).incident(plain).text.split("\n"))
    assert len(words.text.split("\n")) <= most + 2


@given(st.lists(views(), min_size=1, max_size=9), st.sampled_from(Language))
def test_every_digest_is_one_part(said: list[View], spoken: Language) -> None:
    many = replace(digest(incident()), views=tuple(said))
    words = Wording(spoken, {}).digest(many)
    assert 0 < septets(words.short) == len(words.short) <= ONE_PART
    assert not FORBIDDEN & set(words.short)
    assert words.text.count("LW-000123") >= len(said)
