"""Five hundred lines of one carrier fall within seconds, and come back; the daemon is killed."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from support.netns import requires_root
from support.outage import DISTRICTS, Outage, Told, laid_out, told_by

pytestmark = requires_root

LINKS = 500
TOLD = 90.0
"""s for everybody to hear: seconds where the machine is idle."""
OVER = 5.0


@pytest.fixture
def outage(tmp_path: Path) -> Iterator[Outage]:
    """Five hundred sites in a conference, all well."""
    with laid_out(tmp_path, LINKS) as ready:
        yield ready


def by_contact(outage: Outage, since: int, event: str) -> dict[str, Sequence[Told]]:
    """Of which incidents each contact has heard this."""
    return {
        who: [told for message in messages for told in told_by(message) if event in told.events]
        for who, messages in outage.heard(since).items()
    }


def waiting(home: Path) -> int:
    """What the store says is yet to be told."""
    with closing(sqlite3.connect(home / "state" / "linkwatch.db")) as store:
        (count,) = store.execute("SELECT count(*) FROM untold").fetchone()
    return int(count)


def test_everybody_hears_of_each_line_once_in_a_few_messages_and_so_of_the_end(
    outage: Outage,
) -> None:
    outage.change("delete", OVER)
    outage.wait(TOLD, 0, "opened")
    fallen = len(outage.hook.received)
    outage.change("add", OVER)
    outage.wait(TOLD, fallen, "resolved")

    for since, event in ((0, "opened"), (fallen, "resolved")):
        heard = by_contact(outage, since, event)
        assert {who: {one.link for one in told} for who, told in heard.items()} == outage.expected()
        for told in heard.values():
            assert len(told) == len({one.incident for one in told}), "told twice"
            # In turn, and the longest wait is what the rules say, however slow the machine.
            assert len({one.at for one in told}) <= len(told) / 2
    keys = [str(received.body["key"]) for received in outage.hook.received]
    assert len(keys) == len(set(keys))
    assert len(outage.heard()) == DISTRICTS + 2


def test_what_waits_for_a_digest_outlives_the_daemon(outage: Outage, tmp_path: Path) -> None:
    outage.change("delete", 1.0)
    outage.daemon.wait(TOLD, lambda: waiting(tmp_path) > LINKS / 2)
    outage.daemon.kill()
    assert waiting(tmp_path) > 0
    known = len(outage.hook.received)
    outage.daemon.start()
    outage.wait(TOLD, 0, "opened")

    numbers = {one.incident for told in by_contact(outage, 0, "opened").values() for one in told}
    assert len(numbers) == LINKS, "the same incidents before and after"
    again = outage.hook.received[known:]
    twice = {str(r.body["key"]) for r in again} & {
        str(r.body["key"]) for r in outage.hook.received[:known]
    }
    # What was in flight may come twice: four at once on one channel.
    assert len(twice) <= 4
