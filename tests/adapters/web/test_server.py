"""Both doors on real sockets, with a Control that is a class."""

import asyncio
import contextlib
import json
import signal
import socket
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.lowlevel import checkpoint

from linkwatch.judge.boost import Refusal
from linkwatch.model.boost import Boost, Evidence, EvidenceKind, Proof, Word
from linkwatch.model.finding import Direction, LinkState
from linkwatch.model.ids import ChannelId, ContactId, IncidentId, LinkId
from linkwatch.model.incident import Told
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Metering
from linkwatch.model.moment import Span
from linkwatch.model.notification import DeliveryOutcome
from linkwatch.model.people import Role
from linkwatch.model.thresholds import Metric
from linkwatch.model.topology import BoostState, ContractedRate, Level
from linkwatch.model.trial import TrialResult
from linkwatch.oncall.daily_test import Due
from linkwatch.ports import (
    ChannelStatus,
    Clock,
    LinkFigures,
    Recording,
    ReloadVerdict,
    RouterStatus,
    StatusReport,
    Tried,
    Vouching,
)
from linkwatch.runtime.trial import trial_messages
from linkwatch.web.app import control_app, public_app
from linkwatch.web.metrics import MetricsObserver
from linkwatch.web.server import CannotListen, WebServer
from support import province
from support.acts import FakeActs

NOW = datetime(2021, 5, 15, 1, 0, 0, 512000, tzinfo=UTC)
LOCAL = "2021-05-15T08:00:00.512+07:00"
WAN = LinkFigures(
    LinkId("chu-se-wan"), LinkState.DOWN, loss=1.0, jitter=0.001, contracted_receive=20_000_000
)
INCIDENT = province.incident(
    NOW,
    id=IncidentId("LW-000123"),
    circuit="GLI-CSE-0001",
    announced_at=NOW,
    measured={Metric.LOSS: 1.0},
    threshold={Metric.LOSS: 0.05},
    told=(
        Told(ContactId("vnpt-huyen"), Role.DUTY, Level.DISTRICT, (ChannelId("hook"),)),
        Told(ContactId("gone"), Role.OPERATOR, None, ()),
    ),
)

CONTACT = next(iter(province.inventory().contacts.values()))
MUTE = ChannelStatus(
    id=ChannelId("hook"),
    failed_since=NOW,
    reason="in_doubt",
    last_accepted_at=None,
    tested_at=NOW,
    test=TrialResult.FAILED,
    test_detail="no answer within 10 s",
    test_due=Due.DONE,
)


@dataclass
class FakeControl(FakeActs):
    """A daemon that is as a test says."""

    ready: tuple[bool, str] = (True, "")
    alive: bool = True
    verdict: ReloadVerdict = ReloadVerdict(taken=True, problems=(), summary="1 link added")
    reloads: int = 0
    vouching: Vouching = Vouching(None, written=True)
    words: list[Word] = field(default_factory=list)
    tried: tuple[Tried, ...] | None = None
    tests: list[tuple[ContactId, bool]] = field(default_factory=list)
    links: tuple[LinkFigures, ...] = (WAN,)
    stuck: asyncio.Event | None = None
    """Set by a reload, which then never ends."""

    beats: list[str] = field(default_factory=list)
    recordings: list[Recording] = field(default_factory=list)
    recorded: list[float | str | None] = field(default_factory=list)

    def beat(self, token: str) -> bool:
        self.beats.append(token)
        return token == "known"  # noqa: S105 not a secret

    def status(self) -> StatusReport:
        return StatusReport(
            at=NOW,
            version="0.1.0",
            started_at=NOW,
            ready=self.ready[0],
            ready_detail=self.ready[1],
            links=self.links,
            routers=(RouterStatus("chu-se-r1", "chu-se", "timeout", None, NOW),),
            incidents=(INCIDENT,),
            outbox_pending=2,
            channels=(MUTE,),
            config_files=("config/sites.yaml",),
            config_loaded_at=NOW,
        )

    def healthy(self) -> bool:
        return self.alive

    def readiness(self) -> tuple[bool, str]:
        return self.ready

    async def vouch(self, word: Word) -> Vouching:
        self.words.append(word)
        return self.vouching

    async def try_channels(self, contact: ContactId, *, send: bool) -> tuple[Tried, ...] | None:
        self.tests.append((contact, send))
        return self.tried

    def record(self, seconds: float | None) -> Recording | None:
        self.recorded.append(seconds)
        return self.recordings.pop() if self.recordings else None

    def end_recording(self) -> None:
        self.recorded.append("end")

    async def reload(self) -> ReloadVerdict:
        self.reloads += 1
        if self.stuck is not None:
            self.stuck.set()
            await asyncio.Event().wait()
        return self.verdict


@dataclass
class Doors:
    """A running server with a client at each door."""

    server: WebServer
    control: FakeControl
    tcp: httpx.AsyncClient
    unix: httpx.AsyncClient
    socket_path: Path


Scenario = Callable[[Doors], Awaitable[None]]
Run = Callable[[Scenario], None]


@pytest.fixture
def run(clock: Clock, province: Callable[..., Inventory], tmp_path: Path) -> Run:
    inventory = province("chu-se")
    metrics = MetricsObserver(clock)
    metrics.set_inventory(inventory)
    metrics.link_changed(WAN.link, WAN.state)
    metrics.sources.judged = lambda links: [WAN._replace(link=link) for link in links]
    path = tmp_path / "linkwatch.sock"

    @contextlib.asynccontextmanager
    async def running() -> AsyncIterator[Doors]:
        control = FakeControl()
        args = (control, metrics, lambda: inventory)
        server = WebServer(
            public_app(*args, control.beat, lambda token: None),
            control_app(*args),
            host="127.0.0.1",
            port=0,
            socket_path=path,
        )
        server.open()
        async with (
            asyncio.TaskGroup() as group,
            httpx.AsyncClient(base_url="http://{}:{}".format(*server.address)) as tcp,
            httpx.AsyncClient(
                base_url="http://linkwatch", transport=httpx.AsyncHTTPTransport(uds=str(path))
            ) as unix,
        ):
            group.create_task(server.serve())
            await server.listening.wait()
            yield Doors(server, control, tcp, unix, path)
            server.stop()

    def drive(scenario: Scenario) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(20), running() as doors:
                await scenario(doors)

        asyncio.run(bounded())

    return drive


def test_health_and_readiness_say_why(run: Run) -> None:
    async def scenario(doors: Doors) -> None:
        for client in (doors.tcp, doors.unix):
            assert (await client.get("/healthz")).status_code == 200
            assert (await client.get("/readyz")).text == "ready\n"
        doors.control.ready = (False, "12 of 480 links not probed yet")
        doors.control.alive = False
        answer = await doors.tcp.get("/readyz")
        assert answer.status_code == 503
        assert answer.text == "not ready: 12 of 480 links not probed yet\n"
        assert (await doors.tcp.get("/healthz")).status_code == 503

    run(scenario)


def test_metrics_are_served_in_the_text_format(run: Run) -> None:
    async def scenario(doors: Doors) -> None:
        answer = await doors.tcp.get("/metrics")
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert 'linkwatch_link_state{link="chu-se-wan",state="down"} 1.0\n' in answer.text

    run(scenario)


def test_openmetrics_is_served_to_who_asks_for_it(run: Run) -> None:
    async def scenario(doors: Doors) -> None:
        wanted = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
        for client in (doors.tcp, doors.unix):
            answer = await client.get("/metrics", headers={"accept": wanted})
            kind = "application/openmetrics-text; version=1.0.0; charset=utf-8"
            assert answer.headers["content-type"] == kind
            assert answer.text.count("# EOF") == 1
            assert answer.text.endswith("# EOF\n")
            assert "# TYPE linkwatch_probes_sent counter\n" in answer.text

    run(scenario)


def test_status_is_the_documented_document(run: Run) -> None:
    async def scenario(doors: Doors) -> None:
        answer = await doors.tcp.get("/api/v1/status")
        assert answer.headers["content-type"] == "application/json"
        document: dict[str, Any] = answer.json()
        assert document["at"] == LOCAL
        assert document["config"] == {
            "files": ["config/sites.yaml"],
            "loaded_at": LOCAL,
            "unused": [],
        }
        assert document["outbox_pending"] == 2
        assert document["links"] == [
            {
                "id": "chu-se-wan",
                "site": "chu-se",
                "site_name": "Điểm cầu chu-se",
                "carrier": "vnpt",
                "kind": "wan",
                "circuit": 'GLI-"1"\\2\n3',
                "state": "down",
                "since": "2021-05-15T08:00:00.000+07:00",
                "loss": 1.0,
                "rtt_p50": None,
                "rtt_p95": None,
                "jitter": 0.001,
                "utilisation": {"receive": None, "transmit": None},
                "contracted": {"receive": 20000000, "transmit": None},
                "boost": None,
                "metering": "waiting",
                "p95_month": {"receive": None, "transmit": None},
                "maintenance": None,
                "availability": None,
                "oper": None,
            }
        ]
        assert document["routers"][0]["outcome"] == "timeout"
        assert document["channels"] == [
            {
                "id": "hook",
                "failed_since": LOCAL,
                "reason": "in_doubt",
                "last_accepted_at": None,
                "tested_at": LOCAL,
                "test": "failed",
                "test_detail": "no answer within 10 s",
                "test_due": "done",
            }
        ]
        incident = document["incidents"][0]
        assert (incident["id"], incident["priority"]) == ("LW-000123", "P1")
        assert incident["started_at"] == LOCAL
        assert incident["measured"] == {"loss": 1.0}
        assert incident["told"] == [
            {
                "contact": "vnpt-huyen",
                "name": "Trực VNPT huyện",
                "role": "duty",
                "level": "district",
                "channels": ["hook"],
            },
            {"contact": "gone", "name": None, "role": "operator", "level": None, "channels": []},
        ]

    run(scenario)


def test_a_boost_is_shown_with_both_rates_and_what_is_known_of_it(run: Run) -> None:
    span = Span(NOW, NOW + timedelta(days=1))
    promised = ContractedRate(100, None, span, "675/STTTT-BCVT", BoostState.PROMISED)
    word = Evidence(
        *(WAN.link, EvidenceKind.CONFIRMED, NOW, 90, Direction.RECEIVE, "đo tốc độ", "Trực TT")
    )
    proofs = {Direction.RECEIVE: Proof.PROVEN, Direction.TRANSMIT: Proof.UNPROVEN}
    boost = Boost(ContractedRate(20, 20), promised, proofs, (word,))
    figures = WAN._replace(boost=boost, metering=Metering.CARRIERS_ROUTER, p95_receive=7.5)

    async def scenario(doors: Doors) -> None:
        doors.control.links = (figures,)
        (link,) = (await doors.tcp.get("/api/v1/status")).json()["links"]
        assert link["metering"] == "carriers_router"
        assert link["p95_month"] == {"receive": 7.5, "transmit": None}
        assert link["boost"] == {
            "normal": {"receive": 20, "transmit": 20},
            "promised": {"receive": 100, "transmit": None},
            "proofs": {"receive": "proven", "transmit": "unproven"},
            "until": "2021-05-16T08:00:00.512+07:00",
            "reference": "675/STTTT-BCVT",
            "state": "promised",
            "evidence": [
                {
                    "kind": "confirmed",
                    "at": LOCAL,
                    "rate": 90,
                    "direction": "receive",
                    "text": "đo tốc độ",
                    "by": "Trực TT",
                }
            ],
        }

    run(scenario)


def test_a_word_on_a_boost_is_taken_over_the_socket_file_only(run: Run) -> None:
    said = {"link": "chu-se-wan", "rate": 100_000_000, "evidence": " đo tốc độ ", "by": "Trực"}

    async def scenario(doors: Doors) -> None:
        path = "/api/v1/boosts/confirm"
        assert (await doors.tcp.post(path, json=said)).status_code == 404
        taken = await doors.unix.post(path, json=said)
        assert (taken.status_code, taken.json()) == (200, {"taken": True, "written": True})
        one_way = await doors.unix.post(path, json={**said, "direction": "transmit"})
        assert one_way.status_code == 200
        word = Word(WAN.link, 100_000_000, "đo tốc độ", "Trực")
        assert doors.control.words == [word, replace(word, direction=Direction.TRANSMIT)]

    run(scenario)


@pytest.mark.parametrize(
    ("refusal", "code"),
    [(Refusal.UNKNOWN_LINK, 404), (Refusal.NO_BOOST, 409), (Refusal.NOT_ABOVE_NORMAL, 409)],
)
def test_a_refused_word_says_why(run: Run, refusal: Refusal, code: int) -> None:
    said = {"link": "chu-se-wan", "rate": 1, "evidence": "x", "by": "y"}

    async def scenario(doors: Doors) -> None:
        doors.control.vouching = Vouching(refusal, written=False)
        answer = await doors.unix.post("/api/v1/boosts/confirm", json=said)
        assert (answer.status_code, answer.json()["reason"]) == (code, refusal.value)

    run(scenario)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b'{"link": "a", "rate": 1, "evidence": "x"}', "by"),
        (b'{"link": "a", "rate": 0, "evidence": "x", "by": "y"}', "rate"),
        (b'{"link": "a", "rate": "1", "evidence": "x", "by": "y"}', "rate"),
        (b'{"link": "a", "rate": 1, "evidence": "  ", "by": "y"}', "evidence"),
        (b'{"link": "a", "rate": 1, "evidence": "x", "by": "y", "direction": "up"}', "direction"),
        (b'{"link": "a", "rate": 1, "evidence": "x", "by": "y", "at": 1}', "at"),
        (b'{"link": "a", "rate": 1, "by": "y", "evidence": "' + b"x" * 20_000 + b'"}', "body"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(
    run: Run, body: bytes, place: str
) -> None:
    async def scenario(doors: Doors) -> None:
        answer = await doors.unix.post("/api/v1/boosts/confirm", content=body)
        assert (answer.status_code, list(answer.json()["problems"])) == (400, [place])
        assert doors.control.words == []

    run(scenario)


class Endless:
    """A recording that goes on until its reader is gone."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()

    async def frames(self) -> AsyncIterator[bytes]:
        while True:
            yield b"a frame"
            await checkpoint()

    def close(self) -> None:
        self.closed.set()


def test_a_recording_is_made_over_the_socket_file_until_its_reader_is_gone(run: Run) -> None:
    path = "/api/v1/recording"

    async def scenario(doors: Doors) -> None:
        recording = Endless()
        doors.control.recordings.append(recording)
        assert (await doors.tcp.post(path)).status_code == 404
        assert (await doors.tcp.delete(path)).status_code == 404
        async with doors.unix.stream("POST", path, params={"seconds": 60}) as answer:
            assert answer.status_code == 200
            assert b"a frame" in await anext(answer.aiter_bytes())
            taken = await doors.unix.post(path)
            assert (taken.status_code, taken.json()["reason"]) == (409, "recording_already")
            assert not recording.closed.is_set()
        await recording.closed.wait()
        assert (await doors.unix.delete(path)).status_code == 204
        assert doors.control.recorded == [60.0, None, "end"]

    run(scenario)


@pytest.mark.parametrize(
    "query", ["seconds=0", "seconds=-1", "seconds=nan", "seconds=1e9", "seconds=x", "minutes=1"]
)
def test_a_wish_to_record_that_is_not_understood_is_refused(run: Run, query: str) -> None:
    async def scenario(doors: Doors) -> None:
        answer = await doors.unix.post(f"/api/v1/recording?{query}")
        assert answer.status_code == 400
        assert list(answer.json()["problems"]) == [query.split("=", maxsplit=1)[0]]
        assert doors.control.recorded == []

    run(scenario)


def test_status_shows_no_phone_number(run: Run) -> None:
    async def scenario(doors: Doors) -> None:
        assert "+84" not in (await doors.tcp.get("/api/v1/status")).text

    run(scenario)


def test_only_the_socket_file_takes_a_reload(run: Run) -> None:
    async def scenario(doors: Doors) -> None:
        assert (await doors.tcp.post("/api/v1/reload")).status_code == 404
        assert (await doors.unix.get("/api/v1/reload")).status_code == 405
        assert doors.control.reloads == 0
        taken = await doors.unix.post("/api/v1/reload")
        assert taken.status_code == 200
        assert taken.json() == {"taken": True, "summary": "1 link added", "problems": []}
        doors.control.verdict = ReloadVerdict(taken=False, problems=("a.yaml:3:5: no",))
        refused = await doors.unix.post("/api/v1/reload")
        assert refused.status_code == 409
        assert refused.json()["problems"] == ["a.yaml:3:5: no"]

    run(scenario)


@pytest.mark.parametrize("path", ["/", "/metrics", "/healthz", "/readyz", "/api/v1/status"])
def test_nothing_is_changed_over_tcp(run: Run, path: str) -> None:
    async def scenario(doors: Doors) -> None:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert (await doors.tcp.request(method, path)).status_code == 405
        answer = await doors.tcp.get(path)
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers

    run(scenario)


def test_the_socket_file_is_for_owner_and_group_and_goes_away(run: Run) -> None:
    paths: list[Path] = []

    async def scenario(doors: Doors) -> None:
        paths.append(doors.socket_path)
        assert stat.S_IMODE(doors.socket_path.stat().st_mode) == 0o660

    run(scenario)
    assert not paths[0].exists()


def web_server(path: Path, port: int = 0) -> WebServer:
    async def nothing(scope: object, receive: object, send: object) -> None:
        raise AssertionError("nobody asks")

    return WebServer(nothing, nothing, host="127.0.0.1", port=port, socket_path=path)


def test_a_killed_daemons_socket_file_is_taken_over(run: Run, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as killed:
        killed.bind(str(tmp_path / "linkwatch.sock"))
        killed.listen()

    async def scenario(doors: Doors) -> None:
        assert (await doors.unix.get("/healthz")).status_code == 200

    run(scenario)


def test_a_living_daemons_socket_file_is_not(run: Run) -> None:
    async def scenario(doors: Doors) -> None:
        with pytest.raises(CannotListen, match="another linkwatch is listening there"):
            web_server(doors.socket_path).open()
        assert (await doors.unix.get("/healthz")).status_code == 200

    run(scenario)


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "linkwatch.sock"
    path.write_text("precious")
    with pytest.raises(CannotListen, match="is no socket"):
        web_server(path).open()
    assert path.read_text() == "precious"


def test_a_port_in_use_is_said_plainly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotListen, match=f"127.0.0.1:{port}: another program is listening"):
            web_server(tmp_path / "linkwatch.sock", port).open()
    assert not list(tmp_path.iterdir())


def test_a_missing_directory_is_said_plainly_and_frees_the_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(CannotListen, match="No such file or directory"):
        web_server(tmp_path / "nowhere" / "linkwatch.sock", port).open()
    socket.create_server(("127.0.0.1", port)).close()


def test_stopping_waits_no_longer_than_its_bound_for_a_slow_reader(run: Run) -> None:
    async def scenario(doors: Doors) -> None:
        doors.control.stuck = stuck = asyncio.Event()
        request = asyncio.ensure_future(doors.unix.post("/api/v1/reload", timeout=20))
        await stuck.wait()
        loop = asyncio.get_running_loop()
        began = loop.time()
        doors.server.stop()
        with contextlib.suppress(httpx.HTTPError):
            await request
        assert loop.time() - began < 4

    run(scenario)


def test_serving_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "linkwatch.sock"

    async def scenario() -> None:
        server = web_server(path)
        server.open()
        task = asyncio.ensure_future(server.serve())
        await server.listening.wait()
        host, port = server.address
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not path.exists()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, port), timeout=5)

    asyncio.run(asyncio.wait_for(scenario(), timeout=10))


def test_signals_stay_the_daemons(run: Run) -> None:
    before = signal.getsignal(signal.SIGTERM)

    async def scenario(_doors: Doors) -> None:
        assert signal.getsignal(signal.SIGTERM) is before

    run(scenario)


def test_documents_are_whole_however_many_links(run: Run) -> None:
    async def scenario(doors: Doors) -> None:
        doors.control.links = (WAN,) * 1234
        document = json.loads((await doors.tcp.get("/api/v1/status")).text)
        assert len(document["links"]) == 1234

    run(scenario)


def test_a_site_beats_at_the_public_door_by_its_own_token_alone(run: Run) -> None:
    async def scenario(doors: Doors) -> None:
        assert (await doors.tcp.get("/beat/known")).status_code == 200
        assert (await doors.tcp.post("/beat/known", content=b"ignored")).status_code == 200
        assert (await doors.tcp.get("/beat/guessed")).status_code == 404
        assert (await doors.tcp.put("/beat/known")).status_code == 405
        assert (await doors.unix.get("/beat/known")).status_code == 404
        assert doors.control.beats == ["known", "known", "guessed"]

    run(scenario)


def test_a_test_is_sent_through_the_socket_file_only(run: Run) -> None:
    path = "/api/v1/contacts/test"
    [message, *_] = trial_messages(province.inventory(), CONTACT, NOW)

    async def scenario(doors: Doors) -> None:
        doors.control.tried = (
            Tried(message, DeliveryOutcome.ACCEPTED, "HTTP 200"),
            Tried(message, None, "no attempt has ended yet"),
        )
        assert (await doors.tcp.post(path, json={"contact": "duty"})).status_code == 404
        assert doors.control.tests == []
        answer = await doors.unix.post(path, json={"contact": "duty"})
        assert answer.status_code == 200
        accepted, waiting = answer.json()["messages"]
        assert accepted == {
            "channel": message.channel,
            "key": message.key,
            "outcome": "accepted",
            "detail": "HTTP 200",
            "subject": message.subject,
            "text": message.text,
            "short": message.short,
        }
        assert waiting["outcome"] is None
        await doors.unix.post(path, json={"contact": "duty", "dry_run": True})
        assert doors.control.tests == [("duty", True), ("duty", False)]

    run(scenario)


def test_a_test_to_nobody_known_or_that_is_not_understood_is_refused(run: Run) -> None:
    path = "/api/v1/contacts/test"

    async def scenario(doors: Doors) -> None:
        unknown = await doors.unix.post(path, json={"contact": "nobody"})
        assert (unknown.status_code, unknown.json()["reason"]) == (404, "unknown_contact")
        doors.control.tests.clear()
        for body, place in (
            (b"{", "body"),
            (b"{}", "contact"),
            (b'{"contact": " "}', "contact"),
            (b'{"contact": "a", "dry_run": 1}', "dry_run"),
            (b'{"contact": "a", "channel": "x"}', "channel"),
        ):
            answer = await doors.unix.post(path, content=body)
            assert (answer.status_code, list(answer.json()["problems"])) == (400, [place])
        assert doors.control.tests == []

    run(scenario)
