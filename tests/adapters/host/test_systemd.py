"""sd_notify over real datagram sockets."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from linkwatch.host.systemd import Systemd, watchdog_pace
from linkwatch.model.moment import Moment
from linkwatch.ports import Supervisor


@dataclass
class StoppedClock:
    """Always the same moment."""

    moment: Moment

    def now(self) -> Moment:
        return self.moment

    async def sleep_until(self, monotonic: float) -> None:
        raise AssertionError(f"nobody should sleep until {monotonic}")


CLOCK = StoppedClock(Moment(12.345678, datetime(2021, 5, 15, tzinfo=UTC)))


@dataclass
class Manager:
    """A service manager's end of the socket."""

    socket: socket.socket
    name: str

    def heard(self) -> str:
        return self.socket.recv(4096).decode()


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    name = f"@linkwatch-test-{os.getpid()}" if request.param == "abstract" else f"{tmp_path}/notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.settimeout(5)
        receiver.bind("\0" + name[1:] if name.startswith("@") else name)
        yield Manager(receiver, name)


@pytest.fixture
def systemd(manager: Manager) -> Iterator[Systemd]:
    speaker = Systemd({"NOTIFY_SOCKET": manager.name}, CLOCK)
    yield speaker
    speaker.close()


def announce(supervisor: Supervisor) -> None:
    supervisor.starting(30.0)
    supervisor.ready()
    supervisor.alive()
    supervisor.stopping()


def test_says_what_systemd_understands(manager: Manager, systemd: Systemd) -> None:
    announce(systemd)
    said = ["EXTEND_TIMEOUT_USEC=30000000", "READY=1", "WATCHDOG=1", "STOPPING=1"]
    assert [manager.heard() for _ in said] == said


def test_reloading_carries_the_monotonic_time(manager: Manager, systemd: Systemd) -> None:
    systemd.reloading()
    assert manager.heard() == "RELOADING=1\nMONOTONIC_USEC=12345678"


def test_a_status_cannot_smuggle_in_another_assignment(manager: Manager, systemd: Systemd) -> None:
    systemd.status("480 links\nMAINPID=1")
    assert manager.heard() == "STATUS=480 links MAINPID=1"


@pytest.mark.parametrize("address", ["", "vsock:2:1234", "relative/path"])
def test_is_silent_where_there_is_no_manager(address: str) -> None:
    systemd = Systemd({"NOTIFY_SOCKET": address}, CLOCK)
    systemd.ready()
    systemd.close()


def test_survives_a_manager_that_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    systemd = Systemd({"NOTIFY_SOCKET": str(tmp_path / "nobody")}, CLOCK)
    systemd.alive()
    systemd.alive()
    systemd.close()
    captured = capsys.readouterr()
    assert (captured.out + captured.err).count("the service manager cannot be told") == 1


@pytest.mark.parametrize(
    ("environment", "pace"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "41"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_fed_at_half_its_limit(
    environment: dict[str, str], pace: float | None
) -> None:
    assert watchdog_pace(environment, pid=42) == pace
