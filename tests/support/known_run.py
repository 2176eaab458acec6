"""The known province lived through: what the daemon made of every fault, beside what was to be."""

import time  # noqa: TID251 the network plays its script in real time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from linkwatch.host.clock import SystemClock
from linkwatch.lab.network_fate import Outcome
from linkwatch.lab.network_log import Entry
from linkwatch.model.incident import Incident
from linkwatch.store.opening import default_url, open_journal
from support.daemon import Daemon
from support.known_faults import Due, Fault, script
from support.known_province import configuration, links
from support.receiver import Received, receiver
from support.truth import known_truth

READY = 30.0
"""s until the daemon has started and every line is up, on a machine that is busy otherwise."""
OVER = 60.0
"""s after the last fault until nothing is open any more, on such a machine."""
UPDATED = "updated"


@dataclass(frozen=True)
class Word:
    """What somebody was told of one incident; `at` in s of the script."""

    at: float
    contact: str
    incident: str
    event: str


@dataclass(frozen=True)
class Told:
    """What became of a `Due`: to each contact the s from its cause to the first word, and all
    events.
    """

    fault: str
    due: Due
    incident: str
    first: Mapping[str, float]
    events: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Lived:
    """`wrong`: everything that was not as it was to be, a line each."""

    told: Sequence[Told]
    wrong: Sequence[str]
    requests: Mapping[str, int]


def live_through(home: Path, faults: Sequence[Fault], loss: float = 0.0) -> Lived:
    """Real packets, the real daemon, a real receiver; from the start to the end of the last."""
    with known_truth(script(faults, loss), home / "truth.csv") as truth:
        began = time.monotonic()
        configured = configuration(SystemClock().now().wall)
        with receiver(truth.namespace) as hook, Daemon(truth.namespace, home, configured) as daemon:
            shown = _watch(daemon, faults, began)
            daemon.stop()
        entries, summary = truth.end()
    started = summary.started / 1e9
    zero = SystemClock().now().wall_at(started)
    words = [word for one in hook.received for word in _words(one, started)]
    told, wrong = _compare(faults, _kept(home), zero, words, shown)
    wrong += _untrue(faults, entries, summary.started, loss)
    if summary.missed:
        wrong.append(f"the network missed {summary.missed} packets")
    return Lived(told, wrong, summary.requests)


def _watch(daemon: Daemon, faults: Sequence[Fault], began: float) -> Mapping[str, set[str]]:
    """Let all happen; the lines that each incident was shown to touch while it lasted."""
    daemon.wait(READY, lambda: set(daemon.links().values()) == {"up"})
    late = time.monotonic() - began - min(fault.begin for fault in faults)
    assert late < 0, f"the daemon was ready {late:.1f} s after the first fault"
    shown: dict[str, set[str]] = defaultdict(set)
    for at in sorted(fault.look for fault in faults):
        time.sleep(max(0.0, began + at - time.monotonic()))
        for entry in daemon.status()["incidents"]:
            shown[entry["id"]].update(entry["links"])
    time.sleep(max(0.0, began + max(fault.end for fault in faults) - time.monotonic()))
    daemon.wait(OVER, lambda: not daemon.status()["incidents"])
    return shown


def _words(received: Received, started: float) -> Iterator[Word]:
    body = received.body
    contact = body["contact"]
    listed = body.get("incidents") or [body["incident"]]
    assert isinstance(contact, dict)
    assert isinstance(listed, list)
    for one in listed:
        for event in one.get("events", [body["event"]]):
            yield Word(received.at - started, contact["id"], one["id"], event)


def _kept(home: Path) -> Sequence[Incident]:
    """All incidents there were, told or not."""
    now = SystemClock().now().wall
    journal = open_journal(default_url(home / "state"), now=now)
    try:
        restored = journal.restore(now - timedelta(hours=1))
    finally:
        journal.close()
    return sorted((*restored.recent_incidents, *restored.open_incidents), key=lambda i: i.opened_at)


def _compare(
    faults: Sequence[Fault],
    incidents: Sequence[Incident],
    zero: datetime,
    words: Sequence[Word],
    shown: Mapping[str, set[str]],
) -> tuple[list[Told], list[str]]:
    """Each incident with what it was to be, and what is wrong with any of it."""
    due = [(one, fault) for fault in faults for one in fault.due]
    told, wrong = [], []
    for incident in incidents:
        opened = (incident.opened_at - zero).total_seconds()
        found = [(o, f) for o, f in due if _is_it(o, incident) and o.at <= opened < f.end]
        if not found:
            wrong.append(f"{opened:.1f} s: {incident.subject} {incident.kind} opened besides")
            continue
        one, fault = found[0]
        due.remove((one, fault))
        heard = [word for word in words if word.incident == incident.id]
        told.append(_told(fault.name, one, incident, heard))
        wrong += [f"{opened:.1f} s: {one.subject}: {what}" for what in _faulty(told[-1])]
        if one.at < fault.look and shown[incident.id] != one.touches:
            off = shown[incident.id] ^ one.touches
            wrong.append(f"{one.at:.1f} s: {one.subject}: shown or not: {', '.join(sorted(off))}")
    wrong += [f"{one.at:.1f} s: {one.subject} {one.kind} did not open" for one, _ in due]
    return told, wrong


def _is_it(due: Due, incident: Incident) -> bool:
    return (due.subject, due.kind) == (str(incident.subject), incident.kind.value)


def _told(fault: str, due: Due, incident: Incident, words: Sequence[Word]) -> Told:
    first: dict[str, float] = {}
    events = defaultdict(list)
    for word in words:
        first.setdefault(word.contact, word.at - due.at)
        events[word.contact].append(word.event)
    return Told(fault, due, incident.id, first, events)


def _faulty(told: Told) -> Iterator[str]:
    for contact in sorted(told.due.told - set(told.events)):
        yield f"{contact} was not told"
    for contact, events in told.events.items():
        if contact not in told.due.told:
            yield f"{contact} was told: {', '.join(events)}"
            continue
        # How far it reaches is told once that is known.
        rest = [event for event in events if event != UPDATED]
        if rest != list(told.due.events) or len(events) > len(rest) + 1:
            yield f"{contact} heard {', '.join(events)}"


def _untrue(
    faults: Sequence[Fault], entries: Sequence[Entry], started: int, loss: float
) -> Iterator[str]:
    """Where the network did something else than its script says."""
    silent = {
        links()[link]: [span for fault in faults for span in fault.silent.get(link, ())]
        for link in links()
    }
    for entry in entries:
        at = (entry.arrived - started) / 1e9
        is_out = any(start <= at < end for start, end in silent[entry.address])
        usual = {Outcome.ANSWERED, Outcome.UNSENT} | ({Outcome.LOST} if loss else set())
        if (entry.outcome is not Outcome.OUTAGE) if is_out else (entry.outcome not in usual):
            yield f"{at:.1f} s: {entry.address} {entry.outcome}"
