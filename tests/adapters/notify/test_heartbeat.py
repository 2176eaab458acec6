"""The heartbeat's request against a real HTTP server."""

import asyncio
import socket

import pytest

from linkwatch.config.settings import Heartbeat
from linkwatch.model.notification import Delivery, DeliveryOutcome
from linkwatch.notify.heartbeat import HttpChecker
from support.httppeer import serving


def beats(url: str, times: int = 1, interval: float = 60.0) -> list[Delivery]:
    async def scenario() -> list[Delivery]:
        checker = HttpChecker(Heartbeat(url, interval))
        try:
            return [await checker.beat() for _ in range(times)]
        finally:
            await checker.close()

    return asyncio.run(scenario())


def test_it_asks_with_get_and_says_no_more_than_that() -> None:
    with serving() as server:
        assert beats(server.url, times=2) == [Delivery(DeliveryOutcome.ACCEPTED, "HTTP 200")] * 2
    assert [(r.path, r.body) for r in server.requests] == [("/alerts", b"")] * 2
    assert server.requests[0].headers["User-Agent"].startswith("linkwatch/")
    assert "Cookie" not in server.requests[0].headers


@pytest.mark.parametrize("status", [302, 404, 500])
def test_any_other_answer_is_no_success(status: int) -> None:
    with serving() as server:
        server.status = status
        server.headers = {"Location": server.url}
        assert beats(server.url) == [Delivery(DeliveryOutcome.FAILED, f"HTTP {status}")]
    assert len(server.requests) == 1


def test_silence_ends_after_half_the_interval() -> None:
    with serving() as server:
        server.go_on.clear()
        [delivery] = beats(server.url, interval=0.4)
        assert delivery == Delivery(DeliveryOutcome.IN_DOUBT, "no answer within 0.2 s")


def test_the_address_is_in_no_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        for url in (f"http://127.0.0.1:{port}/hunter2", "http://\x00hunter2/"):
            [delivery] = beats(url)
            assert delivery.outcome is DeliveryOutcome.FAILED
            assert "hunter2" not in delivery.detail
