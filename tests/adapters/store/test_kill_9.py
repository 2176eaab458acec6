"""kill -9 at any moment: what was released is in the store, and no number is given twice."""

import random
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from linkwatch.store import default_url, open_journal

ROUNDS = 10
NOW = datetime(2021, 5, 15, tzinfo=UTC)

DAEMON = """
import asyncio, os, sys
from linkwatch.host.clock import SystemClock
from linkwatch.model.finding import Family, Kind
from linkwatch.model.incident import Incident, IncidentEvent, Status, TimelineEntry
from linkwatch.model.journal import Enqueue, Note, SaveIncident
from linkwatch.model.notification import Notification
from linkwatch.model.priority import Priority
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity
from linkwatch.runtime.writer import Writer
from linkwatch.store import open_journal


class Silent:
    def store_writable(self, writable):
        pass


def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())


def turn(number, at):
    incident = Incident(
        id=f"LW-{number:06d}", family=Family.QUALITY, subject=Subject.of_link("a-wan"),
        kind=Kind.DOWN, severity=Severity.CRITICAL, priority=Priority.P1, status=Status.OPEN,
        started_at=at, opened_at=at, spell_at=at, announce_at=at, site="a", carrier="vnpt",
        circuit=None,
    )
    yield SaveIncident(incident)
    yield Note(TimelineEntry(incident.id, at, "opened"))
    for contact in ("duty", "leader"):
        yield Enqueue(Notification(
            key=f"{incident.id}:opened:{contact}:hook", incident=incident.id,
            event=IncidentEvent.OPENED, contact=contact, channel="hook",
            priority=Priority.P1, text="", body="{}", created_at=at, started_at=at,
        ))


async def main():
    clock = SystemClock()
    freed = asyncio.Event()

    def release(rows):
        for row in rows:
            say("released", row.notification.key, row.recorded)
        freed.set()

    journal = open_journal(sys.argv[1], now=clock.now().wall)
    writer = Writer(journal, clock, release, Silent(), grace=60.0)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(writer.run())
        while True:
            block = await writer.reserve(5)
            say("numbers", *block)
            for number in block:
                now = clock.now()
                writer.submit(list(turn(number, now.wall)), now)
                await freed.wait()
                freed.clear()


asyncio.run(main())
"""


def lines_until_killed(url: str, lines: int) -> list[list[str]]:
    """Run the daemon, kill it after so many lines (it goes on writing meanwhile), all it said."""
    with subprocess.Popen([sys.executable, "-c", DAEMON, url], stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout is not None
        deadline = threading.Timer(20, daemon.kill)
        deadline.start()
        try:
            said = [daemon.stdout.readline() for _ in range(lines)]
            daemon.kill()
            said += daemon.stdout.readlines()
            assert daemon.wait() == -9
        finally:
            deadline.cancel()
    whole = [line.decode() for line in said if line.endswith(b"\n")]
    assert len(whole) >= lines, "the daemon ended by itself"
    return [line.split() for line in whole]


def test_nothing_released_is_lost_and_no_number_repeats(tmp_path: Path) -> None:
    url = default_url(tmp_path)
    dice = random.Random(675)  # noqa: S311 where to cut, not a secret
    released: set[str] = set()
    numbers: list[str] = []

    for _ in range(ROUNDS):
        for what, *words in lines_until_killed(url, dice.randint(1, 60)):
            if what == "numbers":
                numbers += words
            else:
                key, recorded = words
                assert recorded == "True"
                released.add(key)

        with closing(open_journal(url, now=NOW)) as journal:
            restored = journal.restore(NOW)
        assert released <= {row.notification.key for row in restored.outbox}
        saved = {incident.id for incident in restored.open_incidents}
        assert {key.split(":")[0] for key in released} <= saved

    assert len(numbers) == len(set(numbers))
    assert len(released) > ROUNDS
