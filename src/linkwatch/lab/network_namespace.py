"""Network namespaces: one of our own, or one that is there already."""

import contextlib
import ctypes
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

NAMESPACES = Path("/run/netns")
"""Where `ip netns` keeps the names."""

_CLONE_NEWNET = 0x40000000
_TIMEOUT = 30.0
_libc = ctypes.CDLL(None, use_errno=True)


class LabNetworkError(Exception):
    """The network cannot be simulated; the message is one line for the operator."""


@contextlib.contextmanager
def own_namespace() -> Iterator[str]:
    """A namespace named after this process, with `lo` up; gone at the end."""
    name = f"linkwatch-lab-{os.getpid()}"
    run_ip(["netns", "add", name])
    try:
        run_ip(["-n", name, "link", "set", "lo", "up"])
        yield name
    finally:
        run_ip(["netns", "delete", name])


def enter_namespace(name: str) -> None:
    """Put this thread into a namespace, for good."""
    try:
        with (NAMESPACES / name).open("rb") as inside:
            done = _libc.setns(inside.fileno(), _CLONE_NEWNET)  # os.setns: Python 3.12 and later
    except OSError as error:
        raise LabNetworkError(f"no namespace {name}: {error.strerror}") from error
    if done != 0:
        reason = os.strerror(ctypes.get_errno())
        raise LabNetworkError(f"cannot enter the namespace {name}: {reason}")


def allow_datagram_icmp() -> None:
    """Let every group ping without privilege in this namespace, as the daemon does at best."""
    Path("/proc/sys/net/ipv4/ping_group_range").write_text("0 2147483647", encoding="ascii")


def run_ip(arguments: Sequence[str], stdin: str = "") -> None:
    """Run iproute2's `ip`; LabNetworkError with its first words where it fails."""
    command = ["ip", *arguments]
    try:
        done = subprocess.run(  # noqa: S603  no shell; the arguments are ours
            command, input=stdin, capture_output=True, text=True, timeout=_TIMEOUT, check=False
        )
    except FileNotFoundError as error:
        raise LabNetworkError("the program ip is missing: install iproute2") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LabNetworkError(f"{' '.join(command)}: {error}") from error
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
        raise LabNetworkError(f"{' '.join(command)}: {said}")
