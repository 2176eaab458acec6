"""Whether this host can turn names into addresses."""

from datetime import timedelta

import pytest

from linkwatch.judge.names import NamesJudge
from linkwatch.model.finding import Kind
from linkwatch.model.thresholds import Severity
from support.province import NIGHT, moment


def said(*looks: bool) -> list[tuple[int, Severity, Kind | None]]:
    """What is said at which of the looks, a minute apart."""
    judge = NamesJudge()
    return [
        (number, finding.severity, finding.kind)
        for number, look in enumerate(looks)
        for finding in judge.take(look, moment(NIGHT, 60.0 * number))
    ]


def test_three_failures_after_it_has_worked_are_a_fault_and_one_answer_ends_it() -> None:
    assert said(True, False, False, False, False, True) == [
        (3, Severity.WARNING, Kind.RESOLVER_DOWN),
        (5, Severity.OK, None),
    ]


@pytest.mark.parametrize("looks", [(True, False, False, True, False, False), (False,) * 9])
def test_fewer_are_none_nor_what_has_never_worked(looks: tuple[bool, ...]) -> None:
    assert said(*looks) == []


def test_it_began_with_the_first_failure() -> None:
    judge = NamesJudge()
    judge.take(True, moment(NIGHT, 0.0))
    found = [judge.take(False, moment(NIGHT, 60.0 * n)) for n in (1, 2, 3)]
    assert found[2][0].started_at - NIGHT == timedelta(seconds=60)


def test_a_restart_goes_on_with_it() -> None:
    judge = NamesJudge()
    judge.take(True, moment(NIGHT, 0.0))
    standing = [judge.take(False, moment(NIGHT, 60.0 * n)) for n in (1, 2, 3)][2][0]
    later = NamesJudge()
    later.restore(standing)
    assert later.take(False, moment(NIGHT, 300.0)) == []
    assert [f.severity for f in later.take(True, moment(NIGHT, 360.0))] == [Severity.OK]
