"""A recording: what was measured, as frames, and back."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256

from pydantic import TypeAdapter, ValidationError

from linkwatch.model.ids import LinkId
from linkwatch.model.recording import Recorded, RecordedLink, Start, Table, Turn
from linkwatch.model.thresholds import Thresholds
from linkwatch.model.topology import Link, Probing
from linkwatch.wire.recorded_checks import SenselessError, check_evidence
from linkwatch.wire.recorded_turns import pack, unpack
from linkwatch.wire.recording_frames import (
    HEADER,
    Damage,
    Frame,
    FrameKind,
    RecordingError,
    Unframer,
    frame,
)

MOST_LINKS = 1_000_000

_STARTS = TypeAdapter(Start)
_TABLES = TypeAdapter(Table)


class RecordingWriter:
    """Makes frames in the order they are to be written in; keeps which links there are."""

    def __init__(self) -> None:
        self._index: dict[LinkId, int] = {}

    def start(self, start: Start) -> bytes:
        """A session begins; with the header, as for a new file."""
        return HEADER + frame(FrameKind.START, _STARTS.dump_json(start))

    def table(self, table: Table) -> bytes:
        """Links that results are of from here on."""
        if table.anew:
            self._index = {}
        self._index.update(
            (link.id, number) for number, link in enumerate(table.links, len(self._index))
        )
        return frame(FrameKind.TABLE, _TABLES.dump_json(table))

    def turns(self, turns: Sequence[Turn]) -> bytes:
        """What was measured, in the order of time."""
        return frame(FrameKind.TURNS, pack(turns, self._index))


class RecordingReader:
    """Takes a recording in pieces of any length and gives what was recorded.

    RecordingError where it cannot be read on; all that was given before stands. `wanted`: other
    links' results are left out.
    """

    def __init__(self, wanted: frozenset[LinkId] | None = None) -> None:
        self._wanted = wanted
        self._unframer = Unframer()
        self._links: list[LinkId] | None = None

    def feed(self, data: bytes) -> Iterator[Recorded]:
        """What this piece completes."""
        for found in self._unframer.feed(data):
            try:
                yield from self._read(found)
            except SenselessError as error:
                raise RecordingError(Damage.SENSELESS, found.at, str(error)) from None
            except ValidationError:
                detail = f"no {found.kind.name.lower()}"
                raise RecordingError(Damage.SENSELESS, found.at, detail) from None

    def end(self) -> None:
        """No more comes."""
        self._unframer.end()

    def _read(self, found: Frame) -> Iterator[Recorded]:
        if found.kind is FrameKind.START:
            start = _STARTS.validate_json(found.body)
            if start.at.tzinfo is None:
                raise SenselessError("a start at no certain time")
            check_evidence(((0, trace) for trace in start.evidence), 1)
            self._links = []
            yield start
        elif self._links is None:
            raise SenselessError("no start before it")
        elif found.kind is FrameKind.TABLE:
            table = _TABLES.validate_json(found.body)
            self._extend(self._links, table)
            yield table
        else:
            yield from unpack(found.body, self._links, self._wanted)

    def _extend(self, links: list[LinkId], table: Table) -> None:
        if table.anew:
            links.clear()
        links.extend(link.id for link in table.links)
        if len(links) > MOST_LINKS:
            raise SenselessError(f"more than {MOST_LINKS:,} links")


def recorded_link(link: Link) -> RecordedLink:
    """What is kept of a link: where it is probed, and whether it is judged as another one was."""
    return RecordedLink(link.id, link.targets, _fingerprint(link.thresholds, link.probing))


@lru_cache(maxsize=1024)
def _fingerprint(thresholds: Thresholds, probing: Probing) -> str:
    return sha256(repr((thresholds, probing)).encode()).hexdigest()[:16]
