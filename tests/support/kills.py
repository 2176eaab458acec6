"""kill -9 at any moment of open, send, acknowledge and resolve; the gateway fails at times.

The truth is what was done to the links, and what the gateway took; the daemon is asked nothing.
"""

import shutil
import sqlite3
import tempfile
import threading
import time  # noqa: TID251 a kill comes at a moment of real time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from support.field import Field, laid_out
from support.sink import Sink, Tally, sink

PORT = 8098
LONGEST = 90.0
"""s for any consequence: a message in doubt waits for its time-out, and for its pause after it."""
CHANGES = {
    "http://127.0.0.1:8099/alerts": f"http://127.0.0.1:{PORT}/alerts",
    # Each fault is an incident of its own with messages of its own, and none flaps: else fifty of
    # them within minutes would be told in digests.
    "secret: {env: HOOK_SECRET}}": "secret: {env: HOOK_SECRET}, timeout: 3s, digests: false}",
    "changes: 4, within: 15m, stable: 10m": "changes: 1000, within: 15m, stable: 1s",
}
ROOM = "truc-ttcntt"


@dataclass(frozen=True)
class Line:
    """A link that can be cut, and who is told of it."""

    link: str
    address: str
    duty: str


LINES = (
    Line("chu-se-wan", "10.77.1.10/32", "vnpt-huyen"),
    Line("chu-se-inet", "10.77.1.20/32", "viettel-huyen"),
)
OPEN, SEND, ACKNOWLEDGE, RESOLVE = "open", "send", "acknowledge", "resolve"
PHASES = (OPEN, SEND, ACKNOWLEDGE, RESOLVE)


@dataclass
class Kill:
    """One: in which phase, messages in flight, s until ready again, and what was amiss."""

    phase: str
    in_flight: int
    back: float
    faults: list[str] = field(default_factory=list)


@dataclass
class Outcome:
    """All of them; `lost`: keys written and never taken."""

    kills: list[Kill]
    notifications: int
    lost: tuple[str, ...]
    duplicates: int
    unexplained: tuple[str, ...]
    """Keys taken more often than kills found them in flight."""
    gateway: Tally

    @property
    def faults(self) -> list[str]:
        """Everything that ought not to be."""
        said = [
            f"kill {n + 1}, {k.phase}: {what}"
            for n, k in enumerate(self.kills)
            for what in k.faults
        ]
        said += [f"lost: {key}" for key in self.lost]
        return said + [f"taken twice, and not for a kill: {key}" for key in self.unexplained]


@contextmanager
def battlefield(home: Path, seed: int, failing: float) -> Iterator["Kills"]:
    """The field, with the gateway that fails."""
    with ExitStack() as stack:
        there = stack.enter_context(laid_out(home, CHANGES))
        gateway = stack.enter_context(sink(there.centre, PORT, seed, failing))
        yield Kills(there, gateway, home / "state" / "linkwatch.db", seed)


class Kills:
    """Does to the links and the daemon what the seed says, and holds the results against it."""

    def __init__(self, there: Field, gateway: Sink, store: Path, seed: int) -> None:
        self._field = there
        self._gateway = gateway
        self._store = store
        self._random = Random(seed)  # noqa: S311 a drawing that can be repeated
        self._open: dict[str, str] = {}
        """The incident of each link that is down now."""
        self._allowed: Counter[str] = Counter()
        """How often each key may have been taken again."""
        self._unrecorded: Counter[str] = Counter()
        """Requests that earlier kills left without an end in the store."""
        self._ended: set[str] = set()
        self._kills: list[Kill] = []

    def run(self, times: int, say: Callable[[str], None] = lambda _text: None) -> Outcome:
        """So many kills, and what they came to."""
        for number in range(times):
            kill = self._once()
            self._kills.append(kill)
            state = "; ".join(kill.faults) or "all told"
            say(f"kill {number + 1}, {kill.phase}: back after {kill.back:.1f} s, {state}")
        for line in LINES:
            if line.link in self._open:
                self._mend(line)
                self._kills[-1].faults += self._see_resolved(line)
        return self._outcome()

    def _once(self) -> Kill:
        # One line at a time: both together would be one fault of the site.
        down = next((line for line in LINES if line.link in self._open), None)
        if down is None:
            line, phase = self._random.choice(LINES), self._random.choice((OPEN, SEND))
            return self._while_opening(line, phase)
        if self._random.choice((ACKNOWLEDGE, RESOLVE)) == ACKNOWLEDGE:
            return self._while_acknowledging(down)
        return self._while_resolving(down)

    def _while_opening(self, line: Line, phase: str) -> Kill:
        came = len(self._gateway.requests)
        self._field.site.ip("address", "delete", line.address, "dev", "lo")
        if phase == SEND:
            # In the middle of a request, or just after it.
            self._gateway.wait_for_more(came, LONGEST)
            time.sleep(self._random.uniform(0, 0.08))
        else:
            time.sleep(self._random.uniform(0.5, 3.0))
        kill = self._kill(phase)
        kill.faults += self._see_opened(line)
        return kill

    def _while_resolving(self, line: Line) -> Kill:
        self._mend(line)
        time.sleep(self._random.uniform(3.0, 7.5))
        kill = self._kill(RESOLVE, line)
        kill.faults += self._see_resolved(line)
        return kill

    def _while_acknowledging(self, line: Line) -> Kill:
        incident, answers = self._open[line.link], list[httpx.Response]()
        ack, connected = f"/api/v1/incidents/{incident}/ack", threading.Event()
        wish = {"by": "drill", "for": line.duty, "note": f"kill {len(self._kills) + 1}"}

        def ask() -> None:
            with suppress(httpx.HTTPError):  # killed before it could answer
                answers.append(self._field.daemon.post(ack, wish, connected))

        asking = threading.Thread(target=ask)
        asking.start()
        # Killed sooner, it was asked nothing, and httpx would leave its socket open.
        assert connected.wait(LONGEST), "the daemon cannot be asked"
        time.sleep(self._random.uniform(0, 0.08))
        kill = self._kill(ACKNOWLEDGE)
        asking.join(LONGEST)
        if any(a.json().get("recorded") for a in answers) and self._holder(incident) != line.duty:
            kill.faults.append(f"{incident}: the recorded acknowledgement is gone")
        again = self._field.daemon.post(ack, wish)
        if not again.json().get("done"):
            kill.faults.append(f"{incident}: cannot be acknowledged: {again.text}")
        kill.faults += self._missing(incident, "acknowledged", line)
        return kill

    def _kill(self, phase: str, mended: Line | None = None) -> Kill:
        daemon = self._field.daemon
        daemon.kill()
        time.sleep(0.1)  # what had been sent whole is read by now
        in_flight = self._in_flight()
        self._allowed.update(in_flight)
        began = time.monotonic()
        daemon.start()
        kill = Kill(phase, in_flight.total(), time.monotonic() - began)
        known = {entry["id"] for entry in daemon.status()["incidents"]}
        for link, incident in self._open.items():
            over = mended is not None and mended.link == link
            if incident not in known and not over:
                kill.faults.append(f"{incident} of {link} is not known any more")
        return kill

    def _see_opened(self, line: Line) -> list[str]:
        """Both are told, of one incident that has not been another's."""
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:
            found = {
                entry["id"]
                for entry in self._field.daemon.status()["incidents"]
                if entry["kind"] == "down" and entry["subject"]["id"] == line.link
            }
            if found:
                break
            time.sleep(0.1)
        else:
            self._mend(line)
            return [f"{line.link}: no incident within {LONGEST:g} s"]
        [incident] = found
        if incident in self._ended or incident in self._open.values():
            return [f"{incident} is given to another fault"]
        self._open[line.link] = incident
        return self._missing(incident, "opened", line)

    def _see_resolved(self, line: Line) -> list[str]:
        incident = self._open.pop(line.link)
        self._ended.add(incident)
        faults = self._missing(incident, "resolved", line)
        self._field.daemon.wait(LONGEST, lambda: self._field.daemon.links()[line.link] == "up")
        return faults

    def _missing(self, incident: str, event: str, line: Line) -> list[str]:
        wanted = {(incident, event, who) for who in (line.duty, ROOM)}
        return [
            f"{' '.join(one)}: not taken within {LONGEST:g} s"
            for one in sorted(self._gateway.wait_for(wanted, LONGEST))
        ]

    def _mend(self, line: Line) -> None:
        self._field.site.ip("address", "add", line.address, "dev", "lo")

    def _holder(self, incident: str) -> str | None:
        for entry in self._field.daemon.status()["incidents"]:
            if entry["id"] == incident and entry["holder"] is not None:
                return entry["holder"]["contact"]
        return None

    def _in_flight(self) -> Counter[str]:
        """How many requests the gateway has read whose end this kill kept out of the store."""
        with self._rows() as store:
            query = "SELECT key, count(*) FROM attempt GROUP BY key"
            ended: Mapping[str, int] = dict(store.execute(query))
        came = self._gateway.came()
        unrecorded = Counter({key: times - ended.get(key, 0) for key, times in came.items()})
        before, self._unrecorded = self._unrecorded, unrecorded
        return unrecorded - before

    @contextmanager
    def _rows(self) -> Iterator[sqlite3.Connection]:
        """A copy of the store as it lies: to open it would write it back, which is the daemon's."""
        with tempfile.TemporaryDirectory() as place:
            for suffix in ("", "-wal"):
                file = self._store.with_name(self._store.name + suffix)
                if file.exists():
                    shutil.copy(file, Path(place) / file.name)
            with closing(sqlite3.connect(Path(place) / self._store.name)) as copy:
                yield copy

    def _outcome(self) -> Outcome:
        daemon = self._field.daemon
        daemon.wait(LONGEST, lambda: daemon.status()["outbox_pending"] == 0)
        daemon.stop()
        with self._rows() as store:
            written = [key for (key,) in store.execute("SELECT key FROM outbox ORDER BY key")]
        taken = self._gateway.taken()
        again = {key: times - 1 for key, times in taken.items() if times > 1}
        return Outcome(
            kills=self._kills,
            notifications=len(written),
            lost=tuple(key for key in written if not taken[key]),
            duplicates=sum(again.values()),
            unexplained=tuple(key for key, n in again.items() if n > self._allowed[key]),
            gateway=self._gateway.tally(),
        )
