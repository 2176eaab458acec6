"""A machine of a test's own: systemd as PID 1 over this machine's files, of which none changes."""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import time  # noqa: TID251 another machine's state has no event to await
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from support.netns import entered

SCRIPT = Path(__file__).with_name("machine.sh")
SYSTEMD = Path("/lib/systemd/systemd")
PATH = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BOOT = 30.0
POLL = 0.05
_numbers = itertools.count(1)


def requires_machine() -> None:
    """Skip where no machine can be had; in CI that fails instead."""
    lacking = []
    if os.geteuid() != 0:
        lacking.append("root")
    if not SYSTEMD.exists():
        lacking.append("systemd (apt-get install systemd)")
    if not lacking:
        return
    message = f"needs {' and '.join(lacking)}: a machine in namespaces"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


class Machine:
    """Booted with the block, gone with it, and everything on it: files, processes, network."""

    def __init__(self, home: Path, shown: Mapping[Path, str]) -> None:
        """`home` is an empty directory of its own; `shown`: what is seen read-only, and where."""
        self._home = home
        self._cgroup = f"linkwatch-test-{os.getpid()}-{next(_numbers)}"
        self._shown = [text for source, target in shown.items() for text in (str(source), target)]
        self._log = home / "boot.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._home.mkdir(exist_ok=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                # It is gone with us, however we end.
                ("setpriv", "--pdeathsig=KILL", "unshare", "--mount", SCRIPT, "boot")
                + (self._home, self._cgroup, *self._shown),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self.wait(
                BOOT,
                "it has booted",
                lambda: (
                    self.run("systemctl", "is-system-running", check=False).stdout == "running\n"
                ),
            )
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._remove()

    def run(
        self, *command: str, within: float = 20.0, check: bool = True, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command there, as root. With `check`, a failure fails the test with its words."""
        first = self._first_process()
        entered = ("nsenter", "--target", str(first), "--all") if first else ("false",)
        done = subprocess.run(
            ("timeout", "--kill-after=5", str(within), *entered, "--", *command),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8"},
        )
        assert not check or done.returncode == 0, (
            f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done

    def write(self, path: str, text: str) -> None:
        """Make a file, or replace what is in it; only root can read it if it is new."""
        self.run("sh", "-c", 'umask 077; mkdir -p "${0%/*}"; cat >"$0"', path, stdin=text)

    def wait(self, within: float, what: str, is_so: Callable[[], bool]) -> float:
        """Until it is so; the seconds it took."""
        began = time.monotonic()
        while not is_so():
            assert self._process is not None
            assert self._process.poll() is None, self._log.read_text(errors="replace")
            assert time.monotonic() - began < within, f"not within {within} s: {what}"
            time.sleep(POLL)
        return time.monotonic() - began

    def entered(self) -> contextlib.AbstractContextManager[None]:
        """Put the calling thread into its network: sockets opened meanwhile belong to it."""
        return entered(Path(f"/proc/{self._first_process()}/ns/net"))

    def _first_process(self) -> int | None:
        """Its PID 1, as it is called out here."""
        assert self._process is not None
        unshare = self._process.pid
        try:
            children = Path(f"/proc/{unshare}/task/{unshare}/children").read_text().split()
            if children and Path(f"/proc/{children[0]}/exe").resolve() == SYSTEMD.resolve():
                return int(children[0])
        except OSError:
            pass  # it has just ended, or just begun
        return None

    def _remove(self) -> None:
        assert self._process is not None
        first = self._first_process()
        if first is not None:
            os.kill(first, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait(10)
        subprocess.run(
            ("unshare", "--mount", SCRIPT, "remove", self._home, self._cgroup),
            capture_output=True,
            check=True,
            timeout=20,
        )
        shutil.rmtree(self._home)
