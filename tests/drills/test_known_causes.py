"""One fault, one page: a district cut, a power cut, a parent back first, two at once; real packets.

What opens, and who is told of what, exactly; how soon is for `benchmarks.causes` to say.
"""

from pathlib import Path

from support.known_faults import district_cut, line_cut, parent_back_first, power_cut, two_at_once
from support.known_province import communes, inet
from support.known_run import live_through
from support.netns import requires_root

pytestmark = [requires_root]

FIRST, APART = 20.0, 9.0
"""s: there is time for the daemon to start, and between the faults; each has its own district."""


def test_each_fault_is_told_once_and_to_those_whose_it_is(tmp_path: Path) -> None:
    both = FIRST + 2 * APART
    faults = [
        parent_back_first("h1", FIRST),
        district_cut("h2", FIRST + APART),
        two_at_once(power_cut(communes("h4")[0], both), line_cut(inet(communes("h6")[0]), both)),
    ]
    lived = live_through(tmp_path, faults)
    assert lived.wrong == []
    assert len(lived.told) == sum(len(fault.due) for fault in faults)
