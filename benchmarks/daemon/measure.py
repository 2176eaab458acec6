"""One daemon's life, measured from outside."""

import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.common.exposition import Totals, totals_in
from benchmarks.common.kept import Kept
from benchmarks.common.machine import Usage, children, private, usage
from benchmarks.common.place import PING_GROUPS
from benchmarks.common.province import Size, write
from linkwatch.host.clock import SystemClock
from support.daemon import RUN, Daemon
from support.kernel_settings import shipped
from support.netns import Namespace

_STARTS_WITHIN = 120.0
_SETTLES = 5.0
_LOOK_EVERY = 0.1
_NEVER = 86_400
"""s between polls."""
_wait = threading.Event().wait
_clock = SystemClock()


@dataclass(frozen=True)
class Life:
    """Of one daemon: s from its start to its first full round; CPU s per s; memory in bytes.

    Probes that ended, lost ones and those that say nothing; polls of routers by outcome in the
    time that CPU was measured, and how many of them were due in it.
    """

    start: float
    cpu: float
    resident: int
    peak: int
    sent: int
    lost: int
    unknown: int
    polls: Mapping[str, int]
    polls_due: float = 0.0

    def record(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


@contextmanager
def namespace() -> Iterator[Namespace]:
    """One with the kernel settings that we ship, as far as a namespace has its own."""
    with Namespace("bench") as made:
        made.sysctl(PING_GROUPS, shipped()[PING_GROUPS])
        yield made


def province(size: Size, seconds: float) -> Life:
    """`linkwatch run` beside `linkwatch lab agents` for all its routers."""
    with namespace() as where, tempfile.TemporaryDirectory() as room:
        home = Path(room)
        path = write(size, home)
        _start_agents(where, home, path)
        daemon = _daemon(where, home, path)
        with _begun(daemon) as start:
            life = _watch(daemon, start, seconds)
    return replace(life, polls_due=size.routers * seconds / size.poll_every)


def country(links: int, seconds: float) -> Life:
    """`linkwatch run` on YAML; nobody is polled, for so many agents would take the machine."""
    with namespace() as where, tempfile.TemporaryDirectory() as room:
        home = Path(room)
        path = write(Size(links, poll_every=_NEVER), home)
        daemon = _daemon(where, home, path)
        with _begun(daemon) as start:
            return _watch(daemon, start, seconds)


def country_parsed(links: int, seconds: float) -> Life:
    """The same from a configuration that has been read already."""
    with namespace() as where, tempfile.TemporaryDirectory() as room:
        home = Path(room)
        kept, began = Kept(home).whole(links), home / "began"
        command = ("-m", "benchmarks.daemon.run_parsed", str(kept), str(began))
        daemon = _daemon(where, home, home / "sites.yaml", command)
        with _begun(daemon, began) as start:
            return _watch(daemon, start, seconds)


def _daemon(where: Namespace, home: Path, path: Path, command: Sequence[str] = RUN) -> Daemon:
    text = path.read_text(encoding="utf-8")
    return Daemon(where, home, text, command, start_within=_STARTS_WITHIN)


@contextmanager
def _begun(daemon: Daemon, began: Path | None = None) -> Iterator[float]:
    """The daemon, ready, and the s that took: from its start, or from what it wrote down."""
    first = _clock.now().monotonic
    with daemon:
        ready = _clock.now().monotonic
        yield ready - (first if began is None else float(began.read_text("ascii")))


def _watch(daemon: Daemon, start: float, seconds: float) -> Life:
    _wait(_SETTLES)
    polls = _told(daemon).polls
    before, since = _usage(daemon), _clock.now().monotonic
    _wait(seconds)
    after, until = _usage(daemon), _clock.now().monotonic
    totals = _told(daemon)
    return Life(
        start=start,
        cpu=(after.cpu - before.cpu) / (until - since),
        resident=after.resident,
        peak=after.peak,
        sent=totals.sent,
        lost=totals.lost,
        unknown=totals.unknown,
        polls={outcome: count - polls[outcome] for outcome, count in totals.polls.items()},
    )


def _told(daemon: Daemon) -> Totals:
    return totals_in(daemon.metrics().encode())


def _usage(daemon: Daemon) -> Usage:
    """Of the daemon and the processes it has started: of their memory what is theirs alone."""
    found = usage(daemon.pid)
    if found is None:
        raise RuntimeError(f"the daemon ended: {daemon.log.read_text()}")
    for child in children(daemon.pid):
        its, alone = usage(child), private(child)
        if its is not None:
            found = Usage(found.cpu + its.cpu, found.resident + alone, found.peak + alone)
    return found


def _start_agents(where: Namespace, home: Path, path: Path) -> None:
    """Simulated routers; they end with the namespace."""
    said = home / "agents.log"
    with said.open("wb") as log:
        process = where.popen(
            *(sys.executable, "-m", "linkwatch", "lab", "agents", "-c", str(path)),
            env={**os.environ, "STATE_DIRECTORY": str(home / "agents")},
            stderr=log.fileno(),
        )
    end = _clock.now().monotonic + _STARTS_WITHIN
    while b"agents answer" not in said.read_bytes():
        if process.poll() is not None or _clock.now().monotonic > end:
            raise RuntimeError(f"the agents do not answer: {said.read_text().strip()}")
        _wait(_LOOK_EVERY)
