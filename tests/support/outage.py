"""Hundreds of lines fall, for real: their addresses go; the daemon, and a webhook's receiver.

Every site takes part in a conference, and has one link. With one carrier all is taken for one
cause; with so many that no three sites share one, each line's fault is its own.
"""

import time  # noqa: TID251 an outage spreads in real time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from linkwatch.host.clock import SystemClock
from linkwatch.model.incident import Status
from support.daemon import Daemon
from support.netns import Namespace
from support.receiver import Received, Receiver, receiver

DISTRICTS = 20
PROVINCE, CENTRE = "vnpt-tinh", "truc-ttcntt"
"""Who hears of everything: the carriers' duty in the province, and the operators' room."""
STEPS = 50
_HEAD = """\
version: 1
organisation: Test
timezone: Asia/Ho_Chi_Minh
http: {listen: "127.0.0.1:9675", public_url: "https://linkwatch.example"}
operators: {hotline: "+84000000099", roster: centre-duty, daily_test: never}
probing: {interval: 1s, timeout: 900ms}
channels:
  hook: {type: webhook, url: "http://127.0.0.1:8099/alerts", secret: {env: HOOK_SECRET}}
"""


@dataclass(frozen=True)
class Told:
    """One incident within a message: `at` (monotonic s) it came, and how it stood."""

    at: float
    incident: str
    links: Sequence[str]
    events: Sequence[str]
    closed: bool


@dataclass
class Outage:
    """Everything that plays. Links are numbered from 0; `carriers`: how many have them in turn."""

    site: Namespace
    hook: Receiver
    daemon: Daemon
    links: int
    carriers: int
    changed_at: dict[str, float] = field(default_factory=dict)
    """When (monotonic s) each link's address went or came last."""

    def change(self, verb: str, seconds: float) -> None:
        """`delete` or `add` all addresses, evenly over so many seconds."""
        began = time.monotonic()
        for step in range(STEPS):
            time.sleep(max(0.0, began + step * seconds / STEPS - time.monotonic()))
            numbers = range(step, self.links, STEPS)
            at = time.monotonic()
            lines = [f"address {verb} {_address(n)}/32 dev lo\n" for n in numbers]
            self.site.run("ip", "-batch", "-", stdin="".join(lines))
            self.changed_at |= {link_of(n): at for n in numbers}

    def messages(self, since: int = 0) -> Mapping[str, list[Received]]:
        """What came to each contact, from the so-manieth message of all on."""
        found = defaultdict(list)
        for received in self.hook.received[since:]:
            contact = received.body["contact"]
            assert isinstance(contact, dict)
            found[str(contact["id"])].append(received)
        return found

    def told(self, since: int = 0) -> Mapping[str, list[Told]]:
        """The same by incident."""
        return defaultdict(
            list,
            {
                who: [t for m in each for t in told_by(m)]
                for who, each in self.messages(since).items()
            },
        )

    def unnamed(self) -> int:
        """Lines that somebody ought to hear of as fallen and has not yet."""
        told = self.told()
        return sum(
            len(links - {link for t in told[who] if not t.closed for link in t.links})
            for who, links in self._expected().items()
        )

    def unended(self) -> int:
        """Incidents that somebody heard of and does not know to be over."""
        last = {(who, t.incident): t.closed for who, each in self.told().items() for t in each}
        return sum(not closed for closed in last.values())

    def _expected(self) -> Mapping[str, set[str]]:
        everything = {link_of(number) for number in range(self.links)}
        found = {PROVINCE: everything, CENTRE: everything}
        if self.carriers > 1:
            # Of what is wide its province is told, of a single line its district, too.
            for number in range(self.links):
                who = _duty(number % self.carriers)
                found.setdefault(who, set()).add(link_of(number))
        return found


def told_by(received: Received) -> list[Told]:
    """What a message tells."""
    body = received.body
    listed = body.get("incidents") or [body["incident"]]
    assert isinstance(listed, list)
    return [
        Told(
            received.at,
            one["id"],
            one["links"],
            one.get("events", [body["event"]]),
            Status(one["status"]).is_closed,
        )
        for one in listed
    ]


@contextmanager
def laid_out(home: Path, links: int, carriers: int) -> Iterator[Outage]:
    """Both namespaces, the receiver and the daemon, ready: every link probed, a conference on."""
    with ExitStack() as stack:
        centre = stack.enter_context(Namespace("centre"))
        site = stack.enter_context(Namespace("site"))
        centre.connect(site, "10.77.0.1/30", "10.77.0.2/30")
        centre.ip("route", "add", "10.78.0.0/16", "via", "10.77.0.2")
        hook, daemon = stack.enter_context(receiver(centre)), Daemon(centre, home, "")
        outage = Outage(site, hook, daemon, links, carriers)
        outage.change("add", 0.0)
        now = SystemClock().now().wall
        daemon.config.write_text(_configuration(links, carriers, now), "utf-8")
        stack.enter_context(daemon)
        daemon.wait(20, lambda: set(daemon.links().values()) == {"up"})
        yield outage


def link_of(number: int) -> str:
    """The id of a link."""
    return f"xa-{number:03}-wan"


def _address(number: int) -> str:
    return f"10.78.{number // 200}.{number % 200 + 1}"


def _duty(number: int) -> str:
    return f"huyen-{number % DISTRICTS:02}"


def _configuration(links: int, carriers: int, now: datetime) -> str:
    people = [PROVINCE, CENTRE, "lanh-dao", *map(_duty, range(DISTRICTS))]
    lines = [_HEAD, "contacts:\n"]
    lines += [
        f'  {who}: {{name: "{who}", channels: [hook], answers_by: [link]}}\n' for who in people
    ]
    lines += ["carriers:\n", *(f"  nm-{n}: {{name: Carrier {n}}}\n" for n in range(carriers))]
    lines += ["rosters:\n", f"  centre-duty: {{level: province, standing: {CENTRE}}}\n"]
    lines += [
        f"  nm-{n}-{level}: {{carrier: nm-{n}, level: {level}, standing: {who}}}\n"
        for n in range(carriers)
        for level, who in (("leader", "lanh-dao"), ("province", PROVINCE), ("district", _duty(n)))
    ]
    lines += ["sites:\n  - {id: ttcntt, name: Trung tâm, level: province, role: hub}\n"]
    lines += [_site(number, number % carriers) for number in range(links)]
    start = now - timedelta(minutes=10)
    lines.append(
        "conferences:\n"
        "  - {id: txct, name: Hội nghị, short: HN TXCT, importance: high, sites: all, "
        f'start: "{start.isoformat(timespec="seconds")}", '
        f'end: "{(start + timedelta(hours=2)).isoformat(timespec="seconds")}"}}\n'
    )
    return "".join(lines)


def _site(number: int, carrier: int) -> str:
    return (
        f"  - id: xa-{number:03}\n"
        f"    name: Điểm cầu {number:03}\n"
        "    level: district\n"
        "    parent: ttcntt\n"
        "    links:\n"
        f"      - {{id: {link_of(number)}, kind: wan, carrier: nm-{carrier},"
        f" circuit: GLI-{number:03}, targets: [{_address(number)}],"
        " contracted: [{rate: 20Mbps}]}\n"
    )
