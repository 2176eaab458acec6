"""Did you mean ...?"""

from collections.abc import Iterable
from difflib import get_close_matches

MOST = 8


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """The closest known name, else all of them where they are few, else nothing."""
    names = list(dict.fromkeys(known))
    close = get_close_matches(text, names, n=1, cutoff=0.6)
    if not close:
        folded = {name.casefold(): name for name in names}
        close = [
            folded[found]
            for found in get_close_matches(text.casefold(), list(folded), n=1, cutoff=0.6)
        ]
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known: {', '.join(names)}" if 0 < len(names) <= MOST else ""
