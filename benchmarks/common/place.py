"""Where it is measured: a network namespace of its own, so that nobody else is, nor is reached."""

# ruff: noqa: S603, S607  commands of the system, as the administrator has them
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.common.page import UsageError
from linkwatch.lab.network_namespace import (
    LabNetworkError,
    allow_datagram_icmp,
    enter_namespace,
    own_namespace,
)

_NOBODY = "65534"
PING_GROUPS = "net.ipv4.ping_group_range"
LARGEST_BUFFER = "net.core.rmem_max"
BARE_KERNEL = {PING_GROUPS: "1 0", LARGEST_BUFFER: "212992"}
"""As Linux itself has them: datagram sockets for nobody, and room for 256 replies."""


def need_root() -> None:
    """UsageError where no network namespace can be made."""
    if os.geteuid() != 0:
        raise UsageError("needs root: it measures in a network namespace of its own")


@contextmanager
def apart() -> Iterator[None]:
    """This thread, and all it starts from here on, in a namespace with nothing but `lo`."""
    need_root()
    try:
        with own_namespace() as name:
            enter_namespace(name)
            allow_datagram_icmp()
            yield
    except LabNetworkError as error:
        raise UsageError(str(error)) from error


def let_ping(settings: dict[str, str]) -> None:
    """Who may open datagram ICMP sockets in this namespace, from here on."""
    Path("/proc/sys/net/ipv4/ping_group_range").write_text(settings[PING_GROUPS], "ascii")


def buffer_of(settings: dict[str, str]) -> int:
    """The receive buffer, in bytes, that these settings give a process without CAP_NET_ADMIN."""
    return int(settings[LARGEST_BUFFER])


def service_like() -> tuple[str, ...]:
    """A command in front of another that leaves it what the systemd unit leaves the daemon.

    An ordinary user with CAP_NET_RAW and nothing else; this user instead, where an ordinary one
    may not even start this interpreter.
    """
    only = "-all,+net_raw"
    bounded = ("--bounding-set", only, "--inh-caps", only, "--ambient-caps", only)
    user = ("--reuid", _NOBODY, "--regid", _NOBODY, "--clear-groups")
    for who in (user, ()):
        prefix = ("setpriv", "--no-new-privs", *who, *bounded)
        trial = (*prefix, sys.executable, "-c", "import linkwatch, benchmarks.probe")
        if subprocess.run(trial, capture_output=True, check=False).returncode == 0:
            return prefix
    raise UsageError("setpriv (util-linux) cannot take the capabilities away")
