"""Scenarios of our own uplinks as an operator could write them: what fails in, who is told out.

A province of 12 districts behind the Centre (`support.towns`), each with a VNPT and a Viettel
Internet line and a WAN line of one of them.

    start 2021-05-15 08:42:10   when it begins
    conference                  all districts meet from 07:30 to 11:30
    every 5 s                   how often a link is probed; 1 s unless said
    viettel has 2 districts     the others' Internet is VNPT's alone
    references                  each carrier has an address in its network that is no customer's
    the gateway answers         it is probed, too, and this host's interface is up
    30 s: all well
    30 s: WHAT is HOW; WHAT is HOW
          WHAT: the Internet uplink | the WAN uplink | vnpt | viettel (their Internet lines)
                | h03 (all lines of a district) | h03-vnpt | the gateway | viettel's network
          HOW: dead | losing every 5th | losing all but every 3rd | late 200 ms | dead 1 s of 3
               | unsendable
    the Internet interface is down | up
    restart after 5 s

`play` renders the timelines and the messages like `support.script`, and how many links are shown
in which state at the end of each line that lets time pass.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from zlib import crc32

from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Enqueue, Note, Record
from linkwatch.model.measurement import Outcome
from linkwatch.model.topology import LinkKind
from linkwatch.model.uplink import Carriage
from support.province import VIETTEL, VNPT, ZONE, moment
from support.script import RULER
from support.towns import Towns, towns

RTT = 0.012
DISTRICTS = 12
Mood = Callable[[float], float | Outcome | None]


class Player:
    """Plays a script line by line."""

    def __init__(self) -> None:
        self._interval, self._meeting, self._few = 1.0, False, DISTRICTS
        self._references = self._gateway = False
        self._start: datetime | None = None
        self._towns: Towns | None = None
        self._moods: list[tuple[str, Mood]] = []
        self._shown = 0
        self._told: list[str] = []

    def play(self, line: str) -> None:
        """Carry out one line."""
        for pattern, act in _ACTS.items():
            found = re.fullmatch(pattern, line)
            if found:
                act(self, *found.groups())
                return
        raise ValueError(f"not understood: {line}")

    def rendered(self) -> str:
        """What was written and told, and how things stand."""
        incidents = sorted(f"{i.id} {i.status}" for i in self.towns.incidents.values())
        return "\n".join((*self._told, f"end       {'; '.join(incidents) or 'no incident'}")) + "\n"

    @property
    def towns(self) -> Towns:
        if self._towns is None:
            assert self._start is not None, "a script says when it starts"
            near = self._near if self._gateway or self._references else None
            self._towns = Towns(self._province(), self._start, self._fate, near)
            if self._gateway:
                self._towns.sense(ttcntt_inet=Carriage.UP, ttcntt_wan=Carriage.UP)
        return self._towns

    def begin(self, at: str) -> None:
        self._start = datetime.fromisoformat(at).replace(tzinfo=ZONE)

    def pace(self, seconds: str) -> None:
        self._interval = float(seconds)

    def confer(self) -> None:
        self._meeting = True

    def thin_out(self, districts: str) -> None:
        self._few = int(districts)

    def refer(self) -> None:
        self._references = True

    def ask_gateway(self) -> None:
        self._gateway = True

    def run(self, seconds: str, what: str) -> None:
        since = self.towns.seconds
        self._moods = [] if what == "all well" else [_mood(one, since) for one in what.split("; ")]
        for _ in range(int(seconds)):
            self.towns.run(1)
            self._note()
        states = Counter(self.towns.states().values())
        counted = ", ".join(f"{n} {state}" for state, n in sorted(states.items()))
        self._told.append(f"          = {counted}")

    def interface(self, kind: str, state: str) -> None:
        name = "ttcntt_inet" if kind == "Internet" else "ttcntt_wan"
        self.towns.sense(**{name: Carriage(state)})
        self._note()

    def restart(self, after: str) -> None:
        self._towns, self._shown = self.towns.restart(float(after)), 0
        self._note()

    def _province(self) -> Inventory:
        whole = towns(DISTRICTS, interval=self._interval, meeting=self._meeting)
        gone = {f"h{n:02}-viettel" for n in range(self._few, DISTRICTS)}
        links = {k: v for k, v in whole.links.items() if k not in gone}
        known = {VNPT: ("198.18.1.1",), VIETTEL: ("198.18.2.1",)} if self._references else {}
        carriers = {k: replace(v, reference=known.get(k, ())) for k, v in whole.carriers.items()}
        uplinks = dict(whole.own_uplinks)
        if self._references:
            del uplinks[LinkKind.WAN]  # so that all are asked over the Internet
        return replace(whole, links=links, carriers=carriers, own_uplinks=uplinks)

    def _fate(self, link: LinkId, sent: float) -> float | Outcome | None:
        for what, mood in self._moods:
            if _is_hit(what, link, self.towns.state.inventory):
                came = mood(sent)
                if came != RTT:
                    return came
        return RTT

    def _near(self, uplink: LinkId, target: int, sent: float) -> bool:
        if target == 0:
            return self._gateway and not any(what == "the gateway" for what, _ in self._moods)
        ways = ("the gateway", "the Internet uplink", f"{(VNPT, VIETTEL)[target - 1]}'s network")
        return all(mood(sent) is not None for what, mood in self._moods if what in ways)

    def _note(self) -> None:
        records = self.towns.records[self._shown :]
        self._shown += len(records)
        at = moment(self.towns.start, self.towns.seconds).wall.astimezone(ZONE)
        self._told += [f"{at:%H:%M:%S}  {line}" for line in _lines(records)]


def play(script: str) -> str:
    """What comes of a script."""
    player = Player()
    for line in script.splitlines():
        said = line.partition("#")[0].strip()
        if said:
            player.play(said)
    return player.rendered()


def _is_hit(what: str, link: LinkId, whole: Inventory) -> bool:
    kind = whole.links[link].kind
    match what:
        case "the Internet uplink" | "the gateway":
            return kind is LinkKind.INTERNET
        case "the WAN uplink":
            return kind is LinkKind.WAN
        case "vnpt" | "viettel":
            return link.endswith(f"-{what}")
        case _:
            return link == what or link.startswith(f"{what}-")


def _mood(said: str, since: float) -> tuple[str, Mood]:
    what, _, how = said.partition(" is ")
    for pattern, make in _MOODS.items():
        found = re.fullmatch(pattern, how)
        if found:
            return what, make(since, *map(int, found.groups()))
    raise ValueError(f"not understood: {said}")


def _losing(_since: float, every: int) -> Mood:
    # Probes are sent in ticks of 20 ms: each tick has a fate of its own, as if by chance.
    return lambda sent: None if crc32(b"%d" % round(sent * 50)) % every == 0 else RTT


def _hardly_passing(_since: float, every: int) -> Mood:
    return lambda sent: RTT if crc32(b"%d" % round(sent * 50)) % every == 0 else None


def _by_turns(since: float, dead: int, of: int) -> Mood:
    return lambda sent: None if (sent - since) % of < dead else RTT


_MOODS: dict[str, Callable[..., Mood]] = {
    "dead": lambda _: lambda _: None,
    "unsendable": lambda _: lambda _: Outcome.LOCAL_FAILURE,
    r"losing every (\d+)(?:th|nd)": _losing,
    r"losing all but every (\d+)rd": _hardly_passing,
    r"late (\d+) ms": lambda _, ms: lambda _: RTT + ms / 1000,
    r"dead (\d+) s of (\d+)": _by_turns,
}
_ACTS: dict[str, Callable[..., None]] = {
    r"start (.+)": Player.begin,
    "conference": Player.confer,
    r"every (\d+) s": Player.pace,
    r"viettel has (\d+) districts": Player.thin_out,
    "references": Player.refer,
    "the gateway answers": Player.ask_gateway,
    r"the (Internet|WAN) interface is (down|up)": Player.interface,
    r"restart after (\d+) s": Player.restart,
    r"(\d+) s: (.+)": Player.run,
}


def _lines(records: list[Record]) -> Iterator[str]:
    for record in records:
        if isinstance(record, Note):
            entry = record.entry
            yield f"{entry.incident} {entry.what}: {entry.detail}".rstrip(": ")
    messages = [r.notification for r in records if isinstance(r, Enqueue)]
    for (event, text), group in groupby(messages, lambda m: (m.event, _gist(m.text))):
        heard = list(group)
        people = ", ".join(dict.fromkeys(str(m.contact) for m in heard))
        yield f"  {event} -> {people}"
        yield from (f"  | {line}" for line in text)


def _gist(text: str) -> tuple[str, ...]:
    headline, *rest = text.split("\n")
    return (headline, *(line for line in rest if line.startswith("Đo:")))


def rewrite(path: Path) -> None:
    """Put what comes of a script now under it; whoever does so reads the difference."""
    script = path.read_text("utf-8").partition(RULER)[0]
    path.write_text(f"{script}{RULER}{play(script)}", "utf-8")


if __name__ == "__main__":
    import sys

    for each in map(Path, sys.argv[1:]):
        rewrite(each)
