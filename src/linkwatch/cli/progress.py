"""How far a long command is: told on standard error, on a terminal only."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from linkwatch.message.inert import printable


class Told:
    """Takes what is to be told."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def say(self, words: str, done: float | None = None) -> None:
        """What is going on, and of it the share that is done."""
        self._progress.update(self._task, completed=done, words=printable(words))

    def note(self, line: str) -> None:
        """Something to keep, whether it is a terminal or not."""
        self._progress.console.print(printable(f"linkwatch: {line}"), soft_wrap=True)


@contextmanager
def told(what: str, *, has_end: bool = False) -> Iterator[Told]:
    """For the span of the block; with a bar where the end is known (`done` from 0 to 1)."""
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    bar = (BarColumn(), TaskProgressColumn()) if has_end else ()
    columns = (TextColumn("{task.description}", markup=False), *bar)
    words = TextColumn("{task.fields[words]}", markup=False)
    shown = console.is_terminal
    with Progress(*columns, words, console=console, transient=True, disable=not shown) as progress:
        yield Told(progress, progress.add_task(what, total=1.0 if has_end else None, words=""))
