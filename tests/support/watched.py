"""The sample province in a namespace of its own, watched by Prometheus as an operator's is.

Its conference runs since ten minutes and its boosts are in force; simulated agents stand in for the
routers. One line has no interface to read, and one no boost: boards must do without.
"""

import sys
import time  # noqa: TID251 Prometheus goes by this machine's clock
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from linkwatch.config import load
from linkwatch.host.clock import SystemClock
from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from support.daemon import Daemon
from support.netns import Namespace
from support.prometheus import Prometheus, prometheus
from support.receiver import receiver

SAMPLE = Path(__file__).parents[2] / "config" / "sites.yaml"
CONFERENCE, NEXT = "txct-2021-05-15", "giao-ban"
UNREAD = "mang-yang-inet"
"""The line that no router is asked about."""
PLAIN = "gao-wan"
"""The line that no boost was ordered for."""
_HOOK = """\
  hook: {type: webhook, url: "http://127.0.0.1:8099/alerts", secret: {env: HOOK_SECRET}}
  log: {type: log}"""


@dataclass(frozen=True)
class Watched:
    """All that plays: `home` of the centre, where every address is."""

    centre: Namespace
    daemon: Daemon
    prometheus: Prometheus
    inventory: Inventory

    def cut(self, *links: str) -> None:
        """Nothing gets to these links' targets any more."""
        for address in self._targets(links):
            self.centre.nft_drop("input", f"ip daddr {address}")

    @contextmanager
    def cut_for_a_while(self, link: str) -> Iterator[None]:
        """The same until the end of the block."""
        for address in self._targets([link]):
            self.centre.nft_drop("prerouting", f"ip daddr {address}")
        yield
        self.centre.nft("delete table inet prerouting_rules\n")

    def thin(self, link: str) -> None:
        """Every third probe is lost, never two in a row: bad, and not to be taken for dead."""
        for address in self._targets([link]):
            self.centre.nft_drop("input", f"ip daddr {address} numgen inc mod 3 == 0")

    def blind(self, *links: str) -> None:
        """We cannot send to them ourselves, so nobody knows how they are."""
        for address in self._targets(links):
            self.centre.nft_drop("output", f"ip daddr {address}")

    def incident(self, link: str, kind: str = "down") -> str:
        """The open incident of a link; waits until there is one."""
        found: list[str] = []

        def opened() -> bool:
            listed = self.daemon.status()["incidents"]
            found[:] = [i["id"] for i in listed if link in i["links"] and i["kind"] == kind]
            return bool(found)

        self.daemon.wait(30, opened)
        return found[0]

    def take(self, incident: str, contact: str) -> None:
        """Somebody has it."""
        done = self.daemon.cli("ack", incident, "--for", contact, "--via", "phone")
        assert done.returncode == 0, done.stdout + done.stderr

    def _targets(self, links: Iterable[str]) -> list[str]:
        return [t.address for link in links for t in self.inventory.links[LinkId(link)].targets]


@contextmanager
def watched(home: Path) -> Iterator[Watched]:
    """Agents, daemon and Prometheus, ready; gone at the end of the block."""
    with ExitStack() as stack:
        centre = stack.enter_context(Namespace("centre"))
        text = province(SystemClock().now().wall)
        agents = ("-m", "linkwatch", "lab", "agents", "-c", str(home / "sites.yaml"), "--then")
        run = (sys.executable, "-m", "linkwatch", "run", "-c")
        daemon = Daemon(centre, home, text, (*agents, *run), start_within=60.0)
        loaded = load(daemon.config).config
        assert loaded is not None
        stack.enter_context(receiver(centre))
        stack.enter_context(daemon)
        # Killed, the agents would leave the daemon that they have started behind.
        stack.callback(daemon.stop)
        scraped = stack.enter_context(prometheus(home / "prometheus", centre))
        # It finds its targets some seconds after it has started: what counts before would be lost.
        scraped.wait(lambda: bool(scraped.now("linkwatch_build_info", time.time())))
        yield Watched(centre, daemon, scraped, loaded.inventory)


def province(now: datetime) -> str:
    """The sample, with its days moved to now."""
    text = SAMPLE.read_text(encoding="utf-8")
    for link, key in ((UNREAD, "        interface:"), (PLAIN, "          - {rate: 20Mbps, from:")):
        text = _without(text, link, key)
    start, end = now - timedelta(minutes=10), now + timedelta(hours=3)
    later = now + timedelta(days=1)
    window = f'from: "{_day(now, -2)}", until: "{_day(now, 9)}"'
    changes = {
        'start: "2021-05-15T07:30"': f'start: "{start.isoformat(timespec="seconds")}"',
        'end: "2021-05-15T11:30"': f'end: "{end.isoformat(timespec="seconds")}"',
        'from: "2021-05-09", until: "2021-05-31"': window,
        '  # daily_test: "09:00"': '  daily_test: "00:00"',
        "  log: {type: log}": _HOOK,
        "channels: [log]": "channels: [log, hook]",
        "rate: max": "rate: 400Mbps",
        "interval: 5s": "interval: 1s",
        "interval: 30s": "interval: 2s",
        "conference_interval: 10s": "conference_interval: 2s",
        "  # One to come:\n": _one_to_come(later),
    }
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def _one_to_come(start: datetime) -> str:
    first, last = (at.isoformat(timespec="seconds") for at in (start, start + timedelta(hours=2)))
    return (
        f"  - {{id: {NEXT}, name: Hội nghị giao ban, importance: normal, sites: all,"
        f' start: "{first}", end: "{last}"}}\n'
    )


def _without(text: str, link: str, line: str) -> str:
    """Less the first line of that beginning that follows the link."""
    start = text.index(line, text.index(f"id: {link}\n"))
    return text[:start] + text[text.index("\n", start) + 1 :]


def _day(now: datetime, days: int) -> str:
    return (now.astimezone(UTC) + timedelta(days=days)).date().isoformat()
