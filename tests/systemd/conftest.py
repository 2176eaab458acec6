"""linkwatch as a service under a real systemd, installed by the one command that the docs give."""

import fcntl
import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.machine import Machine, requires_machine
from support.service import CLONE, DROP_INS, SECRET, WHEELS, Service, province

ROOT = Path(__file__).parents[2]
PYTHON = "/usr/bin/python3"
"""The machine's own: wheels are of its version."""
DOWNLOAD = 300.0


@pytest.fixture(scope="session")
def wheels(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the lock names, as files: there is no network on the machine."""
    requires_machine()
    lock = ROOT / "requirements.lock"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    kept = request.config.cache.mkdir(f"wheels-{digest}")
    done = kept / ".complete"
    with (kept / ".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # tests may run side by side
        if not done.exists():
            _download(lock, kept, tmp_path_factory.mktemp("pip") / "venv")
            done.touch()
    return kept


def _download(lock: Path, to: Path, venv: Path) -> None:
    subprocess.run((PYTHON, "-m", "venv", venv), check=True, timeout=DOWNLOAD)
    command = (venv / "bin" / "pip", "download", "-qq", "--require-hashes", "--no-deps")
    options = ("--only-binary", ":all:", "--dest", to, "-r", lock)
    subprocess.run((*command, *options), check=True, timeout=DOWNLOAD)


@pytest.fixture(scope="session")
def machine(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One machine for all tests: what each leaves, the next puts right."""
    home = tmp_path_factory.mktemp("machine")
    with Machine(home, {ROOT: CLONE, wheels: WHEELS}) as booted:
        yield booted


@pytest.fixture
def bare(machine: Machine) -> Service:
    """Nothing of linkwatch on the machine."""
    service = Service(machine)
    if machine.run("test", "-e", "/opt/linkwatch", check=False).returncode == 0:
        service.deploy("uninstall", "--purge")
    machine.run("rm", "-rf", "/etc/linkwatch", "/var/lib/linkwatch", DROP_INS)
    return service


@pytest.fixture(scope="session")
def release(machine: Machine) -> str:
    """What the clone's release is called; it is installed, and nothing is started."""
    service = Service(machine)
    service.install("--no-start")
    return service.release()


@pytest.fixture
def service(machine: Machine, release: str) -> Service:
    """The clone's release, installed and running, with two links and its secret."""
    service = Service(machine)
    machine.run("rm", "-rf", DROP_INS)
    machine.run("systemctl", "daemon-reload")
    if service.release() != release:
        machine.run("rm", "-rf", "/etc/linkwatch")
        service.install("--no-start")
    service.configure(province())
    machine.write(SECRET, "of-the-test\n")
    service.systemctl("restart")
    return service
