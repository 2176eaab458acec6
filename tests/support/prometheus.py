"""Debian's Prometheus as a process of the tests' own, inside a namespace; it scrapes linkwatch."""

import contextlib
import os
import shutil
import time  # noqa: TID251 waiting for another process's state has no event to await
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.netns import Namespace

PROGRAM = shutil.which("prometheus")
PATIENCE = 30.0
INTERVAL = 1
"""s from one scrape to the next."""
URL = "http://127.0.0.1:9090"

requires_prometheus = pytest.mark.skipif(
    PROGRAM is None and os.environ.get("CI") != "true",
    reason="needs Debian's prometheus (in CI it fails instead)",
)

CONFIG = f"""\
global: {{scrape_interval: {INTERVAL}s, scrape_timeout: {INTERVAL}s}}
scrape_configs:
  - job_name: linkwatch
    static_configs: [{{targets: ["127.0.0.1:9675"]}}]
"""

Labels = dict[str, str]
Sample = tuple[float, float]
"""When (s since the epoch), and what."""


@dataclass(frozen=True)
class Series:
    """One series of an answer."""

    labels: Labels
    samples: list[Sample]


@dataclass
class Prometheus:
    """Running; asked over its HTTP API as Grafana asks it."""

    home: Path
    namespace: Namespace
    _client: httpx.Client = field(
        default_factory=lambda: httpx.Client(base_url=URL, trust_env=False, timeout=PATIENCE)
    )

    def start(self) -> None:
        """Until it is ready."""
        assert PROGRAM is not None, "Debian's prometheus is not installed"
        (self.home / "prometheus.yml").write_text(CONFIG, encoding="utf-8")
        command = (
            *(PROGRAM, f"--config.file={self.home / 'prometheus.yml'}"),
            *(f"--storage.tsdb.path={self.home / 'tsdb'}", "--web.listen-address=127.0.0.1:9090"),
        )
        with (self.home / "prometheus.log").open("a", encoding="utf-8") as log:
            self.namespace.popen(*command, stderr=log.fileno())
        self.wait(lambda: self._get("/-/ready", {}).status_code == httpx.codes.OK)

    def close(self) -> None:
        """Nobody asks it any more; it ends with its namespace."""
        self._client.close()

    def now(self, expression: str, at: float) -> list[Series]:
        """An instant query, as of then (s since the epoch)."""
        found = self._ask("/api/v1/query", {"query": expression, "time": at})
        if found["resultType"] == "scalar":
            return [Series({}, [_sample(found["result"])])]
        return [Series(one["metric"], [_sample(one["value"])]) for one in found["result"]]

    def over_time(self, expression: str, since: float, until: float, step: float) -> list[Series]:
        """A range query."""
        asked: dict[str, str | float] = {
            "query": expression,
            "start": since,
            "end": until,
            "step": step,
        }
        found = self._ask("/api/v1/query_range", asked)
        return [
            Series(one["metric"], [_sample(value) for value in one["values"]])
            for one in found["result"]
        ]

    def wait(self, wanted: Callable[[], bool], within: float = PATIENCE) -> None:
        """Until `wanted`; not answering yet is waited for too."""
        deadline = time.monotonic() + within
        while True:
            with contextlib.suppress(httpx.TransportError):
                if wanted():
                    return
            assert time.monotonic() < deadline, (self.home / "prometheus.log").read_text()
            time.sleep(0.2)

    def _ask(self, path: str, parameters: dict[str, str | float]) -> dict[str, Any]:
        answer = self._get(path, parameters)
        document: dict[str, Any] = answer.json()
        assert document["status"] == "success", (document.get("error"), parameters["query"])
        assert not document.get("warnings"), (document["warnings"], parameters["query"])
        found: dict[str, Any] = document["data"]
        return found

    def _get(self, path: str, parameters: dict[str, str | float]) -> httpx.Response:
        with self.namespace.entered():
            return self._client.get(path, params=parameters)


@contextlib.contextmanager
def prometheus(home: Path, namespace: Namespace) -> Iterator[Prometheus]:
    """Ready; ended with its namespace."""
    home.mkdir(exist_ok=True)
    running = Prometheus(home, namespace)
    running.start()
    try:
        yield running
    finally:
        running.close()


def _sample(value: tuple[float, str]) -> Sample:
    return float(value[0]), float(value[1])
