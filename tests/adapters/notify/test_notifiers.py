"""The port `Notifier` on every channel and on a fake; the webhook against a real HTTP receiver."""

import asyncio
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest
from structlog.testing import capture_logs

from linkwatch.config.settings import Channel, LogChannel, UnservedChannel, WebhookChannel
from linkwatch.model.ids import ChannelId, ContactId, IncidentId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.moment import Moment
from linkwatch.model.notification import Delivery, DeliveryOutcome, Notification
from linkwatch.model.priority import Priority
from linkwatch.model.secret import SecretRef, SecretSource
from linkwatch.notify.factory import build, build_all
from linkwatch.notify.webhook import BODY_BOUND, WebhookNotifier
from linkwatch.ports import Notifier

NOW = datetime(2021, 5, 15, 0, 42, 10, 512000, tzinfo=UTC)
HOOK = ChannelId("hook")
SECRET = "not a real secret"  # noqa: S105 as it says
MESSAGE = Notification(
    key="LW-000123:opened:vnpt-tinh-a:hook",
    incident=IncidentId("LW-000123"),
    event=IncidentEvent.OPENED,
    contact=ContactId("vnpt-tinh-a"),
    channel=ChannelId("hook"),
    priority=Priority.P1,
    text="MẤT KẾT NỐI\n\x1b[31mGi0/0",
    body='{"version": "1", "text": "MẤT KẾT NỐI"}',
    created_at=NOW,
    started_at=NOW,
)


class Request(NamedTuple):
    """What arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver(ThreadingHTTPServer):
    """Answers as told, once `go_on` is set, and keeps what arrived."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Request] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.content = b""
        self.hang_up = False
        self.go_on = threading.Event()
        self.go_on.set()
        self.peers: set[int] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/alerts"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        request = Request(self.path, dict(self.headers.items()), self.rfile.read(length))
        self.server.requests.append(request)
        self.server.peers.add(self.client_address[1])
        self.server.go_on.wait(10)
        if self.server.hang_up:
            self.close_connection = True
            return
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        try:
            self.wfile.write(self.server.content)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
        """Quiet."""


class FixedClock:
    """Always the same moment."""

    def now(self) -> Moment:
        """NOW."""
        return Moment(0.0, NOW)

    async def sleep_until(self, monotonic: float) -> None:
        """Nobody here sleeps."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving() as server:
        yield server


@contextmanager
def serving() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.go_on.set()
            server.shutdown()
            thread.join(10)


class FakeNotifier:
    """The fake that other tests may believe."""

    def __init__(self, channel: ChannelId) -> None:
        self._id = channel
        self.sent: list[Notification] = []

    @property
    def id(self) -> ChannelId:
        return self._id

    async def send(self, notification: Notification) -> Delivery:
        self.sent.append(notification)
        return Delivery(DeliveryOutcome.ACCEPTED)

    async def close(self) -> None:
        """Nothing to give back."""


def webhook(url: str, *, secret: str | None = SECRET, timeout: float = 5.0) -> WebhookNotifier:
    return WebhookNotifier(HOOK, url, secret, timeout, FixedClock())


def sent(notifier: Notifier, *messages: Notification) -> list[Delivery]:
    """What became of the messages, one after the other."""

    async def send() -> list[Delivery]:
        try:
            return [await notifier.send(message) for message in messages]
        finally:
            await notifier.close()

    return asyncio.run(send())


@pytest.fixture(params=["fake", "log", "webhook"])
def notifier(request: pytest.FixtureRequest, receiver: Receiver) -> Notifier:
    """Each implementation of the port."""
    if request.param == "fake":
        return FakeNotifier(HOOK)
    channels: dict[str, Channel] = {
        "log": LogChannel(HOOK),
        "webhook": WebhookChannel(HOOK, receiver.url, None, 5.0),
    }
    return build(channels[request.param], str, FixedClock())


def test_it_bears_the_id_of_its_channel(notifier: Notifier) -> None:
    assert notifier.id == HOOK
    asyncio.run(notifier.close())


def test_it_accepts_and_accepts_again(notifier: Notifier) -> None:
    deliveries = sent(notifier, MESSAGE, MESSAGE, replace(MESSAGE, incident=None))

    assert [d.outcome for d in deliveries] == [DeliveryOutcome.ACCEPTED] * 3


def test_it_serves_several_at_once(notifier: Notifier) -> None:
    async def send_all() -> list[Delivery]:
        try:
            return await asyncio.gather(
                *(notifier.send(replace(MESSAGE, key=f"k{n}")) for n in range(20))
            )
        finally:
            await notifier.close()

    deliveries = asyncio.run(send_all())
    assert {d.outcome for d in deliveries} == {DeliveryOutcome.ACCEPTED}


def test_it_may_be_closed_twice(notifier: Notifier) -> None:
    async def close() -> None:
        await notifier.close()
        await notifier.close()

    asyncio.run(close())


def test_log_says_who_is_told_what() -> None:
    notifier = build(LogChannel(ChannelId("log")), str, FixedClock())
    with capture_logs() as logs:
        sent(notifier, MESSAGE)

    [line] = logs
    assert line["log_level"] == "warning"
    assert (line["contact"], line["priority"]) == ("vnpt-tinh-a", "P1")
    assert line["text"] == MESSAGE.text


def test_a_channel_without_a_sender_refuses_with_the_reason() -> None:
    notifier = build(UnservedChannel(HOOK, "telegram"), str, FixedClock())

    assert sent(notifier, MESSAGE) == [
        Delivery(
            DeliveryOutcome.REFUSED, "channels of type telegram are not served by this version"
        )
    ]


def test_all_channels_are_built_or_none() -> None:
    def resolve(ref: SecretRef) -> str:
        raise LookupError(str(ref))

    ref = SecretRef(SecretSource.ENV, "HOOK_SECRET")
    channels: list[Channel] = [
        LogChannel(ChannelId("log")),
        WebhookChannel(HOOK, "http://x.example", ref, 5.0),
    ]

    assert list(build_all(channels[:1], resolve, FixedClock())) == ["log"]
    with pytest.raises(LookupError, match="env:HOOK_SECRET"):
        build_all(channels, resolve, FixedClock())


def test_webhook_posts_exactly_the_body_with_its_key_and_signature(receiver: Receiver) -> None:
    sent(webhook(receiver.url), MESSAGE)

    [request] = receiver.requests
    assert request.path == "/alerts"
    assert request.body == MESSAGE.body.encode()
    assert json.loads(request.body)["text"] == "MẤT KẾT NỐI"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Idempotency-Key"] == MESSAGE.key
    assert request.headers["X-Linkwatch-Timestamp"] == "1621039330"
    expected = hmac.digest(SECRET.encode(), b"1621039330." + request.body, "sha256").hex()
    assert request.headers["X-Linkwatch-Signature"] == f"sha256={expected}"


def test_webhook_without_a_secret_is_not_signed(receiver: Receiver) -> None:
    sent(webhook(receiver.url, secret=None), MESSAGE)

    assert "X-Linkwatch-Signature" not in receiver.requests[0].headers


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, DeliveryOutcome.ACCEPTED),
        (202, DeliveryOutcome.ACCEPTED),
        (204, DeliveryOutcome.ACCEPTED),
        (301, DeliveryOutcome.REFUSED),
        (400, DeliveryOutcome.REFUSED),
        (401, DeliveryOutcome.REFUSED),
        (404, DeliveryOutcome.REFUSED),
        (408, DeliveryOutcome.FAILED),
        (429, DeliveryOutcome.FAILED),
        (500, DeliveryOutcome.FAILED),
        (503, DeliveryOutcome.FAILED),
    ],
)
def test_webhook_reads_the_status(
    receiver: Receiver, status: int, outcome: DeliveryOutcome
) -> None:
    receiver.status = status

    [delivery] = sent(webhook(receiver.url), MESSAGE)

    assert delivery.outcome is outcome
    assert delivery.detail.startswith(f"HTTP {status}")


def test_webhook_passes_on_what_the_peer_asks_for(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "30"}

    [delivery] = sent(webhook(receiver.url), MESSAGE)

    assert delivery == Delivery(DeliveryOutcome.FAILED, "HTTP 429", retry_after=30.0)


def test_webhook_follows_no_redirect(receiver: Receiver) -> None:
    with serving() as elsewhere:
        receiver.status, receiver.headers = 307, {"Location": elsewhere.url}
        sent(webhook(receiver.url), MESSAGE)

        assert elsewhere.requests == []


def test_webhook_uses_no_proxy_from_the_environment(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        sent(webhook(receiver.url), MESSAGE)

        assert (len(receiver.requests), len(proxy.requests)) == (1, 0)


def test_silence_after_the_request_is_in_doubt(receiver: Receiver) -> None:
    receiver.go_on.clear()

    [delivery] = sent(webhook(receiver.url, timeout=0.2), MESSAGE)

    assert delivery == Delivery(DeliveryOutcome.IN_DOUBT, "no answer within 0.2 s")
    assert len(receiver.requests) == 1


def test_a_hang_up_after_the_request_is_in_doubt(receiver: Receiver) -> None:
    receiver.hang_up = True

    [delivery] = sent(webhook(receiver.url), MESSAGE)

    assert delivery.outcome is DeliveryOutcome.IN_DOUBT
    assert delivery.detail == "no answer: RemoteProtocolError"


def test_a_closed_port_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    [delivery] = sent(webhook(f"http://127.0.0.1:{port}/"), MESSAGE)

    assert delivery.outcome is DeliveryOutcome.FAILED
    assert delivery.detail.startswith("not sent: ")


def test_a_host_that_takes_no_connection_is_a_failure() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        # A backlog of 0 holds one connection; the second one's SYN stays without an answer.
        with socket.create_connection(address), socket.socket() as second:
            second.setblocking(False)
            second.connect_ex(address)
            [delivery] = sent(webhook(f"http://127.0.0.1:{address[1]}/", timeout=0.4), MESSAGE)

    assert delivery == Delivery(DeliveryOutcome.FAILED, "not sent: ConnectTimeout")


@pytest.mark.parametrize("url", ["https://127.0.0.1:{port}/?token=hunter2", "ftp://x/hunter2"])
def test_no_detail_repeats_the_url(receiver: Receiver, url: str) -> None:
    [delivery] = sent(webhook(url.format(port=receiver.server_port), timeout=2.0), MESSAGE)

    assert delivery.outcome is DeliveryOutcome.FAILED
    assert "hunter2" not in delivery.detail


def test_connections_are_kept_after_a_short_answer(receiver: Receiver) -> None:
    receiver.content = b"x" * BODY_BOUND
    sent(webhook(receiver.url), MESSAGE, MESSAGE, MESSAGE)

    assert len(receiver.peers) == 1


def test_a_long_answer_is_not_read_to_its_end(receiver: Receiver) -> None:
    receiver.content = b"x" * 50_000_000
    deliveries = sent(webhook(receiver.url), MESSAGE, MESSAGE)

    assert [d.outcome for d in deliveries] == [DeliveryOutcome.ACCEPTED] * 2
    assert len(receiver.peers) == 2


def test_an_answer_whose_body_never_ends_is_still_an_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                connection.recv(1)

        thread = threading.Thread(target=answer)
        thread.start()
        port = listener.getsockname()[1]
        [delivery] = sent(webhook(f"http://127.0.0.1:{port}/"), MESSAGE)
        thread.join(10)

    assert delivery == Delivery(DeliveryOutcome.ACCEPTED, "HTTP 200")
