"""The error of everything here that reads one value from text."""

LONGEST = 60


def quoted(text: str) -> str:
    """A value in quotes, escaped and cut to a length fit for a message."""
    return repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}...")


class BadValueError(ValueError):
    """What is wrong with a value, in words for the administrator, and how to mend it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
