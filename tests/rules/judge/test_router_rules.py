"""A router that does not answer: its own fault, its line's, or ours."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from linkwatch.judge.reach import Reach
from linkwatch.judge.router import RouterJudge
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.ids import RouterId
from linkwatch.model.measurement import PollOutcome, PollResult
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity

ROUTER = RouterId("chu-se-r1")
START = datetime(2021, 5, 15, 1, 0, tzinfo=UTC)
OK, TIMEOUT, CLOSED = PollOutcome.OK, PollOutcome.TIMEOUT, PollOutcome.PORT_CLOSED
WRONG_KEY, OURS = PollOutcome.WRONG_KEY, PollOutcome.LOCAL_FAILURE
SITE, CARRIER, NOWHERE, UNTOLD, UNSEEN = Reach


def told(polls: Sequence[tuple[PollOutcome, Sequence[Reach]]]) -> list[str]:
    """What is said at each poll that brings news, as `number kind reason`."""
    judge, said = RouterJudge(ROUTER), []
    for number, (outcome, reaches) in enumerate(polls, start=1):
        result = PollResult(ROUTER, START + timedelta(seconds=30 * number), outcome)
        for finding in judge.take(result, reaches):
            assert (finding.family, finding.subject) == (Family.ROUTER, Subject.of_router(ROUTER))
            words = (number, finding.kind or "well", finding.reason or "")
            said.append(" ".join(map(str, words)).strip())
    return said


TABLE = [
    ("answers", [(OK, [SITE])] * 4, []),
    ("two silent polls are lost packets", [(OK, [SITE]), *[(TIMEOUT, [SITE])] * 2], []),
    ("three are not", [(TIMEOUT, [SITE])] * 3, ["3 snmp_unreachable timeout"]),
    ("answers again", [*[(TIMEOUT, [UNTOLD])] * 3, (OK, [UNTOLD])],
     ["3 snmp_unreachable timeout", "4 well"]),
    ("a closed port", [(CLOSED, [SITE])] * 3, ["3 snmp_unreachable port_closed"]),
    ("a router without links", [(TIMEOUT, [])] * 3, ["3 snmp_unreachable timeout"]),
    ("our own failures do not count", [(TIMEOUT, [SITE]), *[(OURS, [SITE])] * 9,
     (TIMEOUT, [SITE])], []),
    ("a dead line explains its silence", [(TIMEOUT, [NOWHERE])] * 9, []),
    ("or one of two", [(TIMEOUT, [NOWHERE, UNTOLD])] * 9, []),
    ("so does our own blindness", [(TIMEOUT, [UNSEEN, UNTOLD])] * 9, []),
    ("a dead line does not explain a wrong key", [(WRONG_KEY, [NOWHERE])] * 3,
     ["3 snmp_unreachable wrong_key"]),
    ("the carrier's end answers, the site does not", [(OK, [SITE]), (TIMEOUT, [CARRIER])],
     ["2 router_down"]),
    ("by one line; the other is dead", [(OK, [SITE]), (TIMEOUT, [CARRIER, NOWHERE])],
     ["2 router_down"]),
    ("one that never answered may only refuse to", [(TIMEOUT, [CARRIER])] * 4,
     ["3 snmp_unreachable timeout"]),
    ("a wrong key is an answer", [(WRONG_KEY, [SITE]), (TIMEOUT, [CARRIER])], ["2 router_down"]),
    ("by the other it lives", [(TIMEOUT, [CARRIER, SITE])] * 2, []),
    ("it is not dead while SNMP answers", [(OK, [CARRIER])] * 3, []),
    ("nor while its host refuses", [(CLOSED, [CARRIER])] * 2, []),
    ("pings answer again before SNMP does", [(OK, [SITE]), *[(TIMEOUT, [CARRIER])] * 4,
     (TIMEOUT, [SITE]), (OK, [SITE])],
     ["2 router_down", "6 snmp_unreachable timeout", "7 well"]),
    ("a short death is over when pings answer", [(OK, [SITE]), (TIMEOUT, [CARRIER]),
     (TIMEOUT, [SITE])], ["2 router_down", "3 well"]),
    ("another outcome is told when it has settled", [*[(TIMEOUT, [SITE])] * 3,
     *[(WRONG_KEY, [SITE])] * 3], ["3 snmp_unreachable timeout", "6 snmp_unreachable wrong_key"]),
    ("one that changes at each poll is not", [(TIMEOUT, [SITE]), (WRONG_KEY, [SITE])] * 5,
     ["3 snmp_unreachable timeout"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("polls", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_row(polls: list[tuple[PollOutcome, list[Reach]]], expected: list[str]) -> None:
    assert told(polls) == expected


def test_it_began_with_the_first_silent_poll() -> None:
    judge = RouterJudge(ROUTER)
    found = []
    for number in range(3):
        at = START + timedelta(seconds=30 * number)
        found += judge.take(PollResult(ROUTER, at, TIMEOUT), [SITE])
    assert [(f.started_at, f.severity) for f in found] == [(START, Severity.WARNING)]


@pytest.mark.parametrize("kind", [Kind.SNMP_UNREACHABLE, Kind.ROUTER_DOWN])
def test_after_a_restart_it_stands_until_it_answers(kind: Kind) -> None:
    judge = RouterJudge(ROUTER)
    reason = "wrong_key" if kind is Kind.SNMP_UNREACHABLE else None
    before = Finding(
        Subject.of_router(ROUTER), Family.ROUTER, Severity.WARNING, START, kind, reason=reason
    )
    judge.restore(before)
    assert judge.take(PollResult(ROUTER, START, TIMEOUT), [NOWHERE]) == []
    assert judge.is_silent
    (over,) = judge.take(PollResult(ROUTER, START, OK), [SITE])
    assert over.severity is Severity.OK
    assert not judge.is_silent
