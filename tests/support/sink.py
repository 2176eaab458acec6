"""A gateway that fails now and then: a real HTTP receiver whose answers are drawn from a seed."""

import contextlib
import json
import threading
import time  # noqa: TID251 the sink stamps what it gets with this machine's own clock
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import NamedTuple

from support.netns import Namespace

LONGEST_ANSWER = 0.06
"""s that an answer may take to come: time for a kill in between."""
SILENCE = 30.0
"""s until a request that gets no answer is hung up on; its sender has long given up."""


class Fate(Enum):
    """What becomes of a request that was read whole."""

    TAKEN = 200
    ERROR = 503
    SILENT = 0
    """Read, and never answered: its sender cannot know."""


class Request(NamedTuple):
    """One that was read whole; `at` in monotonic s."""

    at: float
    key: str
    fate: Fate
    body: dict[str, object]

    @property
    def told(self) -> tuple[str, str, str]:
        """The incident, the event and the contact."""
        incident, contact = self.body["incident"], self.body["contact"]
        assert isinstance(incident, dict)
        assert isinstance(contact, dict)
        return str(incident["id"]), str(self.body["event"]), str(contact["id"])


@dataclass
class Tally:
    """How many came, by fate."""

    taken: int
    errors: int
    silent: int


class Sink:
    """Keeps what came, in its order; `failing` of it is not taken, half of that without a word."""

    def __init__(self, seed: int, failing: float) -> None:
        self._random = Random(seed)  # noqa: S311 a drawing that can be repeated
        self._failing = failing
        self._came = threading.Condition()
        self.requests: list[Request] = []
        self.over = threading.Event()

    def take(self, key: str, body: dict[str, object]) -> tuple[Fate, float]:
        """What becomes of it, and after how many s it is answered."""
        with self._came:
            drawn, wait = self._random.random(), self._random.uniform(0, LONGEST_ANSWER)
            fate = Fate.TAKEN
            if drawn < self._failing:
                fate = Fate.ERROR if drawn < self._failing / 2 else Fate.SILENT
            self.requests.append(Request(time.monotonic(), key, fate, body))
            self._came.notify_all()
        return fate, wait

    def wait_for_more(self, than: int, within: float) -> bool:
        """Until more than so many have come."""
        with self._came:
            return self._came.wait_for(lambda: len(self.requests) > than, timeout=within)

    def wait_for(self, told: set[tuple[str, str, str]], within: float) -> set[tuple[str, str, str]]:
        """Until all of these were taken; those that were not within so many s."""

        def missing() -> set[tuple[str, str, str]]:
            return told - {r.told for r in self.requests if r.fate is Fate.TAKEN}

        with self._came:
            self._came.wait_for(lambda: not missing(), timeout=within)
            return missing()

    def came(self) -> Counter[str]:
        """How often each key came, whatever became of it."""
        with self._came:
            return Counter(r.key for r in self.requests)

    def taken(self) -> Counter[str]:
        """How often each key was taken."""
        with self._came:
            return Counter(r.key for r in self.requests if r.fate is Fate.TAKEN)

    def tally(self) -> Tally:
        """How many came, by fate."""
        with self._came:
            by = Counter(r.fate for r in self.requests)
        return Tally(by[Fate.TAKEN], by[Fate.ERROR], by[Fate.SILENT])


@contextlib.contextmanager
def sink(namespace: Namespace, port: int, seed: int, failing: float) -> Iterator[Sink]:
    """Listen on 127.0.0.1 of the namespace until the end of the block."""
    kept = Sink(seed, failing)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            raw = self.rfile.read(length)
            if len(raw) < length:
                return  # its sender was killed: nothing was delivered
            fate, wait = kept.take(self.headers["Idempotency-Key"], json.loads(raw))
            if kept.over.wait(SILENCE if fate is Fate.SILENT else wait) or fate is Fate.SILENT:
                return
            with contextlib.suppress(OSError):  # its sender was killed meanwhile
                self.send_response(fate.value)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base's name
            """Say nothing."""

    with namespace.entered():
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield kept
    finally:
        kept.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
