"""The daemon as a process in a namespace, asked over its socket file like a user would."""

import os
import signal
import socket
import subprocess
import sys
import time  # noqa: TID251 waiting for another process's state has no event to await
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

import httpx
from prometheus_client.parser import text_string_to_metric_families

from linkwatch.web.statusentries import StatusDocument
from support.netns import Namespace

START = 20.0
POLL = 0.05
RUN = ("-m", "linkwatch", "run", "-c")


class Daemon:
    """`linkwatch run` with its own directories below `home`; ended with the block."""

    def __init__(
        self,
        namespace: Namespace,
        home: Path,
        config: str,
        command: Sequence[str] = RUN,
        start_within: float = START,
    ) -> None:
        """`command` are Python's arguments before the configuration's path."""
        self._namespace = namespace
        self._command = command
        self._start_within = start_within
        self._home = home
        self.config = home / "sites.yaml"
        self.config.write_text(config, encoding="utf-8")
        self.log = home / "daemon.log"
        self._socket = home / "run" / "linkwatch.sock"
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(10)

    @property
    def environment(self) -> dict[str, str]:
        """What the daemon and the commands that speak to it are started with."""
        return {
            **{k: v for k, v in os.environ.items() if not k.startswith("LINKWATCH")},
            "STATE_DIRECTORY": str(self._home / "state"),
            "RUNTIME_DIRECTORY": str(self._home / "run"),
            "HOOK_SECRET": "a-secret-of-the-test",
            "SNMP_AUTH": "correct-horse-battery",
            "SNMP_PRIV": "staple-of-the-province",
        }

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it is ready: a full round probed, the store writable."""
        with self.log.open("a", encoding="utf-8") as log:
            self._process = self._namespace.popen(
                *(sys.executable, *self._command, str(self.config)),
                env=self.environment,
                stderr=log.fileno(),
            )
        self.wait(self._start_within, lambda: self._get("/readyz").status_code == httpx.codes.OK)

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> tuple[int, float]:
        """SIGTERM; its exit code and the seconds it took."""
        assert self._process is not None
        began = time.monotonic()
        self._process.terminate()
        return self._process.wait(20), time.monotonic() - began

    def hang_up(self) -> None:
        """SIGHUP."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command of ours beside it."""
        return subprocess.run(
            [sys.executable, "-m", "linkwatch", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def links(self) -> Mapping[str, str]:
        """The state of each link."""
        return {entry["id"]: entry["state"] for entry in self.status()["links"]}

    def status(self) -> StatusDocument:
        """The whole document of /api/v1/status."""
        document: StatusDocument = self._get("/api/v1/status").json()
        return document

    def post(
        self, path: str, body: Mapping[str, object], connected: Event | None = None
    ) -> httpx.Response:
        """Ask it to do something; `connected` is set once it can be asked."""

        def follow(step: str, _info: object) -> None:
            if connected is not None and step == "connection.connect_unix_socket.complete":
                connected.set()

        with self._client() as client:
            return client.post(path, json=body, extensions={"trace": follow})

    def metrics(self, accept: str = "*/*") -> str:
        """The text of /metrics, which must be there within the time of a start."""
        deadline, asked = time.monotonic() + self._start_within, {"accept": accept}
        with self._client() as client, client.stream("GET", "/metrics", headers=asked) as answer:
            parts = []
            for part in answer.iter_text():
                assert time.monotonic() < deadline, "the daemon renders /metrics for too long"
                parts.append(part)
        return "".join(parts)

    def metric(self, name: str, **labels: str) -> float | None:
        """One sample of /metrics; None where there is no such child."""
        for family in text_string_to_metric_families(self.metrics()):
            for sample in family.samples:
                if sample.name == name and sample.labels == labels:
                    return float(sample.value)
        return None

    def wait(self, within: float, wanted: Callable[[], bool]) -> None:
        """Until `wanted` is true; a daemon that ended, or time that ran out, fails with its log."""
        deadline = time.monotonic() + within
        while True:
            if self._listens() and wanted():
                return
            ended = self._process is not None and self._process.poll() is not None
            assert not ended, f"the daemon ended:\n{self.log.read_text()}"
            assert time.monotonic() < deadline, f"not within {within} s:\n{self.log.read_text()}"
            time.sleep(POLL)

    def _listens(self) -> bool:
        # httpx leaves its socket open where nobody listens.
        with socket.socket(socket.AF_UNIX) as attempt:
            return attempt.connect_ex(str(self._socket)) == 0

    def _get(self, path: str) -> httpx.Response:
        with self._client() as client:
            return client.get(path)

    def _client(self) -> httpx.Client:
        transport = httpx.HTTPTransport(uds=str(self._socket))
        return httpx.Client(
            transport=transport, base_url="http://linkwatch", timeout=self._start_within
        )
