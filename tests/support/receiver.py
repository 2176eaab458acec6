"""A real HTTP receiver for webhooks, in a thread of the tests, inside a namespace if asked."""

import contextlib
import json
import threading
import time  # noqa: TID251 the receiver stamps what it gets with this machine's own clock
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Protocol


class Network(Protocol):
    """Where one may listen."""

    def entered(self) -> contextlib.AbstractContextManager[None]:
        """Sockets that the thread opens meanwhile belong to it."""
        ...


@dataclass(frozen=True)
class Received:
    """One request that came in, answered with 200; `at` in monotonic s."""

    at: float
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, object]:
        """The JSON document."""
        document: dict[str, object] = json.loads(self.raw)
        return document

    @property
    def what(self) -> tuple[str, str, str]:
        """Event, kind and contact."""
        contact = self.body["contact"]
        assert isinstance(contact, dict)
        return str(self.body["event"]), str(self._first["kind"]), str(contact["id"])

    @property
    def link(self) -> str:
        """The link it is about, or the first of several."""
        links = self._first["links"]
        assert isinstance(links, list)
        return str(links[0])

    @property
    def _first(self) -> dict[str, object]:
        listed = self.body.get("incidents") or [self.body["incident"]]
        assert isinstance(listed, list)
        first: dict[str, object] = listed[0]
        return first


class Receiver:
    """Keeps everything that was posted; `wait` returns once something in it will do."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._came = threading.Condition()

    def take(self, received: Received) -> None:
        """Keep one."""
        with self._came:
            self.received.append(received)
            self._came.notify_all()

    def within(self, seconds: float, wanted: Callable[[Received], bool]) -> Received | None:
        """The first that will do; None once so many seconds have passed without one."""

        def found() -> Received | None:
            return next((r for r in self.received if wanted(r)), None)

        with self._came:
            return self._came.wait_for(found, timeout=seconds)

    def wait(self, within: float, wanted: Callable[[Received], bool]) -> Received:
        """The first that will do, come or to come within so many seconds."""

        one = self.within(within, wanted)
        assert one is not None, f"not within {within} s; came: {[r.what for r in self.received]}"
        return one


@contextlib.contextmanager
def receiver(network: Network, port: int = 8099) -> Iterator[Receiver]:
    """Listen on 127.0.0.1 of the network until the end of the block."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            raw = self.rfile.read(length)
            if len(raw) < length:
                return  # its sender was killed: nothing was delivered
            kept.take(Received(time.monotonic(), dict(self.headers), raw))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base's name
            """Say nothing."""

    with network.entered():
        server = HTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
