"""Other pollers, each asking one agent for the same objects; their CPU as the kernel counts it."""

# ruff: noqa: S603  commands of the system, as the administrator has them
import resource
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.common.machine import usage
from benchmarks.snmp.routers import AUTH, COMMUNITY, OIDS, PORT, PRIVACY, USER, dotted

_PROCESSES = 50
"""Starts of a command: more would take long and tell no more."""
_TRIES = 100
_wait = threading.Event().wait

_AS_USER = ("-v", "3", "-u", USER, "-l", "authPriv", "-a", "SHA-256", "-A", AUTH, "-x", "AES")
_HOW = {"2c": ("-v", "2c", "-c", COMMUNITY), "3": (*_AS_USER, "-X", PRIVACY)}
_EXPORTER_AUTH = {
    "2c": f"version: 2, auth: {{community: {COMMUNITY}}}",
    "3": (
        f"version: 3, auth: {{username: {USER}, security_level: authPriv, password: {AUTH}, "
        f"auth_protocol: SHA256, priv_protocol: AES, priv_password: {PRIVACY}}}"
    ),
}
_PERL = """
use SNMP;
use Time::HiRes qw(clock_gettime CLOCK_PROCESS_CPUTIME_ID);
my ($version, $count, $host, @oids) = @ARGV;
my @how = $version eq '3'
    ? (Version => 3, SecName => '{user}', SecLevel => 'authPriv', AuthProto => 'SHA-256',
       AuthPass => '{auth}', PrivProto => 'AES', PrivPass => '{privacy}')
    : (Version => 2, Community => '{community}');
my $session = new SNMP::Session(DestHost => $host, UseNumeric => 1, @how) or die;
my $objects = new SNMP::VarList(map {{ [$_] }} @oids);
sub ask {{ $session->get($objects); die $session->{{ErrorStr}} if $session->{{ErrorNum}} }}
ask() for 1 .. 5;
my $before = clock_gettime(CLOCK_PROCESS_CPUTIME_ID);
ask() for 1 .. $count;
print(clock_gettime(CLOCK_PROCESS_CPUTIME_ID) - $before);
"""


@dataclass(frozen=True)
class Peer:
    """`cpu` measures so many polls of an address by one version: CPU s each."""

    name: str
    program: str
    package: str
    cpu: Callable[[str, str, int], float]

    @property
    def installed(self) -> bool:
        """Whether it is here."""
        return shutil.which(self.program) is not None and (
            self.program != "perl" or _runs(("perl", "-MSNMP", "-e", "1"))
        )


def _runs(command: Sequence[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _exporter(address: str, version: str, count: int) -> float:
    """prometheus-snmp-exporter, one scrape a poll over one connection."""
    with ExitStack() as stack:
        home = stack.enter_context(TemporaryDirectory())
        config = Path(home, "snmp.yml")
        metrics = ", ".join(
            f"{{name: m{number}, oid: {dotted(oid)}, type: {_exporter_type(number)}}}"
            for number, oid in enumerate(OIDS)
        )
        asked = ", ".join(dotted(oid) for oid in OIDS)
        config.write_text(
            f"lean: {{get: [{asked}], metrics: [{metrics}], {_EXPORTER_AUTH[version]}}}\n"
        )
        port = _free_port()
        process = stack.enter_context(
            subprocess.Popen(
                (
                    *("prometheus-snmp-exporter", f"--config.file={config}"),
                    f"--web.listen-address=127.0.0.1:{port}",
                ),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        stack.callback(process.terminate)
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}"))
        _await_listening(port)
        where = {"module": "lean", "target": f"{address}:{PORT}"}

        def scrape() -> None:
            answer = client.get("/snmp", params=where)
            if f"m{len(OIDS) - 1}" not in answer.text:
                raise RuntimeError(answer.text[:200])

        for _ in range(5):
            scrape()
        before = usage(process.pid)
        for _ in range(count):
            scrape()
        after = usage(process.pid)
        if before is None or after is None:
            raise RuntimeError("the exporter has ended")
        return (after.cpu - before.cpu) / count


def _exporter_type(number: int) -> str:
    # ifName and ifAlias are the second and third column.
    return "DisplayString" if number and number % 10 in (2, 3) else "gauge"


def _library(address: str, version: str, count: int) -> float:
    """net-snmp's library, in a loop in Perl."""
    program = _PERL.format(user=USER, auth=AUTH, privacy=PRIVACY, community=COMMUNITY)
    done = subprocess.run(
        (
            *("perl", "-e", program, version, str(count), f"{address}:{PORT}"),
            *(f".{dotted(oid)}" for oid in OIDS),
        ),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout) / count


def _command(address: str, version: str, _count: int) -> float:
    """snmpget, a process each time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(_PROCESSES):
        subprocess.run(
            (
                *("snmpget", "-m", "", *_HOW[version], f"{address}:{PORT}"),
                *(dotted(oid) for oid in OIDS),
            ),
            stdout=subprocess.DEVNULL,
            check=True,
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / _PROCESSES


PEERS = (
    Peer(
        "snmp_exporter", "prometheus-snmp-exporter", "Debian: prometheus-snmp-exporter", _exporter
    ),
    Peer("net-snmp's library (Perl)", "perl", "Debian: libsnmp-perl", _library),
    Peer("snmpget, a process a poll", "snmpget", "Debian: snmp", _command),
)


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _await_listening(port: int) -> None:
    for _ in range(_TRIES):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        _wait(0.05)
    raise RuntimeError("the exporter does not listen")
