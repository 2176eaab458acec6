"""`replay`: what was measured once, through the rules and the configuration of now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkwatch.cli.loading import load_valid
from linkwatch.cli.options import DEFAULT_CONFIG, Code, ConfigOption, JsonOption, fail
from linkwatch.cli.progress import told
from linkwatch.config.badvalue import BadValueError
from linkwatch.config.localtime import parse_end, parse_start
from linkwatch.host.clock import SystemClock
from linkwatch.host.files import FilesError
from linkwatch.host.memory import set_aside
from linkwatch.host.recordings import pieces
from linkwatch.model.ids import LinkId
from linkwatch.model.series import Measure
from linkwatch.model.words import Language

if TYPE_CHECKING:
    from linkwatch.cli.progress import Told
    from linkwatch.model.inventory import Inventory
    from linkwatch.model.recording import Recorded
    from linkwatch.runtime.replaying import Replay

MOST_JSON = 256 << 20
"""Bytes of a range query's answer: some ten million samples."""
NAMED = 5
"""Links named in one line; the rest is a number."""
_TOLD_EVERY = 1000
"""Turns."""


@dataclass(slots=True)
class Run:
    """A replay with what is to be said of it."""

    replay: "Replay"
    inventory: "Inventory"
    notes: list[str]
    is_whole: bool = True
    took: float = 0.0
    """s."""


def replay(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A recording, or the JSON of a range query."),
    ],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    link: Annotated[
        list[str] | None,
        typer.Option("--link", metavar="ID", help="Only this link; may be given again."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help='E.g. "2021-05-15T07:30".')
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="As --from; a date includes its day.")
    ] = None,
    language: Annotated[
        Language | None, typer.Option("--language", help="Of messages. [default: as configured]")
    ] = None,
    counts: Annotated[
        Measure | None,
        typer.Option("--as", help="What series without a name of ours count."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """What would have been raised. FILE through the rules and the configuration of now.

    FILE is from linkwatch record, or Prometheus' answer to /api/v1/query_range (docs/replay.md).
    Nobody is told. Exit code 1: only a part of FILE can be read; what it held is shown.
    """
    from linkwatch.cli import replay_output  # noqa: PLC0415  both bring all rules in:
    from linkwatch.runtime.replaying import Replay  # noqa: PLC0415  only for this command

    inventory = load_valid(config).inventory
    if language is not None:
        inventory = replace(inventory, language=language)
    span = (_time(since, "--from", inventory), _time(until, "--to", inventory))
    wanted = tuple(LinkId(one) for one in link or ())
    for one in wanted:
        if one not in inventory.links:
            fail(f"--link: no link is called {one!r}")
    beside = _beside(wanted, inventory)
    source = _source(file, inventory, beside, counts)
    run = Run(
        Replay(source.inventory, beside, *span, hole=source.hole),
        source.inventory,
        source.notes,
    )
    _run(source, run)
    if as_json:
        replay_output.show_run_json(run, wanted)
    else:
        replay_output.show_run(run, wanted)
    raise typer.Exit(Code.FINE if run.is_whole else Code.NO)


def _time(text: str | None, option: str, inventory: "Inventory") -> datetime | None:
    if text is None:
        return None
    try:
        parse = parse_start if option == "--from" else parse_end
        return parse(text, inventory.timezone)
    except BadValueError as error:
        fail(f"{option}: {error}")


def _beside(wanted: Sequence[LinkId], inventory: "Inventory") -> frozenset[LinkId] | None:
    """These links and the others of their sites, which tell what a fault of theirs means."""
    if not wanted:
        return None
    sites = {inventory.links[link].site for link in wanted}
    return frozenset(link.id for link in inventory.links.values() if link.site in sites)


@dataclass(slots=True)
class _Source:
    """What was recorded, each with the share of the file that is read by then."""

    file: Path
    recorded: Iterator[tuple["Recorded", float]]
    inventory: "Inventory"
    hole: float
    notes: list[str]


def _source(
    file: Path,
    inventory: "Inventory",
    wanted: frozenset[LinkId] | None,
    counts: Measure | None,
) -> _Source:
    """What the file is, by how it begins; ends the command where it is neither."""
    from linkwatch.runtime.replaying import HOLE  # noqa: PLC0415  as above
    from linkwatch.wire.recording_frames import MAGIC  # noqa: PLC0415

    content = pieces(file)
    try:
        first = next(content, b"")
        size = max(1, file.stat().st_size)
    except (FilesError, OSError) as error:
        fail(str(error))
    if first.lstrip()[:1] == b"{":
        return _ranges(file, b"".join(_bounded(file, first, content)), inventory, counts)
    if counts is not None:
        fail(f"--as is for the answers of Prometheus; {file} is none")
    if first and not MAGIC.startswith(first[: len(MAGIC)]):
        fail(f"{file}: neither a recording nor the JSON answer to a range query")
    return _Source(file, _recording(first, content, size, wanted), inventory, HOLE, [])


def _recording(
    first: bytes, content: Iterator[bytes], size: int, wanted: frozenset[LinkId] | None
) -> Iterator[tuple["Recorded", float]]:
    from linkwatch.wire.recording import RecordingReader  # noqa: PLC0415  as above

    reader = RecordingReader(wanted)
    done = 0
    piece = first
    while piece:
        done += len(piece)
        for recorded in reader.feed(piece):
            yield recorded, min(1.0, done / size)
        piece = next(content, b"")
    reader.end()


def _bounded(file: Path, first: bytes, content: Iterator[bytes]) -> Iterator[bytes]:
    length = len(first)
    yield first
    for piece in content:
        length += len(piece)
        if length > MOST_JSON:
            fail(f"{file}: larger than {MOST_JSON >> 20} MiB: ask for a part of it at a time")
        yield piece


def _ranges(file: Path, document: bytes, inventory: "Inventory", counts: Measure | None) -> _Source:
    from linkwatch.model.recording import Turn  # noqa: PLC0415  as above
    from linkwatch.runtime.replaying import HOLE  # noqa: PLC0415
    from linkwatch.wire.prometheus_range import RangeError, read_range  # noqa: PLC0415
    from linkwatch.wire.range_probes import ranges  # noqa: PLC0415

    try:
        found = ranges(read_range(document), inventory, counts)
        notes = [
            f"{one}: of no link of the configuration (by its label link, instance or target)"
            for one in found.strangers
        ]
        if not found.measured:
            fail(f"{file}: {notes[0]}" if notes else f"{file}: holds no series")
    except RangeError as error:
        fail(f"{file}: {error}")
    begin, span = found.first, max(found.step, found.last - found.first)
    shares = (
        (one, min(1.0, (one.now.monotonic - begin) / span) if isinstance(one, Turn) else 0.0)
        for one in found.recorded()
    )
    return _Source(file, shares, found.inventory, max(HOLE, 5 * found.step), notes)


def _run(source: _Source, run: Run) -> None:
    from linkwatch.wire.recording_frames import RecordingError  # noqa: PLC0415  as above

    clock = SystemClock()
    began = clock.now().monotonic
    set_aside()
    with told("replaying", has_end=True) as progress:
        try:
            _feed(source, run.replay, progress)
        except RecordingError as error:
            if run.replay.first is None:
                fail(f"{source.file}: {error}")
            run.is_whole = False
            run.notes.append(f"{source.file}: {error}; what was before it is shown")
        except FilesError as error:
            fail(str(error))
        run.took = clock.now().monotonic - began
    if run.replay.first is None or not run.replay.judged:
        fail(f"{source.file}: {_nothing(run.replay)}")


def _feed(source: _Source, replaying: "Replay", progress: "Told") -> None:
    for number, (recorded, share) in enumerate(source.recorded):
        replaying.take(recorded)
        if number % _TOLD_EVERY == 0:
            progress.say(f"{replaying.last:%Y-%m-%d %H:%M}" if replaying.last else "", share)
        if replaying.is_over:
            return


def _nothing(replaying: "Replay") -> str:
    if replaying.judged or not (replaying.strangers or replaying.first):
        return "nothing was recorded in that time"
    if not replaying.strangers:
        return "that link was not recorded"
    some = ", ".join(sorted(replaying.strangers)[:NAMED])
    return f"of what was recorded, the configuration has nothing that is wanted ({some})"
