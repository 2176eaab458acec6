"""Where the contest is held: a network namespace of its own, so that nobody else is measured."""

# ruff: noqa: S603, S606, S607  commands of the system, as the administrator has them
import os
import subprocess
import sys
from pathlib import Path

_INSIDE = "LINKWATCH_BENCHMARK_INSIDE"
_NOBODY = "65534"
_RANGE = Path("/proc/sys/net/ipv4/ping_group_range")
OPEN, CLOSED = "0 2147483647", "1 0"


def enter() -> bool:
    """Start again inside a fresh namespace; False where that takes more privilege than we have."""
    if os.environ.get(_INSIDE):
        subprocess.run(("ip", "link", "set", "lo", "up"), check=True)
        ping_groups(OPEN)
        return True
    if os.geteuid() != 0:
        return False
    os.environ[_INSIDE] = "1"
    again = (sys.executable, "-m", "benchmarks.probe", *sys.argv[1:])
    return os.execvp("unshare", ("unshare", "--net", *again))


def ping_groups(groups: str) -> None:
    """Who may open datagram ICMP sockets in this namespace."""
    if os.environ.get(_INSIDE):
        _RANGE.write_text(groups)


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
    raise RuntimeError("setpriv cannot take the capabilities away")
