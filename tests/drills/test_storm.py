"""Five hundred lines of one carrier fall within seconds, and come back; the daemon is killed."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from support.netns import requires_root
from support.outage import DISTRICTS, Outage, Told, laid_out

pytestmark = requires_root

LINKS = 500
TOLD = 90.0
"""s for everybody to hear: seconds where the machine is idle."""
OVER = 5.0


@contextmanager
def outage(home: Path, carriers: int) -> Iterator[Outage]:
    """Five hundred sites in a conference, all well."""
    with laid_out(home, LINKS, carriers) as ready:
        yield ready


def waiting(home: Path) -> int:
    """What the store says is yet to be told."""
    with closing(sqlite3.connect(home / "state" / "linkwatch.db")) as store:
        (count,) = store.execute("SELECT count(*) FROM untold").fetchone()
    return int(count)


def opened(told: Sequence[Told]) -> list[str]:
    """The incidents that these open."""
    return [one.incident for one in told if "opened" in one.events]


@pytest.mark.parametrize("carriers", [1, LINKS // 2], ids=["one carrier", "no common cause"])
def test_everybody_hears_of_each_line_in_a_few_messages_and_so_of_the_end(
    tmp_path: Path, carriers: int
) -> None:
    with outage(tmp_path, carriers) as played:
        played.change("delete", OVER)
        played.daemon.wait(TOLD, lambda: played.unnamed() == 0)
        played.change("add", OVER)
        played.daemon.wait(TOLD, lambda: played.unended() == 0)
        messages, told = played.messages(), played.told()

    keys = [str(received.body["key"]) for each in messages.values() for received in each]
    assert len(keys) == len(set(keys))
    for who, each in told.items():
        assert len(opened(each)) == len(set(opened(each))), "told twice"
        # The longest waits are what the rules say, however slow the machine.
        assert len(messages[who]) <= max(6, len(opened(each)) / 2)
    assert len(told) == (DISTRICTS + 2 if carriers > 1 else 2)


def test_what_waits_for_a_digest_outlives_the_daemon(tmp_path: Path) -> None:
    with outage(tmp_path, LINKS // 2) as played:
        played.change("delete", 1.0)
        played.daemon.wait(TOLD, lambda: waiting(tmp_path) > LINKS / 2)
        played.daemon.kill()
        assert waiting(tmp_path) > 0
        known = len(played.hook.received)
        played.daemon.start()
        played.daemon.wait(TOLD, lambda: played.unnamed() == 0)
        told, received = played.told(), played.hook.received

    numbers = {incident for each in told.values() for incident in opened(each)}
    assert len(numbers) == LINKS, "the same incidents before and after"
    before, after = (
        {str(r.body["key"]) for r in part} for part in (received[:known], received[known:])
    )
    # What was in flight may come twice: four at once on one channel.
    assert len(before & after) <= 4
