"""Scenarios as an operator could write them: a line's day in, what people hear of it out.

The WAN link at Chư Sê, at 1 Hz, in the province of `support.province`; its other link is well.

    start 2021-05-15 08:42:10   when it begins
    conference | hours          the sample's conference is planned; or Chư Sê works Mon-Fri 7 to 17
    province                    that of `support.district` instead, all of whose lines are told of
    conference at chu-se, dun   the sample's conference, at these; `normal conference at`: less so
    30 s: chu-se-wan dead; *-inet 120 ms        what each of these lines does, the others are well
    12 district sites           instead of Chư Sê these (or communes), told in digests
    60 s: sites 1 to 8 dead, one every 0.5 s
    vnpt-tinh takes 3 | vnpt-tinh declines 3
    60 s: well | dead | unreachable | cannot send | own drops | 120 ms | loses every 5th
          | loses all but every 3rd | misses 1 | dead 10 s, well 10 s
          | nothing ends | receives 19.9 Mbit/s | the counters are discarded
    restart after 5 s           another daemon goes on from what the store has
    reload without the link | reload with latency 200 ms, 400 ms
    clock +2 h                  the wall clock is set
    work 02:02 to 02:10[, accepted]       announced in the configuration, by letter CV 12/VNPT
    work of viettel|at chu-se 02:02 to 02:10[, accepted]    not on that link, but there
    availability                how available the link was by then
    announced until 15/05 02:10[, accepted]    by command, from now on; then: accepted | ended

`play` renders every entry of the timelines and every message, contacts and channels together, with
its headline, what was measured and the work it falls into, and at the end how things stand.
"""

import fnmatch
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time
from itertools import groupby
from pathlib import Path

from linkwatch.model.conference import Importance
from linkwatch.model.finding import LinkState
from linkwatch.model.ids import CarrierId, ContactId, IncidentId, SiteId
from linkwatch.model.incident import IncidentEvent, Via
from linkwatch.model.journal import Enqueue, Note, Record
from linkwatch.model.measurement import Discard, Outcome
from linkwatch.model.notification import Notification
from linkwatch.model.thresholds import Limits
from linkwatch.model.topology import Hours, Level
from linkwatch.runtime.accounting import availability, settle
from linkwatch.runtime.events import (
    DeclineAsked,
    TakeAsked,
    WorkAccepted,
    WorkAsked,
    WorkEnded,
)
from support.district import meeting, province
from support.drive import Answers, Drive, healthy, silent
from support.province import (
    CHU_SE,
    INET,
    WAN,
    ZONE,
    conference,
    inventory,
    moment,
    sample,
    without_link,
    work,
)
from support.storm import stormy, wan

CONSENT = "Trung tâm CNTT&TT"
RULER = "----\n"


class Player:
    """Plays a script line by line."""

    def __init__(self) -> None:
        self._inventory = inventory()
        self._start: datetime | None = None
        self._drive: Drive | None = None
        self._shown = 0
        self._told: list[str] = []
        self._work = 0
        """The number of what was last announced by command."""

    @property
    def drive(self) -> Drive:
        if self._drive is None:
            assert self._start is not None, "a script says when it starts"
            self._drive = Drive(self._inventory, self._start)
        return self._drive

    def play(self, line: str) -> None:
        """Carry out one line."""
        for pattern, act in _ACTS.items():
            found = re.fullmatch(pattern, line)
            if found:
                act(self, *found.groups())
                self._note()
                return
        raise ValueError(f"not understood: {line}")

    def rendered(self) -> str:
        """What was written and told, and how things stand."""
        states = self.drive.state.judges
        link = f"link {states[WAN].state}" if WAN in states else "link not watched"
        if len(states) > 2:
            wrong = [
                f"{x} {one.state}" for x, one in states.items() if one.state is not LinkState.UP
            ]
            link = ", ".join(wrong) or "all links up"
        incidents = [f"{i.id} {i.status}" for i in self.drive.state.incidents.values()]
        if self._inventory.gathered_channels:
            counted = Counter(judge.state for judge in states.values())
            link = ", ".join(f"{number} links {state}" for state, number in sorted(counted.items()))
            told = Counter(incident.partition(" ")[2] for incident in incidents)
            incidents = [f"{number} incidents {status}" for status, number in told.items()]
        last = "; ".join((link, *(sorted(incidents) or ["no incident"])))
        return "\n".join((*self._told, f"end       {last}")) + "\n"

    def begin(self, at: str) -> None:
        self._start = datetime.fromisoformat(at).replace(tzinfo=ZONE)

    def confer(self) -> None:
        self._inventory = replace(self._inventory, conferences={conference().id: conference()})

    def settle(self, count: str, level: str) -> None:
        self._inventory = stormy(
            int(count), level=Level(level), confer=bool(self._inventory.conferences)
        )

    def fall(self, seconds: str, first: str, last: str, how: str, apart: str | None) -> None:
        since = self.drive.seconds
        answers = {
            wan(number).replace("-", "_"): _answers(how, since)
            if apart is None
            else _from(since + place * float(apart), _answers(how, since))
            for place, number in enumerate(range(int(first), int(last) + 1))
        }
        for _ in range(int(seconds)):
            self.drive.run(1, **answers)
            self._note()

    def enlarge(self) -> None:
        self._inventory = province()

    def confer_at(self, normal: str | None, names: str) -> None:
        importance = Importance.NORMAL if normal else Importance.HIGH
        planned = meeting(*names.split(", "), importance=importance)
        self._inventory = replace(self._inventory, conferences={planned.id: planned})

    def run_many(self, seconds: str, how: str) -> None:
        links = self.drive.state.inventory.links
        answers: dict[str, Answers] = {}
        for said in how.split("; "):
            pattern, _, mood = said.partition(" ")
            named = fnmatch.filter(links, pattern)
            assert named, f"no such line: {pattern}"
            mine = _answers(mood, self.drive.seconds)
            answers |= {name.replace("-", "_"): mine for name in named}
        for _ in range(int(seconds)):
            self.drive.run(1, **answers)
            self._note()

    def take(self, contact: str, number: str) -> None:
        taken = TakeAsked(_named(number), ContactId(contact), None, Via.LINK, contact, "")
        assert self.drive.ask(taken).refusal is None

    def decline(self, contact: str, number: str) -> None:
        asked = DeclineAsked(_named(number), ContactId(contact), contact)
        assert self.drive.ask(asked).refusal is None

    def keep_hours(self) -> None:
        sites = self._inventory.sites
        here = replace(sites[CHU_SE], hours=Hours(frozenset(range(1, 6)), time(7), time(17)))
        self._inventory = replace(self._inventory, sites={**sites, CHU_SE: here})

    def run(self, seconds: str, how: str) -> None:
        self._second_by_second(int(seconds), _answers(how, self.drive.seconds))

    def pause(self, seconds: str) -> None:
        for _ in range(int(seconds)):
            self.drive.pause(1)
            self._note()

    def receive(self, seconds: str, megabits: str) -> None:
        samples = (
            sample(WAN, receive=float(megabits) * 1e6, transmit=1e6),
            sample(INET, receive=1e6, transmit=1e6),
        )
        for _ in range(int(seconds) // 10):
            self.drive.poll(*samples)
            self._note()

    def discard(self, seconds: str) -> None:
        untold = sample(WAN, receive=0.0, transmit=0.0)
        jumped = replace(
            untold, receive_rate=None, transmit_rate=None, discard=Discard.ABOVE_LINE_RATE
        )
        for _ in range(int(seconds) // 10):
            self.drive.poll(jumped)
            self._note()

    def restart(self, after: str) -> None:
        self._drive, self._shown = self.drive.restart(self.drive.state.inventory, float(after)), 0

    def unwatch(self) -> None:
        self.drive.reload(without_link(self.drive.state.inventory, WAN))

    def relax(self, warning: str, critical: str) -> None:
        whole = self.drive.state.inventory
        link = whole.links[WAN]
        limits = replace(
            link.thresholds, latency=Limits(float(warning) / 1000, float(critical) / 1000)
        )
        changed = {**whole.links, WAN: replace(link, thresholds=limits)}
        self.drive.reload(replace(whole, links=changed))

    def plan(self, whose: str | None, where: str | None, *times_and_consent: str | None) -> None:
        begin, end, accepted = times_and_consent
        assert begin is not None
        assert end is not None
        planned = work(
            self._at(begin),
            self._at(end),
            links=() if whose or where else (WAN,),
            carrier=CarrierId(whose) if whose else None,
            sites=frozenset({SiteId(where)} if where else ()),
            accepted_by=CONSENT if accepted else None,
        )
        whole = self._inventory if self._drive is None else self._drive.state.inventory
        changed = replace(whole, maintenance=(planned,))
        if self._drive is None:
            self._inventory = changed
        else:
            self._drive.reload(changed)

    def announce(self, end: str, accepted: str | None) -> None:
        consent = CONSENT if accepted else None
        announced = work(None, self._at(end), accepted_by=consent, by="trực TT")
        (made,) = self.drive.ask(WorkAsked(announced)).works
        self._work = made.number or 0

    def accept(self) -> None:
        assert self.drive.ask(WorkAccepted(self._work, CONSENT, "trực TT")).refusal is None

    def end(self) -> None:
        assert self.drive.ask(WorkEnded(self._work, "trực TT")).refusal is None

    def account(self) -> None:
        now = moment(self.drive.start, self.drive.seconds)
        settle(self.drive.state, now)
        found = availability(self.drive.state, WAN, now.wall.timestamp())
        assert found is not None
        ratio = "none" if found.ratio is None else f"{100 * found.ratio:.2f} %"
        seconds = f"up {found.up} s, down {found.down} s, unknown {found.unknown} s"
        self._told.append(f"available {ratio}: {seconds}, work {found.maintenance} s")

    def _at(self, text: str) -> datetime:
        assert self._start is not None, "a script says when it starts"
        day, _, clock = text.rpartition(" ")
        at = datetime.combine(self._start.date(), time.fromisoformat(clock), ZONE)
        if not day:
            return at
        number, month = map(int, day.split("/"))
        return at.replace(month=month, day=number)

    def set_clock(self, hours: str) -> None:
        self.drive.step_clock(3600.0 * int(hours))

    def _second_by_second(self, seconds: int, answers: Answers) -> None:
        for _ in range(seconds):
            self.drive.run(1, chu_se_wan=answers)
            self._note()

    def _note(self) -> None:
        if self._drive is None:
            return
        records = self._drive.records[self._shown :]
        self._shown += len(records)
        at = moment(self._drive.start, self._drive.seconds).wall.astimezone(ZONE)
        self._told += [f"{at:%H:%M:%S}  {line}" for line in _lines(records)]


def play(script: str) -> str:
    """What comes of a script."""
    player = Player()
    for line in script.splitlines():
        said = line.partition("#")[0].strip()
        if said:
            player.play(said)
    return player.rendered()


def _lines(records: Sequence[Record]) -> Iterator[str]:
    for record in records:
        if isinstance(record, Note):
            entry = record.entry
            yield f"{entry.incident} {entry.what}: {entry.detail}".rstrip(": ")
    messages = [r.notification for r in records if isinstance(r, Enqueue)]
    for (event, text), group in groupby(messages, lambda m: (m.event, _gist(m))):
        heard = list(group)
        people = ", ".join(dict.fromkeys(str(m.contact) for m in heard))
        by = ", ".join(dict.fromkeys(str(m.channel) for m in heard))
        yield f"  {event} -> {people} by {by}"
        yield from (f"  | {line}" for line in text)


_GIST = ("Đo:", "Bảo trì:", "Gồm", "Khả năng", "Có thể")
_LISTED = ("LW-", "Đang mở", "Và ")


def _gist(message: Notification) -> tuple[str, ...]:
    headline, *rest = message.text.split("\n")
    shown = _LISTED if message.event is IncidentEvent.DIGEST else _GIST
    return (headline, *(line for line in rest if line.startswith(shown)))


def _named(number: str) -> IncidentId:
    return IncidentId(f"LW-{int(number):06}")


def _answers(how: str, since: float) -> Answers:
    """`how` a line answers that does so from second `since` on."""
    for pattern, make in _MOODS.items():
        found = re.fullmatch(pattern, how)
        if found:
            return make(since, *map(int, found.groups()))
    raise ValueError(f"not understood: {how}")


def _from(begins: float, answers: Answers) -> Answers:
    return lambda sent: answers(sent) if sent >= begins else 0.010


def _alternately(since: float, bad: int, good: int) -> Answers:
    return lambda sent: None if (sent - since) % (bad + good) < bad else 0.010


_MOODS: dict[str, Callable[..., Answers]] = {
    "well": lambda _: healthy,
    "dead": lambda _: silent,
    "unreachable": lambda _: lambda _: Outcome.UNREACHABLE,
    "cannot send": lambda _: lambda _: Outcome.LOCAL_FAILURE,
    "own drops": lambda _: lambda _: Outcome.UNKNOWN,
    r"(\d+) ms": lambda _, ms: lambda _: ms / 1000,
    r"loses every (\d+)(?:th|rd|nd)": lambda _, n: lambda sent: None if sent % n == 0 else 0.010,
    r"loses all but every (\d+)(?:th|rd|nd)": lambda _, n: (
        lambda sent: 0.010 if sent % n == 0 else None
    ),
    r"misses (\d+)": lambda since, n: lambda sent: None if 0 <= sent - since < n else 0.010,
    r"dead (\d+) s, well (\d+) s": _alternately,
}
_ACTS: dict[str, Callable[..., None]] = {
    r"start (.+)": Player.begin,
    "conference": Player.confer,
    "hours": Player.keep_hours,
    r"(\d+) (district|commune) sites": Player.settle,
    r"(\d+) s: sites (\d+) to (\d+) (.+?)(?:, one every ([\d.]+) s)?": Player.fall,
    r"([a-z-]+) takes (\d+)": Player.take,
    r"([a-z-]+) declines (\d+)": Player.decline,
    r"(\d+) s: nothing ends": Player.pause,
    r"(\d+) s: receives ([\d.]+) Mbit/s": Player.receive,
    r"(\d+) s: the counters are discarded": Player.discard,
    r"(\d+) s: (\S+-(?:wan|inet) .+)": Player.run_many,
    r"(\d+) s: (.+)": Player.run,
    "province": Player.enlarge,
    r"(normal )?conference at (.+)": Player.confer_at,
    r"restart after (\d+) s": Player.restart,
    "reload without the link": Player.unwatch,
    r"reload with latency (\d+) ms, (\d+) ms": Player.relax,
    r"clock ([+-]\d+) h": Player.set_clock,
    r"work(?: of (\S+))?(?: at (\S+))? ([\d:]+) to ([\d:]+)(, accepted)?": Player.plan,
    r"announced until ([\d/: ]+)(, accepted)?": Player.announce,
    "accepted": Player.accept,
    "ended": Player.end,
    "availability": Player.account,
}


def rewrite(path: Path) -> None:
    """Put what comes of a script now under it; whoever does so reads the difference."""
    script = path.read_text("utf-8").partition(RULER)[0]
    path.write_text(f"{script}{RULER}{play(script)}", "utf-8")


if __name__ == "__main__":
    import sys

    for each in map(Path, sys.argv[1:]):
        rewrite(each)
