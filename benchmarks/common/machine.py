"""What the kernel knows of a process, and of the pings in this network namespace."""

import os
import time  # noqa: TID251 another process's CPU clock
from dataclasses import dataclass
from pathlib import Path

_CPUCLOCK_SCHED = 2


@dataclass(frozen=True)
class Usage:
    """CPU s (user and system) and resident memory in bytes of a process, with all its threads."""

    cpu: float
    resident: int


def usage(pid: int) -> Usage | None:
    """As it is now; None for a process that has ended, though nobody has waited for it yet."""
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    if "VmRSS" not in fields:
        return None
    resident = int(fields["VmRSS"].split()[0]) * 1024
    # The clock of clock_getcpuclockid(3), which counts ns where /proc counts 10 ms.
    return Usage(time.clock_gettime(~pid << 3 | _CPUCLOCK_SCHED), resident)


def echo_requests() -> int:
    """ICMP echo requests that have arrived in this network namespace."""
    lines = Path("/proc/thread-self/net/snmp").read_text().splitlines()
    names, values = (line.split() for line in lines if line.startswith("Icmp:"))
    return int(values[names.index("InEchos")])


def machine() -> str:
    """The machine in a line."""
    cpu = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    system = os.uname()
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} × {cpu}, {system.sysname} {system.release}, load before {load:.1f}"
