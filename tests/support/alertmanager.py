"""Debian's Alertmanager as a process of the tests' own, inside a namespace if asked."""

import contextlib
import os
import shutil
import socket
import subprocess
import time  # noqa: TID251 waiting for another process's state has no event to await
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.netns import Namespace

PROGRAM = shutil.which("prometheus-alertmanager")
PATIENCE = 20.0

requires_alertmanager = pytest.mark.skipif(
    PROGRAM is None and os.environ.get("CI") != "true",
    reason="needs Debian's prometheus-alertmanager (in CI it fails instead)",
)

CONFIG = """\
route:
  {receiver: hook, group_by: ["..."], group_wait: 100ms, group_interval: 100ms, repeat_interval: 1h}
receivers: [{name: hook, webhook_configs: [{url: "%s", send_resolved: true}]}]
"""


@dataclass
class Alertmanager:
    """Started and stopped as a test likes; it forgets its alerts in between, as it always does."""

    home: Path
    port: int
    namespace: Namespace | None = None
    _process: subprocess.Popen[str] | None = field(default=None)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Until it is ready."""
        assert PROGRAM is not None, "Debian's prometheus-alertmanager is not installed"
        command = (
            *(PROGRAM, f"--config.file={self.home / 'alertmanager.yml'}"),
            *(f"--storage.path={self.home}", f"--web.listen-address=127.0.0.1:{self.port}"),
            "--cluster.listen-address=",
        )
        with (self.home / "alertmanager.log").open("a") as log:
            if self.namespace is not None:
                self._process = self.namespace.popen(*command, stderr=log.fileno())
            else:
                self._process = subprocess.Popen(command, stderr=log, text=True)
        self.wait(lambda: self._get("/-/ready").status_code == httpx.codes.OK)

    def stop(self) -> None:
        """At once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def firing(self) -> dict[str, dict[str, Any]]:
        """What it holds that is not resolved, by the incident's id."""
        found = self._get("/api/v2/alerts").json()
        return {alert["labels"].get("incident", ""): alert for alert in found}

    def wait(self, wanted: Callable[[], bool]) -> None:
        """Until `wanted`; not answering yet is waited for too."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(httpx.TransportError):
                if wanted():
                    return
            assert time.monotonic() < deadline, (self.home / "alertmanager.log").read_text()
            time.sleep(0.05)

    def _get(self, path: str) -> httpx.Response:
        with self._inside():
            return httpx.get(self.url + path, trust_env=False)

    def _inside(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext() if self.namespace is None else self.namespace.entered()


@contextlib.contextmanager
def alertmanager(
    home: Path, hook: str, namespace: Namespace | None = None, port: int | None = None
) -> Iterator[Alertmanager]:
    """Running until the end of the block; it tells `hook` (a URL) what it would tell people."""
    (home / "alertmanager.yml").write_text(CONFIG % hook)
    manager = Alertmanager(home, port or free_port(), namespace)
    try:
        manager.start()
        yield manager
    finally:
        manager.stop()


def free_port() -> int:
    """One that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return int(unused.getsockname()[1])
