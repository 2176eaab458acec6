"""The whole daemon as a process: CPU, memory and start, with a province's links and a country's."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import httpx

from benchmarks.common import command
from benchmarks.common.goal import Goal, verdicts
from benchmarks.common.page import Page, Section, Table, say
from benchmarks.common.place import need_root
from benchmarks.common.province import Size
from benchmarks.daemon.measure import Life, country, country_parsed, province

_MOST = 100_000
_HEAD = ("", "start to first full round", "CPU of a core", "memory", "its peak", "probes ended",
         "false loss", "unknown", "polls answered", "due", "")  # fmt: skip
_SNMP: tuple[Literal["2c", "3"], ...] = ("2c", "3")


@dataclass(frozen=True)
class _Gates:
    """What a life is to reach, each a gate and a moonshot: s to start, MB, % of a core."""

    start: tuple[float, float]
    memory: tuple[float, float]
    cpu: tuple[float, float] | None = None

    def goals(self, name: str, life: Life | None) -> list[Goal]:
        """How it stands; a life of None could not be measured."""
        start = None if life is None else life.start
        memory = None if life is None else life.resident / 1e6
        lost = None if life is None else life.lost
        goals = [
            _goal(f"{name}: start to first full round", start, "s", self.start),
            _goal(f"{name}: memory", memory, "MB", self.memory),
            Goal(f"{name}: false loss", lost, 0.0, "probes"),
        ]
        if self.cpu is not None:
            cpu = None if life is None else 100 * life.cpu
            goals.append(_goal(f"{name}: CPU of a core", cpu, "%", self.cpu))
        return goals


def _goal(what: str, measured: float | None, unit: str, marks: tuple[float, float]) -> Goal:
    return Goal(what, measured, marks[0], unit, marks[1])


_PROVINCE = _Gates(start=(3.0, 1.5), memory=(120.0, 90.0), cpu=(15.0, 8.0))
_COUNTRIES = (
    ("YAML", _Gates(start=(45.0, 20.0), memory=(600.0, 400.0)), country),
    ("a parsed configuration", _Gates(start=(10.0, 5.0), memory=(600.0, 400.0)), country_parsed),
)


def main(given: Sequence[str]) -> int:
    """Command line."""
    accepted = _accepted()
    made = command.circumstances(accepted, given)
    return command.carry_out(accepted, given, lambda chosen: (_lived(chosen, made), 0))


def _lived(chosen: argparse.Namespace, made: Mapping[str, str]) -> Page:
    need_root()
    lives = _lives(chosen)
    page = Page("The whole daemon", {**made, **_how(chosen)})
    page.sections = [verdicts(lives.goals), _section(lives.found)]
    return page


@dataclass
class _Lives:
    """What was measured, by what it was; in its place the reason where it could not be."""

    found: dict[str, Life | str] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)

    def measure(self, name: str, gates: _Gates, live: Callable[[], Life]) -> None:
        say(name)
        try:
            life = live()
        except (AssertionError, RuntimeError, OSError, httpx.HTTPError) as error:
            said = str(error).strip().splitlines() or [type(error).__name__]
            self.found[name] = f"{said[0]} {said[-1]}" if len(said) > 1 else said[0]
            self.goals += gates.goals(name, None)
        else:
            self.found[name] = life
            self.goals += gates.goals(name, life)


def _lives(chosen: argparse.Namespace) -> _Lives:
    lives = _Lives()
    for snmp in _SNMP if chosen.province else ():
        size = Size(chosen.province, snmp=snmp)
        name = f"{size.links:,} links, SNMPv{snmp} every {size.poll_every} s"
        lives.measure(name, _PROVINCE, partial(province, size, chosen.seconds))
    for words, gates, live in _COUNTRIES if chosen.country else ():
        name = f"{chosen.country:,} links from {words}"
        lives.measure(name, gates, partial(live, chosen.country, chosen.seconds))
    return lives


def _section(lives: Mapping[str, Life | str]) -> Section:
    return Section(
        "Lives",
        tables=[Table(_HEAD, [(name, *_cells(life)) for name, life in lives.items()])],
        records=[
            {"what": name, **({"failed": life} if isinstance(life, str) else life.record())}
            for name, life in lives.items()
        ],
    )


def _cells(life: Life | str) -> Sequence[str]:
    if isinstance(life, str):
        return ("-",) * (len(_HEAD) - 2) + (life,)
    good = life.polls.get("ok", 0)
    bad = [f"{count} {name}" for name, count in life.polls.items() if count and name != "ok"]
    return (
        f"{life.start:.2f} s",
        f"{life.cpu:.1%}",
        f"{life.resident / 1e6:.0f} MB",
        f"{life.peak / 1e6:.0f} MB",
        f"{life.sent:,}",
        f"{life.lost:,}",
        f"{life.unknown:,}",
        f"{good:,}",
        f"{life.polls_due:,.0f}",
        ", ".join(bad),
    )


def _how(chosen: argparse.Namespace) -> dict[str, str]:
    return {
        "the daemon": "`linkwatch run` in a network namespace of its own with the sysctl drop-in's"
        " ping_group_range; each link has one target, probed each second, which this machine"
        f" answers; CPU over {chosen.seconds:g} s from 5 s after the first full round, memory at"
        " their end",
        "the routers": "one for two links. A province's are simulated by `linkwatch lab agents` in"
        " a process of its own; a country's are configured and not polled, for want of so many",
    }


def _accepted() -> argparse.ArgumentParser:
    parser = command.parser("benchmarks.daemon", __doc__)
    for name, links in (("--province", 480), ("--country", 23_000)):
        parser.add_argument(
            name,
            type=command.whole(_MOST, 0),
            default=links,
            help=f"how many links; 0: leave it out ({links})",
        )
    parser.add_argument(
        "--seconds", type=command.seconds(3600.0), default=30.0, help="of CPU measured (30)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
