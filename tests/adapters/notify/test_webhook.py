"""The channel `webhook` against a real HTTP receiver."""

import hmac
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from linkwatch.config.settings import WebhookChannel
from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome
from linkwatch.model.secret import SecretRef, SecretSource
from linkwatch.notify.http import BODY_BOUND
from linkwatch.notify.webhook import WebhookNotifier
from support.authority import Authority
from support.httppeer import Receiver, serving
from support.sending import SECRET, TEXT, around, message, sent

HOOK = ChannelId("hook")
KEY = SecretRef(SecretSource.ENV, "HOOK_SECRET")
MESSAGE = message(HOOK)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving() as server:
        yield server


def webhook(
    url: str, *, secret: SecretRef | None = KEY, timeout: float = 5.0, ca: Path | None = None
) -> WebhookNotifier:
    return WebhookNotifier(WebhookChannel(HOOK, url, secret, timeout, ca), around())


def test_webhook_posts_exactly_the_body_with_its_key_and_signature(receiver: Receiver) -> None:
    sent(webhook(receiver.url), MESSAGE)

    [request] = receiver.requests
    assert request.path == "/alerts"
    assert request.body == MESSAGE.body.encode()
    assert json.loads(request.body)["text"] == TEXT
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
        (429, DeliveryOutcome.DEFERRED),
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

    assert delivery == Delivery(DeliveryOutcome.DEFERRED, "HTTP 429", retry_after=30.0)


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


def test_https_by_an_authority_of_ones_own(tmp_path: Path) -> None:
    ours, strangers = (Authority.made(tmp_path, name) for name in ("ours", "strangers"))
    with serving(ours.server("127.0.0.1")) as receiver:
        trusting, doubting = (
            sent(
                WebhookNotifier(WebhookChannel(HOOK, receiver.url, None, 5.0, ca), around()),
                MESSAGE,
            )
            for ca in (ours.file, strangers.file)
        )

    assert trusting[0].outcome is DeliveryOutcome.ACCEPTED
    assert doubting[0].outcome is DeliveryOutcome.FAILED
    assert "certificate verify failed" in doubting[0].detail
    assert len(receiver.requests) == 1
