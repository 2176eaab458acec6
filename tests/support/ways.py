"""Ways and traces as one writes them down: what was, what is, and what comes of it.

    was   g 7/7 | c 7/7 | * | e 7/7 | T 7/7     hops, answers of pings; * never says anything
    now   g 4 | c 4 | - | e 4 | -               answers of four; - silence; T the target
    for   down | loss 60 % | latency
    with  site well, uplink failed, end well, c alive, site at hop 4
    ->    e, carrier access, likely

`g` is our own gateway, `e` the carrier's end of the link, `s` the site's router; any other letter a
router whose place is not known. `x!` refuses, `c,d` are two beside each other, `c@30` answers after
30 ms, `ours` in `now` means that this host dropped something.
"""

import re
from dataclasses import dataclass, field

from linkwatch.model.ids import IncidentId, LinkId
from linkwatch.model.path import Hop, Trace, TraceNow, Unlocated, Whereabouts
from linkwatch.path.baseline import Baseline, Known
from linkwatch.path.landmarks import Marks
from linkwatch.path.locate import Scene, broken, lossy, slow
from linkwatch.path.sides import Sign, Way, Witnesses

ASKED = 4
TARGET = "10.9.9.9"
WANTED = TraceNow(LinkId("a"), 0, None, IncidentId("LW-000001"))
_HOP = re.compile(
    r"(?P<who>\*|-|[a-zT](?:,[a-z])*)?(?P<no>!)?(?:@(?P<ms>\d+))?(?: (?P<count>\S+))?"
)


def address(letter: str) -> str:
    """A router's address."""
    return f"10.0.0.{ord(letter) - ord('a') + 1}"


def letter(router: str | None) -> str:
    """The letter again."""
    return "nothing" if router is None else chr(ord("a") + int(router.rpartition(".")[2]) - 1)


@dataclass
class Told:
    """One scenario."""

    title: str
    lines: dict[str, str] = field(default_factory=dict)

    @property
    def scene(self) -> Scene:
        """What is compared."""
        said = self.lines.get("with", "")
        baseline = Baseline(TARGET, tuple(map(_known, self.lines["was"].split("|"))))
        marks = Marks(
            province=frozenset({address("g")}) if "no landmarks" not in said else frozenset(),
            carrier_end=frozenset({address("e")}),
            site=frozenset({address("s")}),
            ends_at_site="to the carrier's end" not in said,
        )
        now = self.lines["now"].removesuffix("ours").split("|")
        hops = tuple(map(_hop, now))
        trace = Trace(WANTED, TARGET, 10.0, 11.0, hops, self.lines["now"].endswith("ours"))
        return Scene(Way(baseline, marks), marks, _witnesses(said), trace)

    @property
    def outcome(self) -> str:
        """What comes of it."""
        kind = self.lines.get("for", "down")
        loss = re.fullmatch(r"loss (\d+) %", kind)
        if loss:
            return _said(lossy(self.scene, int(loss[1]) / 100))
        return _said(slow(self.scene) if kind == "latency" else broken(self.scene))


def told(text: str) -> list[Told]:
    """All scenarios of a text."""
    found = []
    for block in text.strip().split("\n\n"):
        title, *rest = block.splitlines()
        lines = dict(re.split(r"\s+", line, maxsplit=1) for line in rest)
        found.append(Told(title.removeprefix("# "), lines))
    return found


def _said(where: Whereabouts | Unlocated) -> str:
    if isinstance(where, Unlocated):
        return f"not located: {where}"
    reach = letter(where.last_reply)
    return f"{reach}, {where.segment}, {where.confidence}" if where.segment else f"{reach}, no more"


def _known(text: str) -> Known:
    found = _HOP.fullmatch(text.strip())
    assert found, text
    if found["who"] == "*":
        return Known(7, 0)
    heard, asked = map(float, found["count"].split("/"))
    routers = () if found["who"] == "T" else tuple(map(address, found["who"].split(",")))
    return Known(asked, heard, routers, _seconds(found["ms"]))


def _hop(text: str) -> Hop:
    found = _HOP.fullmatch(text.strip())
    assert found, text
    who, count = found["who"], int(found["count"] or 0)
    if who == "-":
        return Hop(ASKED)
    soonest = _seconds(found["ms"])
    if who == "T":
        return Hop(ASKED, arrived=count, soonest=soonest)
    routers = tuple(map(address, who.split(","))) if who else ()
    if found["no"]:
        return Hop(ASKED, refused=count, refusing=routers, soonest=soonest)
    return Hop(ASKED, expired=count, routers=routers, soonest=soonest)


def _seconds(ms: str | None) -> float | None:
    return int(ms) / 1000 if ms else None


def _witnesses(said: str) -> Witnesses:
    signs = {what: Sign(how) for what, how in re.findall(r"(site|uplink) (well|failed)", said)}
    return Witnesses(
        uplink=signs.get("uplink", Sign.UNTOLD),
        site=signs.get("site", Sign.UNTOLD),
        carrier_end=address("e") if "end well" in said else None,
        alive=frozenset(map(address, re.findall(r"\b([a-z]) alive", said))),
    )
