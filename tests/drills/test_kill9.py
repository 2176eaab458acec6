"""Five kills; `python -m benchmarks.kill9` has fifty, and says how soon the daemon is back."""

from pathlib import Path

import pytest

from support.kills import battlefield
from support.netns import requires_root
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd]


@pytest.mark.parametrize("seed", [9])
def test_nothing_is_lost_and_nothing_told_twice_but_for_a_kill(tmp_path: Path, seed: int) -> None:
    with battlefield(tmp_path, seed, failing=0.1) as kills:
        outcome = kills.run(5)
    assert outcome.faults == []
    assert len(outcome.kills) == 5
    assert outcome.notifications >= 10
    assert outcome.gateway.taken == outcome.notifications + outcome.duplicates
