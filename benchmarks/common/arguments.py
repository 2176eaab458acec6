"""Arguments that the commands here share; a bad one is said in a line."""

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks.common.page import UsageError


def parser(name: str, about: str | None) -> argparse.ArgumentParser:
    """One that knows where results go."""
    made = argparse.ArgumentParser(prog=name, description=about)
    made.add_argument("--output", type=Path, help="write the page there, as Markdown")
    made.add_argument("--json", action="store_true", help="JSON on standard output")
    return made


def writable(output: Path | None) -> None:
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
