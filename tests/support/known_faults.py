"""Faults of the known province: which lines are silent when, what opens, and who is told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from support.known_province import (
    UPLINK,
    below,
    communes,
    inet,
    links,
    network_of,
    people_of,
    people_of_carrier,
    people_of_site,
    wan,
)

LASTS = 7.0
"""s that a fault is there: it is told in three."""
MENDED = 8.0
"""s after its end until the next: it is over in seven."""
OVER_TOO = 18.0
"""s after its parent until a child comes back: it is told by itself after fifteen."""
DOWN, UP, TIMES = 5.0, 8.0, 3
"""s that a line which flaps is down and up, and how often."""
Spans = Sequence[tuple[float, float]]
ONCE = ("opened", "resolved")


@dataclass(frozen=True)
class Due:
    """An incident that is to open, of a subject as `kind:id`.

    `told`: who hears of it, and of each event of `events`. `at`: when its cause begins, s of the
    script. `prompt`: whether they are to hear as soon after that as can be; else it has to wait for
    something first.
    """

    subject: str
    kind: str
    at: float
    touches: frozenset[str]
    told: frozenset[str]
    events: Sequence[str] = ONCE
    prompt: bool = True


@dataclass(frozen=True)
class Fault:
    """`silent`: the lines whose pings are lost, and when; `look`: when all of it is to be seen."""

    name: str
    silent: Mapping[str, Spans]
    due: Sequence[Due]
    look: float

    @property
    def begin(self) -> float:
        """s of the script."""
        return min(start for start, _ in chain(*self.silent.values()))

    @property
    def end(self) -> float:
        """s of the script."""
        return max(end for _, end in chain(*self.silent.values()))


def district_cut(district: str, at: float) -> Fault:
    """A district's fibre is cut: its WAN and all that pass it."""
    due = _of_line(wan(district), at, below(district))
    return _fault("a district cut", below(district), at, due)


def core_down(carrier: str, at: float) -> Fault:
    """A carrier's core is down: every line of it, and no other."""
    gone = network_of(carrier)
    told = people_of_carrier(carrier)
    due = Due(f"carrier:{carrier}", "down", at, frozenset(gone), told)
    return _fault("a carrier's core down", gone, at, due)


def power_cut(site: str, at: float) -> Fault:
    """A site has no power: both its lines."""
    gone = (wan(site), inet(site))
    due = Due(f"site:{site}", "site_down", at, frozenset(gone), people_of_site(site))
    return _fault("a power cut at one site", gone, at, due)


def line_cut(link: str, at: float) -> Fault:
    """One line that no other passes."""
    return _fault("a line cut", (link,), at, _of_line(link, at, (link,)))


def parent_back_first(district: str, at: float) -> Fault:
    """A district's line is mended, those of two of its communes are not yet."""
    left = [wan(site) for site in communes(district)[:2]]
    silent = {link: [(at, at + LASTS)] for link in below(district)}
    end = at + LASTS + OVER_TOO
    silent |= {link: [(at, end)] for link in left}
    due = [_of_line(wan(district), at, below(district))]
    due += [_of_line(link, at + LASTS, (link,), prompt=False) for link in left]
    return Fault("a parent back before its children", silent, due, at + LASTS - 1)


def flapping_parent(district: str, at: float) -> Fault:
    """A district's line comes and goes, and all that pass it with it."""
    spans = [(at + n * (DOWN + UP), at + n * (DOWN + UP) + DOWN) for n in range(TIMES)]
    events = ("opened", "resolved", "opened", "flapping", "resolved")
    due = _of_line(wan(district), at, below(district), events=events)
    silent = dict.fromkeys(below(district), spans)
    return Fault("a flapping parent", silent, [due], at + DOWN - 1)


def two_at_once(one: Fault, other: Fault) -> Fault:
    """Both; they have nothing to do with each other."""
    due = [*one.due, *other.due]
    return Fault("two faults at once", {**one.silent, **other.silent}, due, one.look)


def script(faults: Sequence[Fault], loss: float = 0.0) -> str:
    """The network in which they happen, and in which else this share of all pings is lost."""
    lines = ["seed: known province", "addresses:"]
    for link, address in links().items():
        spans = sorted(chain(*(fault.silent.get(link, ()) for fault in faults)))
        outages = ", ".join(f"{{from: {a:g}s, until: {b:g}s}}" for a, b in spans)
        usual = "" if link == UPLINK else f", loss: {loss:g}%"
        lines.append(f"  {address}: {{delay: 12ms{usual}, outages: [{outages}]}}")
    return "\n".join(lines) + "\n"


def _fault(name: str, gone: Sequence[str], at: float, due: Due) -> Fault:
    return Fault(name, {link: [(at, at + LASTS)] for link in gone}, [due], at + LASTS - 1)


def _of_line(
    link: str,
    at: float,
    touches: Sequence[str],
    *,
    events: Sequence[str] = ONCE,
    prompt: bool = True,
) -> Due:
    told = people_of(link)
    return Due(f"link:{link}", "down", at, frozenset(touches), told, events, prompt)
