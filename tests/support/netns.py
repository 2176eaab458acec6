"""Network namespaces of a test's own: real kernels' behaviour without touching the machine's."""

import contextlib
import ctypes
import itertools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

requires_root = pytest.mark.skipif(
    os.geteuid() != 0 and os.environ.get("CI") != "true",
    reason="needs root: network namespaces (in CI it fails instead)",
)

_CLONE_NEWNET = 0x40000000
_TIMEOUT = 20.0
_numbers = itertools.count(1)
_libc = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """A namespace with `lo` up, gone with all its processes and devices at the end of the block.

    >>> with Namespace("probe") as probe, Namespace("site") as site:
    ...     probe.connect(site, "10.1.0.1/24", "10.1.0.2/24")
    ...     probe.run("ip", "route", "get", "10.1.0.2")
    """

    def __init__(self, label: str = "t") -> None:
        self.name = f"lw{os.getpid()}n{next(_numbers)}{label}"
        self._processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        _run("ip", "netns", "add", self.name)
        try:
            self.ip("link", "set", "lo", "up")
            # Every IPv6 address may be used at once, and no ICMP error is held back.
            self.sysctl("net.ipv6.conf.all.accept_dad", "0")
            self.sysctl("net.ipv6.conf.default.accept_dad", "0")
            self.sysctl("net.ipv4.icmp_ratelimit", "0")
            self.sysctl("net.ipv6.icmp.ratelimit", "0")
        except BaseException:
            _run("ip", "netns", "delete", self.name)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            _stop(process)
        _run("ip", "netns", "delete", self.name)

    def run(self, *command: str, stdin: str | None = None) -> str:
        """Run a command inside to its end; its standard output. A failure carries its words."""
        return _run("ip", "netns", "exec", self.name, *command, stdin=stdin)

    def popen(
        self,
        *command: str,
        env: dict[str, str] | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
    ) -> subprocess.Popen[str]:
        """Start a command inside; it is ended with the namespace."""
        # `ip netns exec` replaces itself by the command: the process id is the command's.
        process = subprocess.Popen(
            ["ip", "netns", "exec", self.name, *command],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            text=True,
        )
        self._processes.append(process)
        return process

    def ip(self, *arguments: str) -> str:
        """`ip -n NAME …`."""
        return _run("ip", "-n", self.name, *arguments)

    def nft(self, rules: str) -> None:
        """Load nftables rules, as `nft -f` reads them."""
        self.run("nft", "-f", "-", stdin=rules)

    def nft_drop(self, hook: str, match: str, verdict: str = "drop") -> None:
        """Apply `verdict` to what matches at the hook (`input`, `output`, `forward`)."""
        chain = f"type filter hook {hook} priority 0\n{match} {verdict}\n"
        self.nft(f"table inet {hook}_rules {{\nchain c {{\n{chain}}}\n}}\n")

    def nft_flush(self) -> None:
        """Take all rules away."""
        self.run("nft", "flush", "ruleset")

    def sysctl(self, key: str, value: str) -> None:
        """Set a kernel parameter of this namespace."""
        with self.entered():
            Path("/proc/sys", *key.split(".")).write_text(value)

    def connect(self, other: "Namespace", here: str, there: str) -> tuple[str, str]:
        """A veth pair between two namespaces with these addresses (CIDR); its two device names."""
        number = next(_numbers)
        mine, theirs = f"a{number}", f"b{number}"
        self.ip("link", "add", mine, "type", "veth", "peer", "name", theirs, "netns", other.name)
        for namespace, device, address in ((self, mine, here), (other, theirs, there)):
            namespace.ip("address", "add", address, "dev", device)
            namespace.ip("link", "set", device, "up")
        return mine, theirs

    def entered(self) -> contextlib.AbstractContextManager[None]:
        """Put the calling thread into the namespace: sockets opened meanwhile belong to it."""
        return entered(Path("/run/netns", self.name))


@contextlib.contextmanager
def entered(namespace: Path) -> Iterator[None]:
    """Put the calling thread into a network namespace, by a file that names it."""
    with (
        Path("/proc/thread-self/ns/net").open("rb") as outside,
        namespace.open("rb") as inside,
    ):
        _enter(inside.fileno())
        try:
            yield
        finally:
            _enter(outside.fileno())


def _enter(descriptor: int) -> None:
    # os.setns exists from Python 3.12 on.
    if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _run(*command: str, stdin: str | None = None) -> str:
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=_TIMEOUT, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
