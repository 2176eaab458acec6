"""Who takes part, how each is started, and with which settings."""

import importlib.util
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace

from benchmarks.probe import words
from benchmarks.probe.process import Attended, DaemonWorker, Process, Running, Task, Worker
from benchmarks.probe.report import Report
from benchmarks.probe.targets import addresses, sampled
from linkwatch.host.clock import SystemClock

SMOKEPING_PORT = 19374
BLACKBOX_PORT = 19115
DAEMON_PORT = 9675
_ANSWERS_WITHIN = 30.0
_LOOK_EVERY = 0.2
_SETTLED = 1.5
"""s."""
_SETTLING_A_SECOND = 4000
"""Targets of one that is heavy."""
_clock = SystemClock()


class Fping(Attended):
    """`-C`: prints all round-trip times of a target when all is over."""

    def __init__(self, task: Task) -> None:
        targets = addresses(task.targets)
        times = ("-p", "1000", "-i", "0.01", "-C", str(max(1, int(task.seconds))))
        options = ("-q", "-r0", "-t900", "-b64", *times)
        self._closely = set(sampled(targets))
        self._process = Process(task, ("fping", *options, "-f", "FILE"), "\n".join(targets))

    def finish(self) -> Report:
        output = self._process.output()[1]
        if " : " not in output:
            raise RuntimeError(self._process.complaint())
        return words.fping(output, self._closely)


class Smokeping(Attended):
    """A daemon with a histogram per host; asked for its counters at the beginning and the end.

    It may be too busy to tell them.
    """

    def __init__(self, task: Task) -> None:
        hosts = "".join(f"      - {target}\n" for target in addresses(task.targets))
        config = f"targets:\n  - hosts:\n{hosts}    interval: 1s\n    network: ip4\n    size: 64\n"
        listen = f"--web.listen-address=127.0.0.1:{SMOKEPING_PORT}"
        command = ("prometheus-smokeping-prober", "--config.file=FILE", listen)
        self._process = Process(task, (*command, "--log.level=error"), config)
        self._before: tuple[int, int] | None = None

    def mark(self) -> None:
        """What it says from here on counts."""
        self._before = self._counters()

    def finish(self) -> Report:
        """The difference."""
        after = self._counters()
        if self._before is None or after is None:
            return Report(None, None, note="too busy to answer HTTP")
        sent, came = after[0] - self._before[0], after[1] - self._before[1]
        return Report(sent, max(0, sent - came), note="RTT in buckets only")

    def _counters(self) -> tuple[int, int] | None:
        """Requests and answers so far; None where it answers too late."""
        try:
            return words.smokeping(_metrics(self._process, SMOKEPING_PORT))
        except OSError:
            return None


class Blackbox(Attended):
    """A daemon that pings when it is scraped; the scraper is not counted."""

    def __init__(self, task: Task) -> None:
        config = (
            "modules:\n  icmp:\n    prober: icmp\n    timeout: 1s\n"
            "    icmp: {preferred_ip_protocol: ip4, payload_size: 64}\n"
        )
        listen = f"--web.listen-address=127.0.0.1:{BLACKBOX_PORT}"
        command = ("prometheus-blackbox-exporter", "--config.file=FILE", listen)
        self._process = Process(task, (*command, "--log.level=error"), config)
        self._scraper = Worker("run_blackbox", task, str(BLACKBOX_PORT))

    def finish(self) -> Report:
        return self._scraper.finish()

    def kill(self) -> None:
        self._scraper.kill()
        self._process.kill()


class Scraped(DaemonWorker):
    """The whole daemon while another process reads /metrics over and over."""

    def __init__(self, task: Task) -> None:
        super().__init__("run_daemon", task)
        self._asked = Task(task.targets, task.seconds - SCRAPED.warm_up(task.targets))
        self._scraper: Worker | None = None

    def mark(self) -> None:
        """From now on it is scraped."""
        super().mark()
        self._scraper = Worker("run_scraper", self._asked, str(DAEMON_PORT))

    def finish(self) -> Report:
        """What both tell."""
        if self._scraper is None:
            raise RuntimeError("was not scraped")
        scraped, report = self._scraper.finish(), super().finish()
        note = "; ".join(filter(None, (report.note, scraped.note)))
        return replace(report, facts={**report.facts, **scraped.facts}, note=note)

    def kill(self) -> None:
        """End both."""
        if self._scraper is not None:
            self._scraper.kill()
        super().kill()


def _metrics(process: Process, port: int) -> list[str]:
    """What the daemon on this port says once it listens; OSError where that takes too long."""
    url = f"http://127.0.0.1:{port}/metrics"
    end = _clock.now().monotonic + _ANSWERS_WITHIN
    while True:
        left = end - _clock.now().monotonic
        try:
            with urllib.request.urlopen(url, timeout=max(left, 0.1)) as answer:  # noqa: S310 here
                text: str = answer.read().decode()
                return text.splitlines()
        except urllib.error.URLError as error:
            if process.has_ended:
                raise RuntimeError(process.complaint()) from error
            if left < 0 or not isinstance(error.reason, ConnectionRefusedError):
                raise
            threading.Event().wait(_LOOK_EVERY)


@dataclass(frozen=True)
class Contestant:
    """`hint`: how to install it; `flat_out`, `asyncio`: whether it can be run in these ways.

    `settings`: what it is told to do, for the reader of the page.
    """

    name: str
    start: Callable[[Task], Running]
    needs: str
    hint: str
    settings: str
    flat_out: bool = False
    asyncio: bool = False
    heavy: bool = False
    """Whether it has more to begin with than to ping."""

    def warm_up(self, targets: int) -> float:
        """How many s after its first pings it is settled."""
        return _SETTLED + (targets / _SETTLING_A_SECOND if self.heavy else 0.0)

    @property
    def installed(self) -> bool:
        """Whether its program or module is there."""
        if self.needs.startswith("import "):
            try:
                return importlib.util.find_spec(self.needs.removeprefix("import ")) is not None
            except ModuleNotFoundError:
                return False
        return shutil.which(self.needs) is not None


OURS = Contestant(
    "linkwatch",
    lambda task: Worker("run_linkwatch", task),
    "import linkwatch",
    "",
    "the ICMP engine alone: prober and probe loop, each target at its own phase of the second",
    flat_out=True,
    asyncio=True,
)
WHOLE = Contestant(
    "linkwatch, whole daemon",
    lambda task: DaemonWorker("run_daemon", task),
    "import linkwatch",
    "",
    "all of it in one process, as `linkwatch run`: windows, histograms, judgement, incidents,"
    " store, HTTP; routers configured, none polled",
    heavy=True,
)
SCRAPED = Contestant(
    "linkwatch, scraped without pause",
    Scraped,
    "import linkwatch",
    "",
    "",
    heavy=True,
)
PEERS = (
    Contestant(
        "fping",
        Fping,
        "fping",
        "apt-get install fping",
        "`-p 1000 -i 0.01 -r0 -t900 -b64 -C`: all targets in one burst a second, which is"
        " cheapest for it",
    ),
    Contestant(
        "gufo_ping",
        lambda task: Worker("run_gufo", task),
        "import gufo.ping",
        "pip install gufo-ping",
        "one `Ping(size=92, timeout=0.9)` with a receive buffer as large as ours, a coroutine a"
        " target, each at its own phase of the second",
        flat_out=True,
        asyncio=True,
    ),
    Contestant(
        "icmplib async_multiping",
        lambda task: Worker("run_icmplib", task),
        "import icmplib",
        "pip install icmplib",
        "`count=1, timeout=0.9`, else its defaults (50 at once); a call a second",
        flat_out=True,
        asyncio=True,
    ),
    Contestant(
        "smokeping_prober",
        Smokeping,
        "prometheus-smokeping-prober",
        "apt-get install prometheus-smokeping-prober",
        "`interval: 1s`, `size: 64`, else its defaults (a raw socket a host)",
    ),
    Contestant(
        "blackbox_exporter",
        Blackbox,
        "prometheus-blackbox-exporter",
        "apt-get install prometheus-blackbox-exporter",
        "module icmp, `payload_size: 64`; an HTTP request a ping over 16 kept connections, its"
        " sender not counted",
    ),
)
