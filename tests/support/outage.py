"""A whole carrier falls, for real: addresses by the hundred, the daemon, a webhook's receiver.

Every site takes part in a conference, and its one link is VNPT's; each district's people answer for
its communes, too.
"""

import time  # noqa: TID251 an outage spreads in real time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from linkwatch.host.clock import SystemClock
from support.daemon import Daemon
from support.netns import Namespace
from support.receiver import Received, Receiver, receiver

DISTRICTS = 20
PROVINCE, CENTRE = "vnpt-tinh", "truc-ttcntt"
"""Who hears of every fault: the carrier's duty in the province, and the operators' room."""
STEPS = 50
_HEAD = """\
version: 1
organisation: Test
timezone: Asia/Ho_Chi_Minh
http: {listen: "127.0.0.1:9675", public_url: "https://linkwatch.example"}
operators: {hotline: "+84000000099", roster: centre-duty}
probing: {interval: 1s, timeout: 900ms}
carriers:
  vnpt: {name: VNPT Gia Lai, short: VNPT}
channels:
  hook: {type: webhook, url: "http://127.0.0.1:8099/alerts", secret: {env: HOOK_SECRET}}
"""


@dataclass(frozen=True)
class Told:
    """One incident within a message: `at` (monotonic s) it came; `alone` or in a digest."""

    at: float
    incident: str
    link: str
    events: Sequence[str]
    alone: bool


@dataclass
class Outage:
    """Everything that plays. Numbers of links count from 0."""

    site: Namespace
    hook: Receiver
    daemon: Daemon
    links: int
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

    def heard(self, since: int = 0) -> Mapping[str, list[Received]]:
        """The messages by contact, from the so-manieth on that came."""
        found = defaultdict(list)
        for received in self.hook.received[since:]:
            contact = received.body["contact"]
            assert isinstance(contact, dict)
            found[str(contact["id"])].append(received)
        return found

    def expected(self) -> Mapping[str, set[str]]:
        """Of which links each contact has to hear."""
        found = {PROVINCE: set[str](), CENTRE: set[str]()}
        for number in range(self.links):
            for who in (PROVINCE, CENTRE, _duty(number % DISTRICTS)):
                found.setdefault(who, set()).add(link_of(number))
        return found

    def all_told(self, since: int, event: str) -> bool:
        """Whether everybody has heard this of every link that is theirs."""
        heard = self.heard(since)
        return all(
            links <= {t.link for m in heard[who] for t in told_by(m) if event in t.events}
            for who, links in self.expected().items()
        )

    def wait(self, within: float, since: int, event: str) -> None:
        """Until they have."""
        self.daemon.wait(within, lambda: self.all_told(since, event))


def told_by(received: Received) -> list[Told]:
    """What a message tells."""
    body = received.body
    if body["event"] != "digest":
        one = body["incident"]
        assert isinstance(one, dict)
        return [Told(received.at, one["id"], one["links"][0], [str(body["event"])], alone=True)]
    listed = body["incidents"]
    assert isinstance(listed, list)
    return [Told(received.at, i["id"], i["links"][0], i["events"], alone=False) for i in listed]


@contextmanager
def laid_out(home: Path, links: int) -> Iterator[Outage]:
    """Both namespaces, the receiver and the daemon, ready: every link probed, a conference on."""
    with ExitStack() as stack:
        centre = stack.enter_context(Namespace("centre"))
        site = stack.enter_context(Namespace("site"))
        centre.connect(site, "10.77.0.1/30", "10.77.0.2/30")
        centre.ip("route", "add", "10.78.0.0/16", "via", "10.77.0.2")
        outage = Outage(
            site, stack.enter_context(receiver(centre)), Daemon(centre, home, ""), links
        )
        outage.change("add", 0.0)
        outage.daemon.config.write_text(_configuration(links, SystemClock().now().wall), "utf-8")
        stack.enter_context(outage.daemon)
        outage.daemon.wait(20, lambda: set(outage.daemon.links().values()) == {"up"})
        yield outage


def link_of(number: int) -> str:
    """The id of a link."""
    return f"xa-{number:03}-wan"


def _address(number: int) -> str:
    return f"10.78.{number // 200}.{number % 200 + 1}"


def _duty(district: int) -> str:
    return f"huyen-{district:02}"


def _configuration(links: int, now: datetime) -> str:
    people = [PROVINCE, CENTRE, "vnpt-ld", *map(_duty, range(DISTRICTS))]
    lines = [_HEAD, "contacts:\n"]
    lines += [
        f'  {who}: {{name: "{who}", channels: [hook], answers_by: [link]}}\n' for who in people
    ]
    lines += [
        "rosters:\n",
        "  vnpt-leader: {carrier: vnpt, level: leader, standing: vnpt-ld}\n",
        f"  vnpt-province: {{carrier: vnpt, level: province, standing: {PROVINCE}}}\n",
        f"  centre-duty: {{level: province, standing: {CENTRE}}}\n",
    ]
    lines += [
        f"  {who}-{level}: {{carrier: vnpt, level: {level}, areas: [xa-{n:03}], standing: {who}}}\n"
        for n, who in enumerate(map(_duty, range(DISTRICTS)))
        for level in ("district", "commune")
    ]
    lines += ["sites:\n  - {id: ttcntt, name: Trung tâm, level: province, role: hub}\n"]
    lines += [_site(number) for number in range(links)]
    start = now - timedelta(minutes=10)
    lines.append(
        "conferences:\n"
        "  - {id: txct, name: Hội nghị, short: HN TXCT, importance: high, sites: all, "
        f'start: "{start.isoformat(timespec="seconds")}", '
        f'end: "{(start + timedelta(hours=2)).isoformat(timespec="seconds")}"}}\n'
    )
    return "".join(lines)


def _site(number: int) -> str:
    level = "level: district, parent: ttcntt"
    if number >= DISTRICTS:
        level = f"level: commune, parent: xa-{number % DISTRICTS:03}"
    return (
        f"  - id: xa-{number:03}\n"
        f"    name: Điểm cầu {number:03}\n"
        f"    {level.replace(', ', chr(10) + '    ')}\n"
        f"    links:\n"
        f"      - {{id: {link_of(number)}, kind: wan, carrier: vnpt, circuit: GLI-{number:03},"
        f" targets: [{_address(number)}], contracted: [{{rate: 20Mbps}}]}}\n"
    )
