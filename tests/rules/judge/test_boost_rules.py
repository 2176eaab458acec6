"""What proves a boost, what contradicts it, and which rate counts meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from linkwatch.judge.boost import BoostJudge, Refusal, why_not
from linkwatch.judge.slots import Slot
from linkwatch.model.boost import Evidence, EvidenceKind, Proof
from linkwatch.model.finding import Direction, Family, Kind
from linkwatch.model.moment import Span
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity
from linkwatch.model.topology import BoostState, ContractedRate, Link
from support.province import WAN, inventory

RECEIVE, TRANSMIT = Direction
MBIT = 1_000_000
FROM, UNTIL = datetime(2021, 5, 9, tzinfo=UTC), datetime(2021, 6, 1, tzinfo=UTC)
NORMAL = ContractedRate(20 * MBIT, 20 * MBIT)
PROMISED = ContractedRate(100 * MBIT, 20 * MBIT, Span(FROM, UNTIL), "675", BoostState.PROMISED)
SUBJECT = Subject.of_link(WAN)
DAY = datetime(2021, 5, 15, 8, 0, tzinfo=UTC)
AFTER = datetime(2021, 6, 2, 8, 0, tzinfo=UTC)


def link(*contracted: ContractedRate) -> Link:
    return replace(inventory().links[WAN], contracted=contracted or (NORMAL, PROMISED))


def slot(number: int, megabits: float, *, lossy: bool = False, start: datetime = DAY) -> Slot:
    """The load in receive direction; 1 Mbit/s is sent."""
    begin = start + timedelta(minutes=5 * number)
    rates = {RECEIVE: megabits * MBIT, TRANSMIT: 1.0 * MBIT}
    end = begin + timedelta(minutes=5)
    return Slot(begin, end, rates, dict.fromkeys(Direction, lossy), 1000 * MBIT)


def word(megabits: int, at: datetime = DAY, direction: Direction | None = None) -> Evidence:
    return Evidence(WAN, EvidenceKind.CONFIRMED, at, megabits * MBIT, direction, "đo", "Trực")


def counted(judge: BoostJudge, of: Link, at: datetime) -> tuple[float | None, ...]:
    """Mbit/s, receive and transmit."""
    rates = judge.contract(of, at).counted
    return tuple(None if rates[d] is None else (rates[d] or 0) / MBIT for d in Direction)


Load = list[tuple[float, bool]]
CALM, LOSSY = False, True
TABLE = [
    ("low traffic proves nothing", [(12, CALM)] * 20, [], Proof.UNPROVEN, 20),
    ("nor does a full line without losses", [(19.9, CALM)] * 20, [], Proof.UNPROVEN, 20),
    ("nor a little above the normal rate", [(21.9, CALM)] * 20, [], Proof.UNPROVEN, 20),
    ("more than the normal rate allows", [(12, CALM), (30, CALM)], ["2 peak"], Proof.PROVEN, 100),
    ("it is told once", [(30, CALM)] * 9, ["1 peak"], Proof.PROVEN, 100),
    ("losses at low load", [(5, LOSSY)] * 9, [], Proof.UNPROVEN, 20),
    ("one full slot with losses", [(19.5, LOSSY), (12, CALM)], [], Proof.UNPROVEN, 20),
    ("two in a row", [(19.5, LOSSY)] * 2, ["2 plateau"], Proof.CONTRADICTED, 20),
    ("two apart", [(19.5, LOSSY), (12, CALM), (19.5, LOSSY)], [], Proof.UNPROVEN, 20),
    ("it stays contradicted", [*[(19.5, LOSSY)] * 2, *[(5, CALM)] * 9], ["2 plateau"],
     Proof.CONTRADICTED, 20),
    ("until it is proven", [*[(19.5, LOSSY)] * 2, (50, CALM)], ["2 plateau", "3 peak"],
     Proof.PROVEN, 100),
    ("delivered, then taken away", [(50, CALM), *[(19.5, LOSSY)] * 2], ["1 peak", "3 plateau"],
     Proof.CONTRADICTED, 20),
    ("losses of a line that runs faster", [(50, LOSSY)] * 9, ["1 peak"], Proof.PROVEN, 100),
]  # fmt: skip


@pytest.mark.parametrize(
    ("load", "traces", "proof", "rate"), [r[1:] for r in TABLE], ids=[r[0] for r in TABLE]
)
def test_row(load: Load, traces: list[str], proof: Proof, rate: int) -> None:
    judge, mine = BoostJudge(), link()
    found = [
        f"{number} {trace.kind}"
        for number, (megabits, lossy) in enumerate(load, start=1)
        for trace in judge.take(slot(number, megabits, lossy=lossy), mine)
    ]
    boost = judge.boost(mine, DAY)
    assert boost is not None
    assert (found, boost.proofs) == (traces, {RECEIVE: proof})
    assert counted(judge, mine, DAY) == (rate, 20)


# --- which rate counts


@pytest.mark.parametrize(
    ("contracted", "at", "expected"),
    [
        pytest.param((NORMAL,), DAY, (20, 20), id="no boost"),
        pytest.param((NORMAL, PROMISED), AFTER, (20, 20), id="over"),
        pytest.param((NORMAL, PROMISED), DAY, (20, 20), id="unproven"),
        pytest.param(
            (NORMAL, replace(PROMISED, receive=10 * MBIT, transmit=5 * MBIT)), DAY, (10, 5),
            id="a reduction needs no proof",
        ),
        pytest.param(
            (NORMAL, replace(PROMISED, receive=None, transmit=None)), DAY, (20, 20), id="to the max"
        ),
        pytest.param(
            (ContractedRate(None, None), PROMISED), DAY, (100, 20), id="a number for a maximum"
        ),
        pytest.param((NORMAL, replace(PROMISED, state=BoostState.REFUSED)), DAY, (20, 20),
                     id="refused"),
    ],
)  # fmt: skip
def test_the_lower_rate_counts(
    contracted: tuple[ContractedRate, ...], at: datetime, expected: tuple[int, ...]
) -> None:
    assert counted(BoostJudge(), link(*contracted), at) == expected


def test_a_maximum_that_is_proven_has_no_number_until_somebody_names_one() -> None:
    mine = link(NORMAL, replace(PROMISED, receive=None))
    judge = BoostJudge()
    judge.take(slot(1, 60), mine)
    assert counted(judge, mine, DAY) == (None, 20)
    judge.note(word(200, DAY + timedelta(hours=1)))
    assert counted(judge, mine, DAY) == (200, 20)


def test_a_word_counts_up_to_what_it_says_and_no_more_than_the_contract() -> None:
    judge, mine = BoostJudge(), link()
    judge.note(word(60))
    assert counted(judge, mine, DAY) == (60, 20)
    judge.note(word(500, DAY + timedelta(minutes=1)))
    assert counted(judge, mine, DAY) == (100, 20)


def test_traffic_above_a_word_proves_the_rest() -> None:
    judge, mine = BoostJudge(), link()
    judge.note(word(40))
    assert [t.kind for t in judge.take(slot(1, 43), mine)] == []
    assert [t.kind for t in judge.take(slot(2, 60), mine)] == [EvidenceKind.PEAK]
    assert counted(judge, mine, DAY) == (100, 20)


def test_what_is_measured_after_a_word_counts_more() -> None:
    judge, mine = BoostJudge(), link()
    judge.note(word(100, DAY - timedelta(hours=1)))
    judge.take(slot(1, 19.5, lossy=True), mine)
    judge.take(slot(2, 19.5, lossy=True), mine)
    assert counted(judge, mine, DAY) == (20, 20)
    judge.note(word(100, DAY + timedelta(hours=1)))
    assert counted(judge, mine, DAY) == (100, 20)


def test_traces_of_another_time_do_not_count() -> None:
    judge, mine = BoostJudge(), link()
    judge.note(word(100, FROM - timedelta(seconds=1)))
    assert counted(judge, mine, DAY) == (20, 20)


def test_a_trace_dated_by_a_wrong_clock_hides_no_later_one() -> None:
    judge, mine = BoostJudge(), link()
    judge.note(word(100, UNTIL + timedelta(days=9000)))
    assert counted(judge, mine, DAY) == (20, 20)
    judge.note(word(100))
    assert counted(judge, mine, DAY) == (100, 20)


def test_a_slot_that_the_boost_does_not_fill_proves_nothing() -> None:
    judge, mine = BoostJudge(), link()
    begin = FROM - timedelta(minutes=2)
    assert judge.take(slot(0, 90, start=begin), mine) == []
    assert [t.kind for t in judge.take(slot(1, 90, start=begin), mine)] == [EvidenceKind.PEAK]


def test_a_faster_port_is_a_hint_and_no_proof() -> None:
    judge, mine = BoostJudge(), link()
    slow, fast = (replace(slot(n, 5), line_rate=rate * MBIT) for n, rate in ((1, 100), (2, 1000)))
    judge.take(slow, mine)
    (trace,) = judge.take(fast, mine)
    assert (trace.kind, trace.rate) == (EvidenceKind.PORT_SPEED, 1000 * MBIT)
    assert judge.take(replace(slot(3, 5), line_rate=100 * MBIT), mine) == []
    boost = judge.boost(mine, DAY)
    assert boost is not None
    assert (boost.proofs[RECEIVE], boost.evidence) == (Proof.UNPROVEN, (trace,))


# --- a word that is refused


@pytest.mark.parametrize(
    ("megabits", "direction", "at", "expected"),
    [
        (100, None, DAY, None),
        (100, RECEIVE, DAY, None),
        (20, None, DAY, Refusal.NOT_ABOVE_NORMAL),
        (100, TRANSMIT, DAY, Refusal.NO_BOOST),
        (100, None, FROM - timedelta(seconds=1), Refusal.NO_BOOST),
        (100, None, UNTIL, Refusal.NO_BOOST),
    ],
)
def test_a_word_needs_a_boost_in_force(
    megabits: int, direction: Direction | None, at: datetime, expected: Refusal | None
) -> None:
    assert why_not(link(), megabits * MBIT, direction, at) is expected


# --- what is found wrong


def found(judge: BoostJudge, of: Link, at: datetime) -> tuple[str, str, str]:
    """Kind, direction and reason of the present word; all empty: nothing wrong."""
    finding = judge.finding(SUBJECT, of, at)
    assert (finding.family, finding.subject) == (Family.BANDWIDTH, SUBJECT)
    assert (finding.severity is Severity.OK) == (finding.kind is None)
    return (finding.kind or "", finding.direction or "", finding.reason or "")


NOTHING = ("", "", "")
PLATEAU = ("bandwidth_not_expanded", "receive", "plateau")


def test_a_plateau_is_a_boost_not_delivered_until_it_is_or_is_over() -> None:
    judge, mine = BoostJudge(), link()
    for number in (1, 2):
        judge.take(slot(number, 19.5, lossy=True), mine)
    assert found(judge, mine, DAY) == PLATEAU
    assert judge.finding(SUBJECT, mine, DAY).evidence == {
        "normal": 20e6,
        "promised": 100e6,
        "peak": 19.5e6,
    }
    assert found(judge, mine, UNTIL) == NOTHING
    judge.note(word(100, DAY + timedelta(hours=1)))
    assert found(judge, mine, DAY) == NOTHING


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (BoostState.REQUESTED, "requested"),
        (BoostState.PROMISED, "promised"),
        (BoostState.DELIVERED, None),
        (BoostState.REFUSED, None),
        (None, None),
    ],
)
def test_a_promise_alone_will_not_do_for_a_conference(
    state: BoostState | None, reason: str | None
) -> None:
    judge, mine = BoostJudge(), link(NORMAL, replace(PROMISED, state=state))
    assert found(judge, mine, DAY) == NOTHING
    assert judge.demand(mine, DAY) is (reason is not None)
    expected = ("bandwidth_not_expanded", "", reason) if reason else NOTHING
    assert found(judge, mine, DAY) == expected
    assert judge.demand(mine, DAY) is False
    judge.take(slot(1, 60), mine)
    assert found(judge, mine, DAY) == NOTHING


def test_a_demand_for_one_boost_is_none_for_the_next() -> None:
    later = replace(PROMISED, span=Span(UNTIL, UNTIL + timedelta(days=30)))
    judge, mine = BoostJudge(), link(NORMAL, PROMISED, later)
    judge.demand(mine, DAY)
    assert found(judge, mine, UNTIL) == NOTHING


@pytest.mark.parametrize(
    ("megabits", "expected"),
    [(50, ("bandwidth_not_reverted", "receive", "")), (21.9, NOTHING), (5, NOTHING)],
)
def test_traffic_that_only_a_boost_allows_after_it_was_over(
    megabits: float, expected: tuple[str, str, str]
) -> None:
    judge, mine = BoostJudge(), link()
    judge.take(slot(0, megabits, start=AFTER), mine)
    judge.take(slot(1, 2, start=AFTER), mine)
    assert found(judge, mine, AFTER + timedelta(minutes=10)) == expected


def test_it_counts_as_taken_back_a_week_after_it_was_last_seen() -> None:
    judge, mine = BoostJudge(), link()
    judge.take(slot(0, 50, start=AFTER), mine)
    judge.take(slot(0, 70, start=AFTER + timedelta(days=3)), mine)
    last = AFTER + timedelta(days=3, minutes=5)
    word_ = judge.finding(SUBJECT, mine, last)
    assert (word_.started_at, word_.evidence["peak"]) == (AFTER, 70e6)
    assert found(judge, mine, last + timedelta(days=6, hours=23)) != NOTHING
    assert found(judge, mine, last + timedelta(days=7)) == NOTHING


def test_the_slot_in_which_the_boost_ends_is_no_sign() -> None:
    judge, mine = BoostJudge(), link()
    judge.take(slot(0, 90, start=UNTIL - timedelta(minutes=2)), mine)
    assert found(judge, mine, UNTIL + timedelta(minutes=3)) == NOTHING


def test_a_link_that_was_never_boosted_may_carry_what_it_likes() -> None:
    judge, mine = BoostJudge(), link(NORMAL)
    judge.take(slot(0, 90), mine)
    assert found(judge, mine, DAY) == NOTHING


def test_a_refused_boost_cannot_be_taken_back() -> None:
    judge, mine = BoostJudge(), link(NORMAL, replace(PROMISED, state=BoostState.REFUSED))
    judge.take(slot(0, 90, start=AFTER), mine)
    assert found(judge, mine, AFTER) == NOTHING


def test_a_contract_raised_for_good_ends_it() -> None:
    judge, mine = BoostJudge(), link()
    judge.take(slot(0, 50, start=AFTER), mine)
    wider = link(ContractedRate(60 * MBIT, 60 * MBIT), PROMISED)
    assert found(judge, wider, AFTER + timedelta(minutes=5)) == NOTHING


@pytest.mark.parametrize("kind", [Kind.BANDWIDTH_NOT_EXPANDED, Kind.BANDWIDTH_NOT_REVERTED])
def test_after_a_restart_the_word_stands(kind: Kind) -> None:
    before, mine = BoostJudge(), link()
    at = DAY if kind is Kind.BANDWIDTH_NOT_EXPANDED else AFTER
    if kind is Kind.BANDWIDTH_NOT_EXPANDED:
        before.demand(mine, at)
    else:
        before.take(slot(0, 50, start=at), mine)
    standing = before.finding(SUBJECT, mine, at)
    assert standing.kind is kind
    after = BoostJudge()
    after.restore(standing, mine, at)
    again = after.finding(SUBJECT, mine, at)
    assert (again.kind, again.direction, again.reason) == (
        standing.kind,
        standing.direction,
        standing.reason,
    )
