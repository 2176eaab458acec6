"""Recordings for tests: what two links answered, second by second."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from linkwatch.model.ids import LinkId
from linkwatch.model.inventory import Inventory
from linkwatch.model.measurement import Outcome, Overdue, ProbeResult
from linkwatch.model.recording import Recorded, Start, Table, Turn
from linkwatch.wire.recording import RecordingWriter, recorded_link
from support.province import moment

Answer = Callable[[int], float | None | Outcome]
"""What became of the probe of that second: an RTT (s), None: no reply, or another outcome."""


def turns(
    start: datetime, seconds: range, answers: Mapping[LinkId, Answer], target: int = 0
) -> Iterator[Turn]:
    """A probe a second of each link, known a second later; a lost one is overdue before."""
    for second in seconds:
        results, overdue = [], []
        for link, answer in answers.items():
            sent, came = moment(start, second - 1).monotonic, answer(second)
            if isinstance(came, Outcome):
                results.append(ProbeResult(link, target, sent, came, reason="EPERM"))
            elif came is None:
                results.append(ProbeResult(link, target, sent, Outcome.NO_REPLY))
                overdue.append(Overdue(link, target, sent))
            else:
                results.append(ProbeResult(link, target, sent, Outcome.ANSWERED, came))
        if overdue:
            yield Turn(moment(start, second - 0.5), overdue=overdue)
        yield Turn(moment(start, second), results)


def table(inventory: Inventory, *, anew: bool = True) -> Table:
    """All its links."""
    return Table(tuple(recorded_link(link) for link in inventory.links.values()), anew)


def start_at(at: datetime, verified: tuple[tuple[LinkId, str], ...] = ()) -> Start:
    """The beginning of a session."""
    return Start(at, "0", verified)


def as_bytes(recorded: list[Recorded], frame: int = 100) -> bytes:
    """As a recorder writes it, so many turns a frame."""
    writer = RecordingWriter()
    parts: list[bytes] = []
    waiting: list[Turn] = []

    def flush() -> None:
        if waiting:
            parts.append(writer.turns(waiting))
            waiting.clear()

    for one in recorded:
        if isinstance(one, Turn):
            waiting.append(one)
            if len(waiting) == frame:
                flush()
            continue
        flush()
        parts.append(writer.start(one) if isinstance(one, Start) else writer.table(one))
    flush()
    return b"".join(parts)
