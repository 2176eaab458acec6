"""Both apps on their sockets, in the daemon's own event loop."""

import asyncio
import contextlib
import errno
import os
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

SOCKET_MODE = 0o660
GRACE = 2
"""Seconds that requests under way have at the end."""

_MOST_CONNECTIONS = 200
_BACKLOG = 128


class CannotListen(Exception):  # noqa: N818  says what happened, as the operator reads it
    """A door cannot be opened; the message is one plain line."""


class WebServer:
    """`open` binds both sockets, `serve` answers on them until `stop`; once only.

    `listening` is set when both answer. Cancelling `serve` closes the doors too.
    """

    def __init__(
        self, public: ASGIApp, control: ASGIApp, *, host: str, port: int, socket_path: Path
    ) -> None:
        self._apps = (public, control)
        self._host = host
        self._port = port
        self._path = socket_path
        self._inode: int | None = None
        self._sockets: list[socket.socket] = []
        self._servers: list[_Server] = []
        self.listening = asyncio.Event()

    @property
    def address(self) -> tuple[str, int]:
        """Where the public door is: the port that was given where 0 was asked for."""
        host, port = self._sockets[0].getsockname()[:2]
        return str(host), int(port)

    def open(self) -> None:
        """Bind both, or raise CannotListen and hold neither."""
        try:
            self._sockets.append(_bind_tcp(self._host, self._port))
            self._sockets.append(_bind_unix(self._path))
            self._inode = self._path.stat().st_ino
        except CannotListen:
            self._close()
            raise
        self._servers = [_Server(app, self._started) for app in self._apps]

    async def serve(self) -> None:
        """Answer until `stop`, then let requests under way end, within GRACE s."""
        try:
            async with asyncio.TaskGroup() as group:
                for server, listener in zip(self._servers, self._sockets, strict=True):
                    group.create_task(server.serve(sockets=[listener]))
        finally:
            self._close()

    def stop(self) -> None:
        """End `serve`."""
        for server in self._servers:
            server.should_exit = True

    def _started(self) -> None:
        if all(server.started for server in self._servers):
            self.listening.set()

    def _close(self) -> None:
        for server in self._servers:
            server.close()
        for listener in self._sockets:
            listener.close()
        # A daemon that has since taken the place over keeps its socket file.
        with contextlib.suppress(FileNotFoundError):
            if self._inode is not None and self._path.lstat().st_ino == self._inode:
                self._path.unlink()
        self._inode = None


class _Server(uvicorn.Server):
    """uvicorn as a guest: signals belong to the daemon, logging and time-outs are ours."""

    def __init__(self, app: ASGIApp, on_started: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                backlog=_BACKLOG,
                limit_concurrency=_MOST_CONNECTIONS,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self.servers: list[asyncio.Server] = []
        self._on_started = on_started

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()

    def close(self) -> None:
        """Stop accepting, however `serve` ended."""
        for server in self.servers:
            server.close()


def _bind_tcp(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise CannotListen(f"cannot listen on {where}: {_why(error)}") from error


def _why(error: OSError) -> str:
    known = {
        errno.EADDRINUSE: "another program is listening there (another linkwatch?)",
        errno.EADDRNOTAVAIL: "this machine has no such address",
        errno.EACCES: "ports below 1024 need a privilege",
    }
    return known.get(error.errno or 0) or error.strerror or str(error)


def _bind_unix(path: Path) -> socket.socket:
    _clear_stale(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Nobody can connect before it listens, and that comes after the mode is set.
        listener.bind(str(path))
        path.chmod(SOCKET_MODE)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise CannotListen(f"cannot listen on {path}: {error.strerror or error}") from error
    return listener


def _clear_stale(path: Path) -> None:
    """Remove the socket file a killed daemon left behind; refuse to take over a living one."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise CannotListen(f"cannot listen on {path}: {error.strerror}") from error
    if not stat.S_ISSOCK(mode):
        raise CannotListen(f"cannot listen on {path}: it is there and is no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        result = probe.connect_ex(str(path))
    if result != errno.ECONNREFUSED:
        reason = os.strerror(result) if result else "another linkwatch is listening there"
        raise CannotListen(f"cannot listen on {path}: {reason}")
    path.unlink()
