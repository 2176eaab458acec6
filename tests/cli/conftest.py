"""A small configuration, and a daemon's doors on a real socket file."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from linkwatch.config import load
from linkwatch.host.clock import SystemClock
from linkwatch.model.boost import Boost, Word
from linkwatch.model.finding import LinkState
from linkwatch.model.ids import ChannelId, ContactId, IncidentId, LinkId
from linkwatch.model.incident import Incident, Told
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.measurement import Metering
from linkwatch.model.people import Role
from linkwatch.model.thresholds import Metric
from linkwatch.model.topology import Level
from linkwatch.ports import (
    ChannelStatus,
    LinkFigures,
    Recording,
    ReloadVerdict,
    RouterStatus,
    StatusReport,
    Tried,
    Vouching,
)
from linkwatch.web.app import control_app, public_app
from linkwatch.web.metrics import MetricsObserver
from linkwatch.web.server import WebServer
from support import province
from support.acts import FakeActs

NOW = datetime(2021, 5, 15, 1, 0, tzinfo=UTC)
SITES_YAML = """\
version: 1
organisation: Sở TT&TT
timezone: Asia/Ho_Chi_Minh
operators: {hotline: "+84000000099", roster: centre}
department: {leader: duty}
router_defaults:
  snmp:
    version: 3
    port: 21161
    user: linkwatch
    auth: {protocol: SHA256, key: {env: TEST_AUTH}}
    privacy: {protocol: AES128, key: {env: TEST_PRIVACY}}
carriers:
  vnpt: {name: VNPT Gia Lai}
contacts:
  duty: {name: Trực VNPT huyện, phones: ["+84000000017"], channels: [log], answers_by: [phone]}
  province: {name: Trực VNPT tỉnh, phones: ["+84000000018"], channels: [log], answers_by: [phone]}
rosters:
  centre: {level: province, standing: duty}
  vnpt-leader: {carrier: vnpt, level: leader, standing: province}
  vnpt-province: {carrier: vnpt, level: province, standing: province}
  vnpt-district:
    carrier: vnpt
    level: district
    rotation: {start: "2021-05-10T07:00", shift: 12h, members: [duty]}
channels:
  log: {type: log}
sites:
  - id: chu-se
    name: Điểm cầu UBND huyện Chư Sê
    level: district
    routers:
      - {id: chu-se-r1, address: 127.0.171.1}
    links:
      - id: chu-se-wan
        kind: wan
        carrier: vnpt
        targets: [127.0.171.10]
        interface: {router: chu-se-r1, name: Gi0/0}
        contracted: [{rate: 20Mbps}]
      - id: chu-se-inet
        kind: internet
        carrier: vnpt
        targets: [127.0.171.20]
        contracted: [{rate: 20Mbps}]
"""

INCIDENT = province.incident(
    NOW,
    id=IncidentId("LW-000123"),
    circuit="GLI-CSE-0001",
    measured={Metric.LOSS: 1.0},
    told=(Told(ContactId("duty"), Role.DUTY, Level.DISTRICT, (ChannelId("log"),)),),
)


@dataclass
class FakeControl(FakeActs):
    """A daemon in which one link is down, and a router says something hostile."""

    verdict: ReloadVerdict = ReloadVerdict(taken=True, problems=(), summary="nothing changed")
    incidents: tuple[Incident, ...] = (INCIDENT,)
    channels: tuple[ChannelStatus, ...] = ()
    wan: LinkState = LinkState.DOWN
    asked: list[str] = field(default_factory=list)
    vouching: Vouching = Vouching(None, written=True)
    words: list[Word] = field(default_factory=list)
    tried: tuple[Tried, ...] | None = None
    tests: list[tuple[ContactId, bool]] = field(default_factory=list)
    boost: Boost | None = None
    metering: Metering = Metering.WAITING
    under_way: tuple[Maintenance, ...] = ()
    recording: Recording | None = None
    recorded: list[float | str | None] = field(default_factory=list)

    def status(self) -> StatusReport:
        return StatusReport(
            at=NOW,
            version="0.1.0",
            started_at=NOW,
            ready=True,
            ready_detail="",
            links=(
                LinkFigures(
                    LinkId("chu-se-inet"),
                    LinkState.UP,
                    loss=0.0,
                    rtt_p50=0.0123,
                    jitter=0.001,
                    contracted_receive=20_000_000,
                    contracted_transmit=10_000_000,
                    boost=self.boost,
                    metering=self.metering,
                ),
                LinkFigures(
                    LinkId("chu-se-wan"),
                    self.wan,
                    loss=0.00999,
                    utilisation_receive=0.85,
                    maintenance=next(iter(self.under_way), None),
                ),
            ),
            routers=(RouterStatus("chu-se-r1", "chu-se", "timeout", "\x1b[2J\x9b1m", None),),
            incidents=self.incidents,
            works=self.under_way,
            outbox_pending=0,
            channels=self.channels,
        )

    def healthy(self) -> bool:
        return True

    def readiness(self) -> tuple[bool, str]:
        return True, ""

    async def vouch(self, word: Word) -> Vouching:
        self.words.append(word)
        return self.vouching

    async def try_channels(self, contact: ContactId, *, send: bool) -> tuple[Tried, ...] | None:
        self.tests.append((contact, send))
        return self.tried

    def record(self, seconds: float | None) -> Recording | None:
        self.recorded.append(seconds)
        return self.recording

    def end_recording(self) -> None:
        self.recorded.append("end")

    async def reload(self) -> ReloadVerdict:
        self.asked.append("reload")
        return self.verdict


@pytest.fixture
def sites_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A valid configuration; directories of its own for state and run time."""
    for name, mode in (("STATE_DIRECTORY", 0o700), ("RUNTIME_DIRECTORY", 0o750)):
        directory = tmp_path / name.lower()
        directory.mkdir(mode=mode)
        monkeypatch.setenv(name, str(directory))
    monkeypatch.delenv("LINKWATCH_CONFIG", raising=False)
    path = tmp_path / "sites.yaml"
    path.write_text(SITES_YAML, encoding="utf-8")
    return path


@pytest.fixture
def control() -> FakeControl:
    """What the daemon will say."""
    return FakeControl()


@pytest.fixture
def daemon(sites_yaml: Path, control: FakeControl, tmp_path: Path) -> Iterator[FakeControl]:
    """Serves `control` at $RUNTIME_DIRECTORY/linkwatch.sock from a thread."""
    with _serving(sites_yaml, control, tmp_path / "runtime_directory" / "linkwatch.sock"):
        yield control


@contextmanager
def _serving(config_path: Path, control: FakeControl, socket_path: Path) -> Iterator[None]:
    config = load(config_path).config
    assert config is not None
    metrics = MetricsObserver(SystemClock())
    metrics.set_inventory(config.inventory)
    listening = threading.Event()
    stops: list[Callable[[], object]] = []

    async def live() -> None:
        about = (control, metrics, lambda: config.inventory)
        apps = (public_app(*about, lambda token: False, lambda token: None), control_app(*about))
        server = WebServer(*apps, host="127.0.0.1", port=0, socket_path=socket_path)
        server.open()
        loop = asyncio.get_running_loop()
        stops.append(lambda: loop.call_soon_threadsafe(server.stop))
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve())
            await server.listening.wait()
            listening.set()

    thread = threading.Thread(target=lambda: asyncio.run(live()))
    thread.start()
    assert listening.wait(timeout=10)
    try:
        yield
    finally:
        stops[0]()
        thread.join(timeout=10)
        assert not thread.is_alive()
