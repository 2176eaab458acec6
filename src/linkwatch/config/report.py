"""Collects what the checks find, with places."""

from linkwatch.config.locate import Locator, Path
from linkwatch.config.problem import Gravity, Problem


class Report:
    """Problems found by the checks; every method takes the path of what is wrong."""

    def __init__(self, locator: Locator) -> None:
        self.locator = locator
        self.problems: list[Problem] = []

    def error(self, path: Path, message: str, hint: str = "", *, key: bool = False) -> None:
        """A mistake at the value of `path`, or at its key."""
        self._add(path, message, hint, Gravity.ERROR, key=key)

    def warning(self, path: Path, message: str, hint: str = "", *, key: bool = False) -> None:
        """Something to look at."""
        self._add(path, message, hint, Gravity.WARNING, key=key)

    def place(self, path: Path) -> str:
        """`file:line:col` of a value, to be named in another's message."""
        spot = self.locator.spot(path)
        return f"{spot.file}:{spot.line}:{spot.column}"

    def _add(self, path: Path, message: str, hint: str, gravity: Gravity, *, key: bool) -> None:
        spot = self.locator.spot(path, key=key)
        self.problems.append(
            Problem(spot.file, spot.line, spot.column, spot.label, message, hint, gravity)
        )
