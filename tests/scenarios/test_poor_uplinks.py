"""Our own uplink loses a part of everything, or is full: whose packets those are is chance."""

from random import Random

import pytest

from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.ids import LinkId
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity
from linkwatch.runtime.uplink_doubt import LOSS_WAITS, patience
from support.province import MORNING, moment
from support.towns import OWN_INET, Towns, line, towns

START = 20.0
DEAD = line(7, "viettel")
LOSSES = pytest.mark.parametrize("loss", [0.05, 0.1, 0.2, 0.35, 0.5])
DELAYS = pytest.mark.parametrize("rtt", [0.012, 0.47], ids=["quick", "full"])


class PoorUplink:
    """From `START` on each packet over the Internet is lost with the same chance, or takes `rtt`.

    One line is dead from `dies` on.
    """

    def __init__(self, loss: float, rtt: float, seed: int, dies: float | None = None) -> None:
        self.loss, self.rtt, self.dies = loss, rtt, dies
        self.draw = Random(seed)  # noqa: S311 chance of a test, the same each time
        self.known: dict[tuple[LinkId, float], float | None] = {}

    def __call__(self, link: LinkId, sent: float) -> float | None:
        if self.dies is not None and link == DEAD and sent >= self.dies:
            return None
        if link.endswith("wan") or sent < START:
            return 0.012
        if (link, sent) not in self.known:
            rtt = None if self.draw.random() < self.loss else self.rtt + self.draw.random() / 100
            self.known[link, sent] = rtt
        return self.known[link, sent]


@pytest.mark.parametrize(
    ("loss", "rtt", "seed"),
    [
        (0.2, 0.012, 9),  # four are lost in a row in the first second
        (0.35, 0.012, 23),
        (0.05, 0.47, 23),  # three are late and two lost: down, as long as five answers take
        (0.05, 0.012, 24),  # most of the others have lost something, but sooner
    ],
)
def test_the_unluckiest_line_of_many_is_not_told(loss: float, rtt: float, seed: int) -> None:
    province = Towns(towns(30, meeting=True), MORNING, PoorUplink(loss, rtt, seed))
    told = province.run(START + 45)
    assert {province.incidents[str(x.message.incident)].subject.id for x in told} == {OWN_INET}


@LOSSES
@DELAYS
@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_poor_uplink_loses_is_told_of_it_alone(loss: float, rtt: float, seed: int) -> None:
    province = Towns(towns(30, meeting=True), MORNING, PoorUplink(loss, rtt, seed))
    told = province.run(START + 45)
    about = {province.incidents[str(x.message.incident)].subject.id for x in told}
    assert about == {OWN_INET}
    assert told[0].at < START + (8 if loss >= 0.2 else 40)


@LOSSES
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_line_is_told_where_all_are_asked_every_five_seconds(loss: float, seed: int) -> None:
    province = Towns(towns(30, interval=5.0), MORNING, PoorUplink(loss, 0.012, seed))
    province.run(START + 240)
    own = [i for i in province.incidents.values() if i.caused_by is None]
    assert {i.subject.id for i in own} <= {OWN_INET}
    assert {i.subject.id for i in province.incidents.values() if i.announced_at} == {OWN_INET}


@LOSSES
@DELAYS
def test_a_line_that_dies_behind_it_is_told_all_the_same(loss: float, rtt: float) -> None:
    died = START + 30
    province = Towns(towns(30, meeting=True), MORNING, PoorUplink(loss, rtt, 3, died))
    told = province.run(died + 30)
    opened = [x for x in told if x.message.event == "opened"]
    kinds = {i.subject.id: i.kind for i in province.incidents.values() if i.caused_by is None}
    assert kinds[LinkId(DEAD)] is Kind.DOWN
    assert set(kinds) == {OWN_INET, DEAD}
    assert died < max(x.at for x in opened) < died + 25


def test_whether_it_is_in_doubt_is_asked_from_when_on_each_line_is_bad() -> None:
    def fate(link: LinkId, sent: float) -> float | None:
        is_hit = not link.endswith("wan") and START <= sent < START + 1
        return None if is_hit and link not in (line(0, "vnpt"), line(0, "viettel")) else 0.012

    province = Towns(towns(30), MORNING, fate)
    province.run(START + 9)
    now = moment(MORNING, START + 9)
    watch = province.state.uplinks.watches[OWN_INET]

    def waits(kind: Kind, since: float) -> float:
        began = moment(MORNING, since).wall
        subject = Subject.of_link(DEAD)
        found = Finding(subject, Family.QUALITY, Severity.CRITICAL, began, kind, {}, {})
        return patience(province.state, watch, found, now)

    assert waits(Kind.LOSS, START) == LOSS_WAITS
    assert waits(Kind.DOWN, START + 8) == 0.0
    assert waits(Kind.LOSS, START) == LOSS_WAITS
