"""SNMP engines beside other pollers, and 500 routers beside the probes."""

# ruff: noqa: S603  our own interpreter, with our own modules
import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from benchmarks.common import command, place
from benchmarks.common.goal import Goal, verdicts
from benchmarks.common.kept import read
from benchmarks.common.page import Page, Section, Table, UsageError, say
from benchmarks.snmp.peers import PEERS
from benchmarks.snmp.routers import OIDS, VERSIONS, only_router, province
from benchmarks.snmp.run_province import PLACES
from benchmarks.snmp.snmpd import plug, snmpd

_GATES = {"pysnmp": (3.0, None), "gufo": (0.1, 0.06)}
"""Gate and moonshot of a poll's CPU in ms."""
_CHOSEN = "process"
_LATE_MS, _OUT_OF_TIME = 20.0, 1.0
_ROUNDS = 4


def main(given: Sequence[str]) -> int:
    """Command line."""
    accepted = _accepted()
    made = command.circumstances(accepted, given)
    return command.carry_out(accepted, given, lambda chosen: (_measured(chosen, made), 0))


def _accepted() -> argparse.ArgumentParser:
    parser = command.parser("benchmarks.snmp", __doc__)
    for name, default, most, what in (
        ("--polls", 300, 10_000, "in each run"),
        ("--routers", 500, 10_000, "of the province"),
        ("--every", 10, 600, "s between the province's polls"),
    ):
        parser.add_argument(
            name, type=command.whole(most), default=default, help=f"{what} ({default})"
        )
    parser.add_argument(
        "--seconds", type=command.seconds(600.0), default=45.0, help="of the province, each (45)"
    )
    parser.add_argument("--only", choices=("cost", "province"), help="half of it")
    parser.add_argument(
        "--places",
        type=lambda text: text.split(","),
        default=[_CHOSEN],
        help=f"where to poll from, by commas: {','.join(PLACES)} ({_CHOSEN}, as the daemon does)",
    )
    return parser


def _measured(chosen: argparse.Namespace, made: Mapping[str, str]) -> Page:
    if chosen.only != "cost" and chosen.seconds < _ROUNDS * chosen.every:
        raise UsageError(
            f"--seconds {chosen.seconds:g}: less than {_ROUNDS} polls of a router, one in"
            f" {chosen.every} s, do not show who is late"
        )
    what = "CPU is user and system of the process that polls, noise some ±15 %"
    page = Page("Polling by SNMP, beside others", {**made, "each figure": what})
    goals: list[Goal] = []
    sections: list[Section] = []
    with place.apart(), tempfile.TemporaryDirectory() as home:
        if chosen.only != "province":
            sections.append(_cost(chosen.polls, Path(home), goals))
        if chosen.only != "cost":
            sections.append(_province(chosen, Path(home), goals))
    page.sections = [verdicts(goals), *sections]
    return page


def _engines() -> Sequence[str]:
    has_gufo = find_spec("gufo") is not None and find_spec("gufo.snmp") is not None
    return [engine for engine in _GATES if engine != "gufo" or has_gufo]


def _cost(polls: int, home: Path, goals: list[Goal]) -> Section:
    """Everybody asks one snmpd for the same objects."""
    rows: dict[str, dict[str, float]] = {}
    plug()
    for version in VERSIONS:
        config = province(1, home, version=version)
        address = only_router(read(config)).address
        with snmpd(address, home):
            for engine in _engines():
                say(f"{polls} polls, v{version}: {engine}")
                took = _ours("run_engine", config, engine, polls)
                rows.setdefault(f"**linkwatch, {engine}**", {})[version] = took["get"]
                whole = f"linkwatch, {engine}: a whole poll of 25 objects"
                rows.setdefault(whole, {})[version] = took["poll"]
                left = f"linkwatch, {engine}: of it in the daemon's own process"
                rows.setdefault(left, {})[version] = took["daemon"]
                gate, moonshot = _GATES[engine]
                what = f"CPU of a poll, {engine}"
                goals.append(
                    Goal(what, took["get"] * 1e3, gate, "ms", moonshot, place=f"v{version}")
                )
            for peer in PEERS:
                if peer.installed:
                    say(f"{polls} polls, v{version}: {peer.name}")
                    rows.setdefault(peer.name, {})[version] = peer.cpu(address, version, polls)
    return Section(
        f"CPU of a poll of {len(OIDS)} objects",
        ["Everybody asks one snmpd for sysUpTime and ten columns of two interfaces.", *_absent()],
        [_cost_table(rows)],
        [
            {"who": name, "version": v, "cpu": cpu}
            for name, row in rows.items()
            for v, cpu in row.items()
        ],
    )


def _cost_table(rows: dict[str, dict[str, float]]) -> Table:
    base = next(iter(rows.values()))
    head = ["", *(cell for version in VERSIONS for cell in (f"v{version}", "ratio"))]
    lines = [
        [
            name,
            *(
                cell
                for v in VERSIONS
                for cell in (f"{took[v] * 1e3:.3f} ms", f"{took[v] / base[v]:.2f}")
            ),
        ]
        for name, took in rows.items()
    ]
    return Table(head, lines)


def _absent() -> Sequence[str]:
    words = [
        f"Not installed, so not here: {p.name} ({p.package})." for p in PEERS if not p.installed
    ]
    if "gufo" not in _engines():
        words.append("Not installed, so not here: gufo-snmp (the extra `fast`).")
    return words


def _province(chosen: argparse.Namespace, home: Path, goals: list[Goal]) -> Section:
    """Many routers, some silent and some slow, polled while their links are probed."""
    config = province(chosen.routers, home, poll_every=chosen.every)
    rows, records = [], []
    with _routers(config):
        for where in chosen.places:
            for engine in _engines():
                say(f"{chosen.routers} routers, {engine}, {where}: {chosen.seconds:g} s")
                took = _ours("run_province", config, where, engine, chosen.seconds)
                rows.append([f"{engine}, {where}", *_cells(took)])
                records.append({"engine": engine, "where": where, **took})
                if where == _CHOSEN:
                    lag, late = took["lag_p99"] * 1e3, took["late"]
                    what = "probe loop late, p99"
                    goals.append(Goal(what, lag, _LATE_MS, "ms", place=engine))
                    what = "healthy routers polled late, worst"
                    goals.append(Goal(what, late, _OUT_OF_TIME, "s", place=engine))
    return Section(
        f"{chosen.routers} routers every {chosen.every} s, v2c",
        [
            f"One in ten is silent, one in twenty answers after 3 s; {2 * chosen.routers} targets"
            " are probed once a second beside. `loop`: polled in the probes' own event loop;"
            " `thread`: in another thread; `process`: in another process, as the daemon does."
        ],
        [
            Table(
                (
                    *("", "probe loop late, p50 / p99 / max", "healthy late, worst"),
                    *("answered / silent / other", "CPU: the probes' process + the other"),
                ),
                rows,
            )
        ],
        records,
    )


def _cells(took: dict[str, float]) -> Sequence[str]:
    lags = " / ".join(f"{took[f'lag_{name}'] * 1e3:.1f}" for name in ("p50", "p99", "max"))
    return (
        f"{lags} ms",
        f"{took['late']:.2f} s",
        f"{took['answered']:.0f} / {took['timeouts']:.0f} / {took['others']:.0f}",
        f"{took['daemon_cpu'] * 100:.1f} % + {took['helper_cpu'] * 100:.1f} %",
    )


@contextmanager
def _routers(config: Path) -> Iterator[None]:
    process = subprocess.Popen(
        (sys.executable, "-m", "benchmarks.snmp.run_routers", str(config)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None  # noqa: S101 it was asked for
        if not process.stdout.readline():
            raise UsageError("the routers do not start")
        yield
    finally:
        process.communicate(timeout=10)


def _ours(module: str, *arguments: object) -> dict[str, float]:
    done = subprocess.run(
        (sys.executable, "-m", f"benchmarks.snmp.{module}", *map(str, arguments)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
