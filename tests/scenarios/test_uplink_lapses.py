"""Nothing comes back through our uplink for a moment, less than makes it dead."""

import pytest

from linkwatch.model.finding import Kind, LinkState
from linkwatch.model.ids import LinkId
from support.province import MORNING
from support.towns import OWN_INET, Towns, line, towns

START = 20.0


def province(fate: "Lapses", interval: float = 1.0) -> Towns:
    return Towns(towns(8, interval=interval, meeting=True), MORNING, fate)


class Lapses:
    """`count` of them, each `lasts` s long and `every` s after the one before; one line that is
    dead from `dies` on, as well.
    """

    def __init__(
        self, lasts: float, count: int = 1, every: float = 6.0, dies: float | None = None
    ) -> None:
        self.starts = [START + number * every for number in range(count)]
        self.lasts, self.dies = lasts, dies

    def __call__(self, link: LinkId, sent: float) -> float | None:
        if self.dies is not None and link == line(3, "viettel") and sent >= self.dies:
            return None
        ours = any(at <= sent < at + self.lasts for at in self.starts)
        return None if ours and not link.endswith("wan") else 0.012


@pytest.mark.parametrize("phase", [0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9])
@pytest.mark.parametrize("lasts", [0.45, 0.6, 0.75])
def test_one_lapse_is_told_to_nobody_and_nothing_is_down_for_it(lasts: float, phase: float) -> None:
    fate = Lapses(lasts)
    fate.starts[0] += phase
    whole = province(fate)
    assert not whole.run(START)
    shown: set[LinkState] = set()
    while whole.seconds < START + 5:
        whole.run(0.1)
        shown.update(whole.states().values())
    whole.run(60.0)
    assert not whole.told
    assert shown == {LinkState.UP}


@pytest.mark.parametrize("lasts", [0.5, 0.75])
def test_lapses_that_go_on_are_loss_of_our_uplink_and_of_no_line(lasts: float) -> None:
    whole = province(Lapses(lasts, count=20))
    told = whole.run(START + 120)
    assert {i.kind for i in whole.incidents.values()} == {Kind.UPLINK_DEGRADED}
    assert {i.subject.id for i in whole.incidents.values()} == {OWN_INET}
    assert told[0].at < START + 40


@pytest.mark.parametrize("after", [-0.4, 0.0, 0.5, 0.8])
def test_a_line_that_dies_with_a_lapse_is_told_all_the_same(after: float) -> None:
    whole = province(Lapses(0.9, dies=START + after))
    told = whole.run(START + 30)
    assert {i.links for i in whole.incidents.values()} == {(line(3, "viettel"),)}
    assert told[0].at < START + 0.9 + 2.0
