"""The log of a simulated network: what it did to every echo request, one CSV row each.

A row is written once the request is done with, so that rows are not quite in the order of arrival.
Times are in ns, of CLOCK_MONOTONIC unless the column says otherwise. A last line that begins with
`#` holds the counts, and proves that the log is whole.
"""

import csv
import json
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, TextIO

from linkwatch.lab.network_fate import Fate, Outcome
from linkwatch.lab.network_packet import Request, text_of

COLUMNS = (
    *("arrived_realtime", "arrived", "planned", "written"),
    *("address", "identifier", "sequence", "size", "payload"),
    *("outcome", "error", "copies", "held"),
)
_FRONT = 16
"""Bytes of the payload that are kept: enough to know a probe by."""
_END = "# "


class Entry(NamedTuple):
    """One echo request, and what became of it.

    `planned` and `written` are of the first copy of the answer, None where there is none;
    `copies` were written. `size` counts the payload, `payload` is its front.
    """

    arrived_realtime: int
    arrived: int
    planned: int | None
    written: int | None
    address: str
    identifier: int
    sequence: int
    size: int
    payload: bytes
    outcome: Outcome
    error: str
    copies: int
    held: bool

    @property
    def rtt(self) -> int | None:
        """The true round-trip time in ns: from the request leaving the asker to the answer."""
        return None if self.written is None else self.written - self.arrived

    @property
    def late(self) -> int | None:
        """How long after its time the answer was written, in ns."""
        if self.written is None or self.planned is None:
            return None
        return self.written - self.planned


@dataclass(frozen=True, slots=True)
class Summary:
    """Requests by outcome, other packets by what they were, and packets in no log: `missed`.

    `started`: the script's time 0, in ns of CLOCK_MONOTONIC.
    """

    requests: Mapping[str, int] = field(default_factory=dict)
    ignored: Mapping[str, int] = field(default_factory=dict)
    missed: int = 0
    started: int = 0


class Trace(NamedTuple):
    """A request as it came: in ns, by both clocks; and what is to become of it."""

    request: Request
    arrived_realtime: int
    arrived: int
    fate: Fate

    @property
    def planned(self) -> int:
        """When it is to be answered."""
        return self.arrived + self.fate.delay


class Log:
    """Writes rows to a file, or only counts them. Rows are made in `flush`, not when it matters."""

    def __init__(self, file: TextIO | None) -> None:
        self._file = file
        self._rows: deque[tuple[Trace, Outcome, int | None, int]] = deque()
        self._requests: Counter[str] = Counter()
        if file is not None:
            file.write(",".join(COLUMNS) + "\n")

    @property
    def waiting(self) -> int:
        """Rows that are not in the file yet."""
        return len(self._rows)

    def add(self, trace: Trace, outcome: Outcome, written: int | None, copies: int) -> None:
        """Keep what became of a request; `written` in ns, None where nothing was."""
        self._requests[outcome.value] += 1
        if self._file is not None:
            self._rows.append((trace, outcome, written, copies))

    def flush(self, most: int) -> None:
        """Bring up to `most` rows to the file; all of them are there when none is waiting."""
        if self._file is None:
            return
        some = min(most, len(self._rows))
        self._file.write("".join([_row(*self._rows.popleft()) for _ in range(some)]))
        if not self._rows:
            self._file.flush()

    def end(self, ignored: Mapping[str, int], missed: int, started: int) -> Summary:
        """The last line, and what it says."""
        summary = Summary(dict(self._requests), dict(ignored), missed, started)
        self.flush(len(self._rows))
        if self._file is not None:
            self._file.write(f"{_END}{json.dumps(asdict(summary))}\n")
            self._file.flush()
        return summary


def read_log(path: Path) -> tuple[Sequence[Entry], Summary]:
    """A whole log, as the requests came; ValueError where its end is missing."""
    with path.open(encoding="ascii", newline="") as file:
        *lines, last = [*file] or [""]
    if not last.startswith(_END):
        raise ValueError(f"{path}: the log has no end: was the network killed?")
    rows = csv.DictReader(lines)
    entries = sorted(map(_entry, rows), key=attrgetter("arrived_realtime"))
    return entries, Summary(**json.loads(last.removeprefix(_END)))


def _row(trace: Trace, outcome: Outcome, written: int | None, copies: int) -> str:
    request, realtime, arrived, fate = trace
    planned = trace.planned if fate.copies else ""
    payload = request.payload
    return (
        f"{realtime},{arrived},{planned},{'' if written is None else written},"
        f"{text_of(request.destination)},{request.identifier},{request.sequence},"
        f"{len(payload)},{payload[:_FRONT].hex()},"
        f"{outcome.value},{fate.refusal.kind.value if fate.refusal else ''},"
        f"{copies},{fate.held:d}\n"
    )


def _entry(row: Mapping[str, str]) -> Entry:
    return Entry(
        arrived_realtime=int(row["arrived_realtime"]),
        arrived=int(row["arrived"]),
        planned=int(row["planned"]) if row["planned"] else None,
        written=int(row["written"]) if row["written"] else None,
        address=row["address"],
        identifier=int(row["identifier"]),
        sequence=int(row["sequence"]),
        size=int(row["size"]),
        payload=bytes.fromhex(row["payload"]),
        outcome=Outcome(row["outcome"]),
        error=row["error"],
        copies=int(row["copies"]),
        held=row["held"] == "1",
    )
