"""Simulated SNMP agents: how soon they answer, what they weigh, and what an answer costs.

python -m benchmarks.lab_agents [--agents 240,500] [--seconds 5] [--output FILE] [--json]
"""

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path

from pysnmp.entity import config as setup
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import cmdrsp, context

from benchmarks.common import command, kept, place
from benchmarks.common.goal import Goal, figure, verdicts
from benchmarks.common.machine import Usage, usage
from benchmarks.common.page import Page, Section, Table, say
from benchmarks.common.province import Size, write
from linkwatch.config.settings import Config
from linkwatch.host.clock import SystemClock
from linkwatch.lab import agents
from linkwatch.lab.agent_answer import Answer
from linkwatch.lab.agent_ber import PduKind
from linkwatch.lab.agent_clock import LabClock
from linkwatch.lab.agent_community import CommunityAccess
from linkwatch.lab.agent_keys import Credentials, Phrases, UserKeys
from linkwatch.lab.agent_user import UserAccess
from linkwatch.wire import ifmib
from linkwatch.wire.snmpvalue import ABSENT
from linkwatch.wire.usm import AUTH_PROTOCOLS, PRIVACY_PROTOCOLS

_PHRASE = "good-for-simulated-routers-only"
_COLUMNS = (
    ifmib.IF_OPER_STATUS,
    ifmib.IF_NAME,
    ifmib.IF_ALIAS,
    ifmib.IF_HIGH_SPEED,
    ifmib.IF_HC_IN_OCTETS,
    ifmib.IF_HC_OUT_OCTETS,
    ifmib.IF_IN_ERRORS,
    ifmib.IF_OUT_ERRORS,
    ifmib.IF_IN_DISCARDS,
    ifmib.IF_OUT_DISCARDS,
)
_OIDS = (ifmib.SYS_UP_TIME, *((*column, row) for row in (1, 2) for column in _COLUMNS))
_QUESTION = Answer(1, tuple((oid, ABSENT) for oid in _OIDS))
_VERSIONS = ("2c", "3")
_MOST_AGENTS = 2000
_ENGINES = 24
_IN_FLIGHT = 32
_AT_ONCE = 480
_PATIENCE = 60.0
_ROUND = 10.0
_START_GATE = 3.0
_clock = SystemClock()
_wait = threading.Event().wait


def main(given: Sequence[str]) -> int:
    """Command line; exit code 2 for what cannot be done."""
    accepted = command.parser("benchmarks.lab_agents", __doc__.splitlines()[0])
    accepted.add_argument(
        "--agents",
        type=command.counts(_MOST_AGENTS),
        default=(240, 500),
        help="how many, several times (240,500)",
    )
    accepted.add_argument(
        "--seconds", type=command.seconds(60.0), default=5.0, help="asked without a pause (5)"
    )
    accepted.add_argument("--serve", metavar="FILE", help=argparse.SUPPRESS)
    made = command.circumstances(accepted, given)

    def measure(chosen: argparse.Namespace) -> tuple[Page, int]:
        if chosen.serve:
            asyncio.run(_serve(kept.take(Path(chosen.serve))))
            sys.exit(0)
        return _held(chosen.agents, chosen.seconds, made), 0

    return command.carry_out(accepted, given, measure)


@dataclass(frozen=True)
class Figures:
    """Of so many agents. `listening`, `answered` in s, `memory` in bytes, `cpu` in s an answer."""

    agents: int
    version: str
    listening: float
    answered: float
    memory: int
    cpu: float
    rate: float
    share: float

    def cells(self) -> Sequence[str]:
        """A row of the table."""
        return (
            f"{self.agents}, v{self.version}",
            f"{self.listening:.3f} s",
            f"{self.answered:.2f} s",
            f"{self.memory / 1e6:.1f} MB",
            f"{self.cpu * 1e6:.0f} µs",
            f"{self.rate:,.0f}",
            f"{self.share:.1%}",
        )


def _held(counts: Sequence[int], seconds: float, circumstances: Mapping[str, str]) -> Page:
    place.need_root()
    made = {
        **circumstances,
        "asked": f"{len(_OIDS)} objects, sysUpTime and ten of two interfaces; version 3 is authPriv"
        " with SHA256 and AES128. Requests are made beforehand: only the agents work",
    }
    page = Page("Simulated SNMP agents", made)
    with place.apart(), tempfile.TemporaryDirectory() as home:
        apiece = _an_engine_each()
        results = [
            _measured(count, version, seconds, Path(home))
            for count in counts
            for version in _VERSIONS
        ]
    goals = [
        Goal("all agents listen", one.listening, _START_GATE, "s", place=one.cells()[0])
        for one in results
    ]
    head = ("agents", "all listen", "all answered", "memory", "CPU an answer", "answers/s",
            f"of a core, each every {_ROUND:g} s")  # fmt: skip
    page.sections = [
        verdicts(goals),
        Section(
            "Figures",
            ["All answered: from the start of their process, Python's own start included.", apiece],
            [Table(head, [one.cells() for one in results])],
            [asdict(one) for one in results],
        ),
    ]
    return page


def _measured(count: int, version: str, seconds: float, home: Path) -> Figures:
    say(f"{count} agents of version {version}")
    size = Size(2 * count, snmp="3" if version == "3" else "2c")
    config = kept.read(write(size, home))
    file = home / "config"
    kept.keep(config, file)
    requests = _requests(config)
    began = _now()
    with _agents(file) as process, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        said = json.loads(process.stdout.readline() if process.stdout else "")
        asker = _Asker(process.pid, requests, sock)
        asker.ask(count)
        answered = _now() - began
        cpu, rate = asker.flat_out(seconds)
        share = asker.paced(count)
    return Figures(count, version, said["listening"], answered, said["memory"], cpu, rate, share)


async def _serve(config: Config) -> None:
    """The process that is measured: says how soon all listened, and answers until told to end."""
    before, began = _used(os.getpid()).resident, _now()
    clock = LabClock(_clock)
    with agents.answering(agents.simulate(config, clock), lambda _ref: _PHRASE, clock):
        took, memory = _now() - began, _used(os.getpid()).resident - before
        sys.stdout.write(json.dumps({"listening": took, "memory": memory}) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


@contextmanager
def _agents(config: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(  # noqa: S603  ourselves
        [sys.executable, "-m", "benchmarks.lab_agents", f"--serve={config}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.communicate(timeout=_PATIENCE)


class _Asker:
    """Asks one agent after the other, some at a time, and minds nothing but that they answer."""

    def __init__(
        self, pid: int, requests: Sequence[tuple[bytes, tuple[str, int]]], sock: socket.socket
    ) -> None:
        self._pid = pid
        self._requests = cycle(requests)
        self._socket = sock
        self._socket.settimeout(_PATIENCE)

    def ask(self, count: int) -> None:
        """Have so many requests answered."""
        waiting = 0
        for _ in range(count):
            self._socket.sendto(*next(self._requests))
            waiting += 1
            if waiting >= _IN_FLIGHT:
                self._socket.recv(65_535)
                waiting -= 1
        for _ in range(waiting):
            self._socket.recv(65_535)

    def flat_out(self, seconds: float) -> tuple[float, float]:
        """Without a pause: CPU s an answer, and answers a second."""
        cpu, began, asked = _used(self._pid).cpu, _now(), 0
        while _now() < began + seconds:
            self.ask(_AT_ONCE)
            asked += _AT_ONCE
        return (_used(self._pid).cpu - cpu) / asked, asked / (_now() - began)

    def paced(self, count: int) -> float:
        """Each of `count` agents once, spread over a round: their share of a core."""
        cpu, began = _used(self._pid).cpu, _now()
        for number in range(count):
            _wait(max(0.0, began + _ROUND * number / count - _now()))
            self.ask(1)
        return (_used(self._pid).cpu - cpu) / (_now() - began)


class _CommunityAsker(CommunityAccess):
    """Writes requests as its agent would: nobody looks at what stands beside their names."""

    def request(self) -> bytes:
        """For all the objects."""
        return self._message(PduKind.GET, _QUESTION)


class _UserAsker(UserAccess):
    """As above, good for the 150 s that an agent takes a message within (RFC 3414, 3.2.7)."""

    def request(self) -> bytes:
        """For all the objects."""
        return self._message(PduKind.GET, _QUESTION, 1, self._level)


def _requests(config: Config) -> list[tuple[bytes, tuple[str, int]]]:
    phrases = Phrases()
    requests = []
    for router in agents.simulate(config, LabClock(_clock)):
        access = router.access
        asker: _CommunityAsker | _UserAsker = _CommunityAsker(router, _PHRASE)
        if access.user is not None:
            credentials = Credentials(
                access.user, access.auth_protocol, _PHRASE, access.privacy_protocol, _PHRASE
            )
            asker = _UserAsker(router, UserKeys(credentials, router.engine_id, phrases))
        requests.append((asker.request(), (router.router.address, access.port)))
    return requests


def _an_engine_each() -> str:
    """What agents cost that are whole pysnmp engines: one each, of a few."""
    say(f"{_ENGINES} engines of pysnmp's, for comparison")
    before, began, engines = _used(os.getpid()).resident, _now(), []
    for _ in range(_ENGINES):
        engine = SnmpEngine()
        protocols = AUTH_PROTOCOLS["SHA256"], _PHRASE, PRIVACY_PROTOCOLS["AES128"], _PHRASE
        setup.add_v3_user(engine, "linkwatch", *protocols)
        cmdrsp.GetCommandResponder(engine, context.SnmpContext(engine))
        engines.append(engine)
    took = (_now() - began) / _ENGINES
    memory = (_used(os.getpid()).resident - before) / _ENGINES
    for engine in engines:
        engine.close_dispatcher()
    return (
        "For comparison, an engine of pysnmp's for each agent takes "
        f"{figure(took * 1e3)} ms and {memory / 1e6:.2f} MB apiece before it listens."
    )


def _used(pid: int) -> Usage:
    used = usage(pid)
    if used is None:
        raise RuntimeError("the agents have ended")
    return used


def _now() -> float:
    return _clock.now().monotonic


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
