"""`record`: what the daemon measures goes into a file, to be judged again."""

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from linkwatch.cli import client
from linkwatch.cli.options import Code, SocketOption, fail
from linkwatch.cli.progress import told
from linkwatch.config.badvalue import BadValueError
from linkwatch.config.units import parse_duration, show_duration
from linkwatch.host.clock import SystemClock
from linkwatch.host.files import FilesError
from linkwatch.host.recordings import RecordingFile
from linkwatch.message.inert import printable
from linkwatch.wire.recording_frames import RecordingError

_MEGABYTE = 1_000_000


def record(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="Where to; appended to. [default: linkwatch-TIME.lwrec]"
        ),
    ] = None,
    *,
    lasting: Annotated[
        str | None, typer.Option("--for", metavar="DURATION", help="End after e.g. 2h.")
    ] = None,
    megabytes: Annotated[
        int, typer.Option("--megabytes", min=1, help="End before FILE is larger than that.")
    ] = 1000,
    socket: SocketOption = None,
) -> None:
    """Keep what the daemon measures from now on. Until Ctrl-C, or an end is reached.

    linkwatch replay FILE judges it again (docs/replay.md). One recording at a time. Exit code 1:
    the daemon ended before.
    """
    clock = SystemClock()
    begun = clock.now()
    path = file or Path(f"linkwatch-{begun.wall:%Y%m%dT%H%M%SZ}.lwrec")
    seconds = _seconds(lasting)
    with _ending(socket) as ending, closing(client.record(socket, seconds)) as pieces:
        # Before there is a file: where no daemon runs, none is left behind.
        first = next(pieces, b"")
        try:
            with RecordingFile(path) as kept, told("recording") as progress:
                if kept.cut:
                    progress.note(f"{path}: {kept.cut:,} bytes of a frame that was cut off removed")
                for piece in chain((first,), pieces):
                    if not kept.append(piece, megabytes * _MEGABYTE):
                        ending.is_due = True
                        break
                    passed = clock.now().monotonic - begun.monotonic
                    progress.say(f"{_span(passed)}, {_size(kept.size)} in {path}")
        except FilesError as error:
            fail(str(error))
        except RecordingError as error:
            fail(f"the daemon sends what is no recording: {error}", Code.NO)
    passed = clock.now().monotonic - begun.monotonic
    was_due = ending.is_due or (seconds is not None and passed >= seconds)
    ended = "" if was_due else " (the daemon ended)"
    typer.echo(printable(f"{path}: {_size(kept.size)}, recorded for {_span(passed)}{ended}"))
    raise typer.Exit(Code.FINE if was_due else Code.NO)


@dataclass(slots=True)
class _Ending:
    is_due: bool = False


@contextmanager
def _ending(socket: Path | None) -> Iterator[_Ending]:
    """SIGTERM and Ctrl-C ask the daemon for the rest and the end; a second one does not wait."""
    ending = _Ending()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if ending.is_due:
            raise KeyboardInterrupt
        ending.is_due = True
        client.end_recording(socket)

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _seconds(lasting: str | None) -> float | None:
    if lasting is None:
        return None
    try:
        seconds = parse_duration(lasting)
    except BadValueError as error:
        fail(f"--for: {error}")
    return seconds or fail("--for: nothing can be recorded in no time")


def _span(seconds: float) -> str:
    return show_duration(float(round(seconds)))


def _size(count: int) -> str:
    return f"{count / _MEGABYTE:.1f} MB" if count >= _MEGABYTE else f"{count / 1000:.1f} kB"
