"""A contestant's process: a command with its words kept, ended by its id, come what may."""

# ruff: noqa: S603  the commands are our own, addresses are made here
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.probe.report import Report

GRACE = 20.0
"""s that a process may take longer than it was asked to."""
_LONGEST_COMPLAINT = 90


@dataclass(frozen=True)
class Task:
    """What is asked of a contestant. `prefix` goes in front of its command.

    `config`: a kept configuration of as many links, for those of us who need one.
    """

    targets: int
    seconds: float
    prefix: Sequence[str] = ()
    flags: Sequence[str] = ()
    config: Path | None = None


class Running(Protocol):
    """A contestant at work."""

    @property
    def pid(self) -> int:
        """The process that pings."""
        ...

    @property
    def has_ended(self) -> bool:
        """Whether that process has, of itself."""
        ...

    def mark(self) -> None:
        """The time that counts begins now."""
        ...

    def finish(self) -> Report:
        """Wait for its end, or end it; TimeoutExpired where that takes too long."""
        ...

    def kill(self) -> None:
        """End whatever of it still runs."""
        ...


class Attended:
    """What is the same for all whose pings one process of ours makes."""

    _process: "Process"

    @property
    def pid(self) -> int:
        """The process that pings."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether that process has, of itself."""
        return self._process.has_ended

    def mark(self) -> None:
        """The time that counts begins now: most tell of all they did."""

    def kill(self) -> None:
        """End it if it still runs."""
        self._process.kill()


class Process:
    """A command in a directory of its own, its output kept."""

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
        self._limit = task.seconds + GRACE

    @property
    def has_ended(self) -> bool:
        """Whether it has, of itself."""
        return self._process.poll() is not None

    def output(self) -> tuple[str, str]:
        """What it wrote to standard output and error until its end; RuntimeError if it failed."""
        self._process.wait(self._limit)
        if self._process.returncode != 0 and not self._out.stat().st_size:
            raise RuntimeError(self.complaint())
        return self._out.read_text(), self._err.read_text()

    def complaint(self) -> str:
        """Its last words."""
        words = self._err.read_text(errors="replace").strip() or "said nothing"
        return words.splitlines()[-1][:_LONGEST_COMPLAINT]

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._room.cleanup()


class Worker(Attended):
    """A module of this package whose output is its own report."""

    def __init__(self, module: str, task: Task, *more: str) -> None:
        command = (sys.executable, "-m", f"benchmarks.probe.{module}")
        config = () if task.config is None else (str(task.config),)
        arguments = (str(task.targets), str(task.seconds), *config, *more, *task.flags)
        self._process = Process(task, (*command, *arguments))

    def finish(self) -> Report:
        """Its report, once it is there."""
        return Report.read(self._process.output()[0])


class DaemonWorker(Worker):
    """A worker that begins to watch itself when it is told to."""

    def mark(self) -> None:
        """Tell it."""
        os.kill(self.pid, signal.SIGUSR1)
