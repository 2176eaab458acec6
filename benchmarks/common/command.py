"""What the commands here share: their arguments, how they end, and where their page goes."""

import argparse
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.common.machine import load, machine
from benchmarks.common.page import Page, UsageError
from linkwatch.host.clock import SystemClock

BAD_INPUT = 2
_TERMINATED = 128 + signal.SIGTERM


def parser(name: str, about: str | None) -> argparse.ArgumentParser:
    """One that knows where results go; `name` is the module's."""
    made = argparse.ArgumentParser(prog=f"python -m {name}", description=about)
    made.add_argument("--output", type=Path, help="write the page there, as Markdown")
    made.add_argument("--json", action="store_true", help="JSON on standard output")
    return made


def carry_out(
    accepted: argparse.ArgumentParser,
    given: Sequence[str],
    measure: Callable[[argparse.Namespace], tuple[Page, int]],
) -> int:
    """Measure, deliver the page, and give the exit code; 2 for what cannot be done.

    SIGTERM and SIGINT end it with whatever it has started.
    """
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    try:
        chosen = accepted.parse_args(given)
        _make_room(chosen.output)
        page, code = measure(chosen)
    except UsageError as error:
        sys.stderr.write(f"{accepted.prog}: {error}\n")
        return BAD_INPUT
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        signal.signal(signal.SIGTERM, before)
    page.deliver(chosen.output, as_json=chosen.json)
    return code


def circumstances(accepted: argparse.ArgumentParser, given: Sequence[str]) -> dict[str, str]:
    """Of this run; taken before it, for the load."""
    return {
        "made by": f"`{shlex.join((*accepted.prog.split(), *given))}`,"
        f" {SystemClock().now().wall:%Y-%m-%d %H:%M} UTC",
        "on": machine(),
        "beside": load(),
    }


def _make_room(output: Path | None) -> None:
    """Make its directory; UsageError where that cannot be: said before all the measuring."""
    if output is None:
        return
    if output.is_dir():
        raise UsageError(f"--output {output}: is a directory")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--output {output}: {error.strerror}") from error


def counts(most: int) -> Callable[[str], tuple[int, ...]]:
    """Numbers by commas, in order."""

    def read(text: str) -> tuple[int, ...]:
        try:
            found = sorted({int(word) for word in text.split(",")})
        except ValueError:
            raise argparse.ArgumentTypeError(
                f"{text!r} is no list of numbers like 100,1000"
            ) from None
        if not 1 <= found[0] <= found[-1] <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not from 1 to {most:,}")
        return tuple(found)

    return read


def seconds(most: float) -> Callable[[str], float]:
    """A duration."""

    def read(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = 0.0
        if not 0 < found <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not from above 0 to {most:g} seconds")
        return found

    return read


def whole(most: int, least: int = 1) -> Callable[[str], int]:
    """One number."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not from {least:,} to {most:,}")
        return int(text)

    return read
