"""A real HTTP server in a thread of the tests: what channels post to."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Request(NamedTuple):
    """What arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver(ThreadingHTTPServer):
    """Answers as told, once `go_on` is set, and keeps what arrived."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self._scheme = "http" if tls is None else "https"
        self.requests: list[Request] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.content = b""
        self.hang_up = False
        self.go_on = threading.Event()
        self.go_on.set()
        self.came = threading.Event()
        """Set by each request."""
        self.peers: set[int] = set()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self._scheme}://127.0.0.1:{self.server_port}/alerts"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_GET(self) -> None:
        self._take(0)

    def do_POST(self) -> None:
        self._take(int(self.headers["Content-Length"]))

    def _take(self, length: int) -> None:
        request = Request(self.path, dict(self.headers.items()), self.rfile.read(length))
        self.server.requests.append(request)
        self.server.came.set()
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


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Listen on 127.0.0.1 until the end of the block."""
    with Receiver(tls) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.go_on.set()
            server.shutdown()
            thread.join(10)
