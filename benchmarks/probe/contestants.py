"""Who takes part, how each is started, and how its own words are read."""

# ruff: noqa: S603  the commands are our own, addresses are made here
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.probe.report import Report
from benchmarks.probe.targets import addresses, sampled

_SMOKEPING_PORT = 19374
_BLACKBOX_PORT = 19115
_GRACE = 20.0
_TRIES = 40
_LONGEST_COMPLAINT = 60


@dataclass(frozen=True)
class Task:
    """What is asked of a contestant. `prefix` goes in front of its command."""

    targets: int
    seconds: float
    prefix: Sequence[str] = ()
    flags: Sequence[str] = ()


class Running(Protocol):
    """A contestant at work."""

    @property
    def pid(self) -> int:
        """The process that pings."""
        ...

    def finish(self) -> Report:
        """Wait for its end, or end it; TimeoutExpired where that takes too long."""
        ...

    def kill(self) -> None:
        """End whatever of it still runs."""
        ...


class _Process:
    """A command in a directory of its own, its output kept; ended by its id, come what may."""

    def __init__(self, task: Task, command: Sequence[str], listed: str = "") -> None:
        """`listed` is what stands in the file `FILE`, which the command may name."""
        self._room = tempfile.TemporaryDirectory()
        room = Path(self._room.name)
        room.chmod(0o755)
        (room / "FILE").write_text(listed)
        self._out, self._err = room / "out", room / "err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(
                (*task.prefix, *(part.replace("FILE", str(room / "FILE")) for part in command)),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        self.pid = self._process.pid
        self._limit = task.seconds + _GRACE

    def output(self) -> tuple[str, str]:
        """What it wrote to standard output and error until its end."""
        self._process.wait(self._limit)
        out, err = self._out.read_text(), self._err.read_text()
        if self._process.returncode != 0 and not out:
            raise RuntimeError((err.strip() or "no report").splitlines()[-1][:_LONGEST_COMPLAINT])
        return out, err

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._room.cleanup()


class Worker:
    """A module of this package that prints its own report."""

    def __init__(self, module: str, task: Task, *more: str) -> None:
        command = (sys.executable, "-m", f"benchmarks.probe.{module}")
        arguments = (str(task.targets), str(task.seconds), *more, *task.flags)
        self._process = _Process(task, (*command, *arguments))
        self.pid = self._process.pid

    def finish(self) -> Report:
        return Report.read(self._process.output()[0])

    def kill(self) -> None:
        self._process.kill()


class Fping:
    """`-C`: prints all round-trip times of a target when all is over."""

    def __init__(self, task: Task) -> None:
        targets = addresses(task.targets)
        times = ("-p", "1000", "-i", f"{800 / task.targets:.3f}", "-C", str(int(task.seconds)))
        options = ("-q", "-r0", "-t900", "-b56", *times)
        self._closely = set(sampled(targets))
        self._process = _Process(task, ("fping", *options, "-f", "FILE"), "\n".join(targets))
        self.pid = self._process.pid

    def finish(self) -> Report:
        sent = lost = 0
        samples = {}
        for line in self._process.output()[1].splitlines():
            target, colon, times = line.partition(" : ")
            if not colon:
                continue
            words = times.split()
            sent += len(words)
            lost += words.count("-")
            target = target.strip()
            if target in self._closely:
                samples[target] = [None if word == "-" else float(word) / 1e3 for word in words]
        return Report(sent, lost, samples)

    def kill(self) -> None:
        self._process.kill()


class Smokeping:
    """A daemon with a histogram per host; asked for its counters at the end."""

    def __init__(self, task: Task) -> None:
        hosts = "".join(f"      - {target}\n" for target in addresses(task.targets))
        config = f"targets:\n  - hosts:\n{hosts}    interval: 1s\n    network: ip4\n"
        listen = f"--web.listen-address=127.0.0.1:{_SMOKEPING_PORT}"
        command = ("prometheus-smokeping-prober", "--config.file=FILE", listen)
        self._process = _Process(task, (*command, "--privileged", "--log.level=error"), config)
        self.pid = self._process.pid

    def finish(self) -> Report:
        lines = _metrics(_SMOKEPING_PORT)
        sent = _sum(lines, "smokeping_requests_total{")
        came = _sum(lines, "smokeping_response_duration_seconds_count{")
        return Report(sent, max(0, sent - came), note="RTT in buckets only")

    def kill(self) -> None:
        self._process.kill()


class Blackbox:
    """A daemon that pings when it is scraped; the scraper is not counted."""

    def __init__(self, task: Task) -> None:
        config = (
            "modules:\n  icmp:\n    prober: icmp\n    timeout: 1s\n"
            "    icmp: {preferred_ip_protocol: ip4}\n"
        )
        address = f"--web.listen-address=127.0.0.1:{_BLACKBOX_PORT}"
        command = ("prometheus-blackbox-exporter", "--config.file=FILE", address)
        self._process = _Process(task, (*command, "--log.level=error"), config)
        self.pid = self._process.pid
        self._scraper = Worker("run_blackbox", task, str(_BLACKBOX_PORT))

    def finish(self) -> Report:
        return self._scraper.finish()

    def kill(self) -> None:
        self._scraper.kill()
        self._process.kill()


def _metrics(port: int) -> list[str]:
    """What the daemon on this port says, as soon as it listens."""
    url = f"http://127.0.0.1:{port}/metrics"
    for _ in range(_TRIES):
        try:
            with urllib.request.urlopen(url, timeout=_GRACE) as answer:  # noqa: S310 on this host
                text: str = answer.read().decode()
                return text.splitlines()
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            threading.Event().wait(_GRACE / _TRIES)
    raise RuntimeError("does not listen")


def _sum(lines: Sequence[str], prefix: str) -> int:
    return int(sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(prefix)))


class Start(Protocol):
    """Starts a contestant."""

    def __call__(self, task: Task) -> Running: ...


@dataclass(frozen=True)
class Contestant:
    """`hint`: how to install it; `flat_out`, `asyncio`: whether it can be run in these ways."""

    name: str
    start: Start
    needs: str
    hint: str
    flat_out: bool = True
    asyncio: bool = False

    @property
    def installed(self) -> bool:
        """Whether its program or module is there."""
        if self.needs.startswith("import "):
            try:
                return importlib.util.find_spec(self.needs.removeprefix("import ")) is not None
            except ModuleNotFoundError:
                return False
        return shutil.which(self.needs) is not None


OURS = Contestant(
    "linkwatch", lambda task: Worker("run_linkwatch", task), "import linkwatch", "", asyncio=True
)
PEERS = (
    # Flat out it runs into the end of its 65,536 sequence numbers, each taken for 10 s.
    Contestant("fping", Fping, "fping", "apt-get install fping", flat_out=False),
    Contestant(
        "gufo_ping",
        lambda task: Worker("run_gufo", task),
        "import gufo.ping",
        "pip install gufo-ping",
        asyncio=True,
    ),
    Contestant(
        "icmplib async_multiping",
        lambda task: Worker("run_icmplib", task),
        "import icmplib",
        "pip install icmplib",
        asyncio=True,
    ),
    Contestant(
        "smokeping_prober",
        Smokeping,
        "prometheus-smokeping-prober",
        "apt-get install prometheus-smokeping-prober",
        flat_out=False,
    ),
    Contestant(
        "blackbox_exporter",
        Blackbox,
        "prometheus-blackbox-exporter",
        "apt-get install prometheus-blackbox-exporter",
        flat_out=False,
    ),
)
