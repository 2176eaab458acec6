"""What the kernel knows of this machine, of a process, and of the pings in this namespace."""

import os
import platform
import time  # noqa: TID251 another process's CPU clock
from dataclasses import dataclass
from pathlib import Path

_CPUCLOCK_SCHED = 2
_NAMES = ("cap_chown", "cap_dac_override", "cap_dac_read_search", "cap_fowner", "cap_fsetid",
          "cap_kill", "cap_setgid", "cap_setuid", "cap_setpcap", "cap_linux_immutable",
          "cap_net_bind_service", "cap_net_broadcast", "cap_net_admin", "cap_net_raw")  # fmt: skip


@dataclass(frozen=True)
class Usage:
    """Of a process with all its threads: CPU s (user and system), memory and its peak in bytes."""

    cpu: float
    resident: int
    peak: int


def usage(pid: int) -> Usage | None:
    """As it is now; None for a process that has ended, though nobody has waited for it yet."""
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    if "VmRSS" not in fields:
        return None
    resident, peak = (int(fields[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    # The clock of clock_getcpuclockid(3), which counts ns where /proc counts 10 ms.
    return Usage(time.clock_gettime(~pid << 3 | _CPUCLOCK_SCHED), resident, peak)


def children(pid: int) -> list[int]:
    """The processes it has started that still run."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def private(pid: int) -> int:
    """Bytes of a process's memory that it shares with no other."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


def echo_requests() -> int:
    """ICMP echo requests that have arrived in this network namespace."""
    lines = Path("/proc/thread-self/net/snmp").read_text().splitlines()
    names, values = (line.split() for line in lines if line.startswith("Icmp:"))
    return int(values[names.index("InEchos")])


def largest_buffer() -> int:
    """Bytes of receive buffer that anybody may ask for (net.core.rmem_max)."""
    return int(Path("/proc/sys/net/core/rmem_max").read_text())


def capabilities() -> str | None:
    """The effective capabilities of this process, in words; None where they are not few."""
    status = Path("/proc/self/status").read_text()
    held = int(status.partition("CapEff:")[2].split()[0], 16)
    if held >> len(_NAMES):
        return None
    names = [name for bit, name in enumerate(_NAMES) if held >> bit & 1]
    return ", ".join(names) or "no capability"


def machine() -> str:
    """The machine in a line."""
    cpu = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    system = os.uname()
    python = platform.python_version()
    return f"{os.cpu_count()} × {cpu}, {system.sysname} {system.release}, Python {python}"


def load() -> str:
    """What else the machine is doing: others' work spoils figures."""
    return f"{os.getloadavg()[0]:.1f} processes on average in the minute before"
