"""A contract raised for some weeks: proven, doubted, confirmed, over: a timeline in, messages out.

The WAN link at Chư Sê has 20 Mbit/s, and 100 from 9 to 31 May 2021 by order 675/STTTT-BCVT.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linkwatch.model.boost import Evidence, EvidenceKind, Proof
from linkwatch.model.finding import Direction, Kind, LinkState
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Metering
from linkwatch.model.moment import Span
from linkwatch.model.notification import Notification
from linkwatch.model.priority import Priority
from linkwatch.model.thresholds import Metric
from linkwatch.model.topology import BoostState, ContractedRate
from linkwatch.ports import LinkFigures
from linkwatch.runtime.events import Vouched
from linkwatch.runtime.figures import figures
from linkwatch.runtime.step import step
from support.drive import Drive
from support.province import (
    MORNING,
    NIGHT,
    VNPT,
    WAN,
    ZONE,
    conference,
    inventory,
    moment,
    sample,
)

NORMAL = ContractedRate(20_000_000, 20_000_000)
MAY = Span(datetime(2021, 5, 9, tzinfo=ZONE), datetime(2021, 6, 1, tzinfo=ZONE))
BOOST = ContractedRate(100_000_000, 20_000_000, MAY, "675/STTTT-BCVT", BoostState.DELIVERED)


def boosted(
    whole: Inventory, state: BoostState = BoostState.DELIVERED, receive: int | None = 100_000_000
) -> Inventory:
    promised = replace(BOOST, state=state, receive=receive)
    link = replace(whole.links[WAN], contracted=(NORMAL, promised))
    return replace(whole, links={**whole.links, WAN: link})


def some_loss(sent: float) -> float | None:
    """One probe in ten gets no reply."""
    return None if sent % 10 == 0 else 0.010


def carry(
    drive: Drive,
    megabits: float,
    minutes: float,
    probes: Callable[[float], float | None] = lambda _: 0.010,
) -> list[Notification]:
    """Receive at this rate for so long, while probes are answered so."""
    reading = sample(WAN, receive=megabits * 1e6, transmit=1e6)
    return drive.poll(reading, times=int(minutes * 6), chu_se_wan=probes)


def shown(drive: Drive) -> LinkFigures:
    return figures(drive.state, WAN, moment(drive.start, drive.seconds).wall)


def proof(drive: Drive) -> Proof | None:
    boost = shown(drive).boost
    return boost.proofs[Direction.RECEIVE] if boost else None


def of(drive: Drive, kind: Kind) -> Incident:
    found = [i for i in drive.incidents.values() if i.kind is kind]
    assert len(found) == 1, drive.incidents
    return found[0]


def vouch(drive: Drive, megabits: int) -> list[Notification]:
    """Somebody measures the line by hand."""
    now = moment(drive.start, drive.seconds)
    before = len(drive.notifications)
    word = Evidence(
        *(WAN, EvidenceKind.CONFIRMED, now.wall, megabits * 1_000_000, None, "đo tốc độ", "Trực TT")
    )
    drive.records.extend(step(drive.state, Vouched(word), now).records)
    return drive.notifications[before:]


# --- proven


def test_until_a_boost_is_proven_the_lower_rate_counts_and_both_are_shown() -> None:
    drive = Drive(boosted(inventory()), NIGHT)
    carry(drive, 12, minutes=11)
    now = shown(drive)
    assert (now.utilisation_receive, now.contracted_receive) == (0.6, 20_000_000)
    assert now.boost is not None
    assert now.boost.promised.receive == 100_000_000
    assert proof(drive) is Proof.UNPROVEN
    assert now.metering is Metering.MEASURED


def test_a_peak_above_the_old_rate_proves_it_and_the_load_is_measured_anew() -> None:
    drive = Drive(boosted(inventory()), NIGHT)
    carry(drive, 60, minutes=11)
    now = shown(drive)
    assert (now.utilisation_receive, now.contracted_receive) == (0.6, 100_000_000)
    assert proof(drive) is Proof.PROVEN


def test_a_line_that_carries_more_than_the_lower_rate_is_not_full_of_it() -> None:
    early = MORNING.replace(minute=40)
    drive = Drive(boosted(inventory(conferences=(conference(),))), early)
    carry(drive, 19, minutes=2)
    assert of(drive, Kind.UTILISATION).status is Status.OPEN
    carry(drive, 60, minutes=2)
    assert proof(drive) is Proof.UNPROVEN
    assert of(drive, Kind.UTILISATION).status is Status.RESOLVED
    carry(drive, 60, minutes=10)
    assert (proof(drive), drive.state.judges[WAN].state) == (Proof.PROVEN, LinkState.UP)


def test_a_line_that_fills_what_was_promised_is_full_proven_or_not() -> None:
    drive = Drive(boosted(inventory(conferences=(conference(),))), MORNING)
    told = carry(drive, 95, minutes=4)
    assert of(drive, Kind.UTILISATION).measured == {Metric.UTILISATION: 0.95}
    assert "chiều xuống 95/100 Mbit/s (95 %), ngưỡng 90 %" in told[0].text


def test_what_was_proven_is_known_after_a_restart() -> None:
    before = Drive(boosted(inventory()), NIGHT)
    carry(before, 60, minutes=11)
    after = before.restart(before.state.inventory, 5.0)
    assert (proof(after), shown(after).contracted_receive) == (Proof.PROVEN, 100_000_000)


def test_a_maximum_counts_as_the_old_rate_until_proven_and_then_has_no_number() -> None:
    drive = Drive(boosted(inventory(), receive=None), NIGHT)
    carry(drive, 12, minutes=11)
    assert shown(drive).contracted_receive == 20_000_000
    carry(drive, 60, minutes=11)
    assert shown(drive).contracted_receive is None
    assert shown(drive).utilisation_receive is None
    assert shown(drive).metering is Metering.MEASURED


# --- not delivered


def test_a_plateau_at_the_old_rate_with_losses_is_a_boost_not_delivered() -> None:
    drive = Drive(boosted(inventory()), NIGHT)
    carry(drive, 12, minutes=5)
    told = carry(drive, 19.6, minutes=25, probes=some_loss)
    incident = of(drive, Kind.BANDWIDTH_NOT_EXPANDED)
    assert (incident.priority, incident.reason) == (Priority.P3, "plateau")
    assert (incident.carrier, proof(drive)) == (VNPT, Proof.CONTRADICTED)
    mine = [m for m in told if m.incident == incident.id]
    assert {m.contact for m in mine} == {"vnpt-huyen"}
    first, *rest = mine[0].text.split("\n")
    assert first.startswith("[P3] CHƯA MỞ RỘNG BĂNG THÔNG – Điểm cầu chu-se – WAN VNPT")
    assert (
        "Đo: chiều xuống chỉ đạt 19,6 Mbit/s rồi mất gói; cần 100 Mbit/s (675/STTTT-BCVT)." in rest
    )


def test_a_full_line_without_losses_says_nothing_of_the_boost() -> None:
    drive = Drive(boosted(inventory()), NIGHT)
    carry(drive, 19.6, minutes=30)
    assert proof(drive) is Proof.UNPROVEN
    assert {i.kind for i in drive.incidents.values()} == {Kind.UTILISATION}


def test_the_day_before_a_conference_it_is_urgent_and_told_as_raised() -> None:
    eve = datetime(2021, 5, 14, 7, 0, tzinfo=ZONE)
    drive = Drive(boosted(inventory(conferences=(conference(),))), eve)
    carry(drive, 19.6, minutes=25, probes=some_loss)
    assert of(drive, Kind.BANDWIDTH_NOT_EXPANDED).priority is Priority.P3
    told = carry(drive, 5, minutes=10)
    incident = of(drive, Kind.BANDWIDTH_NOT_EXPANDED)
    assert (incident.priority, incident.conference) == (Priority.P2, "txct")
    assert {m.event for m in told if m.incident == incident.id} == {IncidentEvent.RAISED}


def test_a_mere_promise_is_asked_after_when_a_conference_is_a_day_away() -> None:
    eve = datetime(2021, 5, 14, 7, 25, tzinfo=ZONE)
    whole = boosted(inventory(conferences=(conference(),)), BoostState.PROMISED)
    drive = Drive(whole, eve)
    carry(drive, 5, minutes=4)
    assert drive.incidents == {}
    told = carry(drive, 5, minutes=4)
    incident = of(drive, Kind.BANDWIDTH_NOT_EXPANDED)
    assert (incident.priority, incident.reason) == (Priority.P2, "promised")
    assert (
        "Đo: chưa có bằng chứng đã mở rộng từ 20 Mbit/s lên 100 Mbit/s (675/STTTT-BCVT); "
        "tình trạng ghi nhận: đã hứa." in told[0].text.split("\n")
    )


def test_a_conference_elsewhere_asks_after_nothing() -> None:
    other = replace(conference(), sites=())
    whole = boosted(inventory(conferences=(other,)), BoostState.PROMISED)
    drive = Drive(whole, MORNING)
    carry(drive, 5, minutes=4)
    assert drive.incidents == {}


def test_a_boost_that_is_proven_ends_the_incident() -> None:
    drive = Drive(boosted(inventory(conferences=(conference(),)), BoostState.PROMISED), MORNING)
    carry(drive, 5, minutes=4)
    told = carry(drive, 60, minutes=11)
    assert of(drive, Kind.BANDWIDTH_NOT_EXPANDED).status is Status.RESOLVED
    over = [m for m in told if m.incident == of(drive, Kind.BANDWIDTH_NOT_EXPANDED).id]
    assert over[0].text.startswith("[P2] KẾT THÚC (CHƯA MỞ RỘNG BĂNG THÔNG)")


def test_a_word_of_the_operators_ends_it_too_and_survives_a_restart() -> None:
    whole = boosted(inventory(conferences=(conference(),)), BoostState.PROMISED)
    before = Drive(whole, MORNING)
    carry(before, 5, minutes=4)
    told = vouch(before, 80)
    assert {m.event for m in told} == {IncidentEvent.RESOLVED}
    after = before.restart(whole, 5.0)
    carry(after, 12, minutes=2)
    assert (proof(after), shown(after).contracted_receive) == (Proof.PROVEN, 80_000_000)
    assert shown(after).utilisation_receive == pytest.approx(0.15)
    assert list(after.state.open_incidents()) == []


def test_the_end_of_the_boost_ends_it() -> None:
    last_day = datetime(2021, 5, 31, 23, 20, tzinfo=ZONE)
    drive = Drive(boosted(inventory()), last_day)
    carry(drive, 19.6, minutes=25, probes=some_loss)
    assert of(drive, Kind.BANDWIDTH_NOT_EXPANDED).status is Status.OPEN
    carry(drive, 5, minutes=17)
    assert of(drive, Kind.BANDWIDTH_NOT_EXPANDED).status is Status.RESOLVED


def test_a_boost_struck_from_the_contract_withdraws_it() -> None:
    drive = Drive(boosted(inventory()), NIGHT)
    carry(drive, 19.6, minutes=25, probes=some_loss)
    drive.reload(inventory())
    assert of(drive, Kind.BANDWIDTH_NOT_EXPANDED).status is Status.WITHDRAWN


# --- not taken back


def test_more_than_the_normal_rate_after_the_boost_is_kept_on_record_and_wakes_nobody() -> None:
    last_day = datetime(2021, 5, 31, 23, 45, tzinfo=ZONE)
    drive = Drive(boosted(inventory(language="en")), last_day)
    carry(drive, 60, minutes=14)
    assert (drive.incidents, proof(drive)) == ({}, Proof.PROVEN)
    carry(drive, 60, minutes=12)
    incident = of(drive, Kind.BANDWIDTH_NOT_REVERTED)
    assert (incident.priority, incident.direction) == (Priority.P4, Direction.RECEIVE)
    assert [m for m in drive.notifications if m.incident == incident.id] == []
    assert (shown(drive).contracted_receive, shown(drive).utilisation_receive) == (20_000_000, 3.0)


def test_it_is_over_a_week_after_it_was_last_seen() -> None:
    first_day = datetime(2021, 6, 1, 8, 0, tzinfo=ZONE)
    drive = Drive(boosted(inventory()), first_day)
    carry(drive, 60, minutes=11)
    assert of(drive, Kind.BANDWIDTH_NOT_REVERTED).status is Status.OPEN
    drive.step_clock(timedelta(days=7).total_seconds())
    drive.run(70)
    assert of(drive, Kind.BANDWIDTH_NOT_REVERTED).status is Status.RESOLVED


def test_a_line_taken_back_in_time_is_no_news() -> None:
    last_day = datetime(2021, 5, 31, 23, 45, tzinfo=ZONE)
    drive = Drive(boosted(inventory()), last_day)
    carry(drive, 60, minutes=14)
    carry(drive, 12, minutes=20)
    assert drive.incidents == {}


# --- the month


def test_the_months_load_goes_on_after_a_restart() -> None:
    before = Drive(inventory(), NIGHT)
    carry(before, 12, minutes=65)
    p95 = shown(before).p95_receive
    assert p95 == pytest.approx(12e6, rel=0.02)
    after = before.restart(before.state.inventory, 5.0)
    assert shown(after).p95_receive == p95
