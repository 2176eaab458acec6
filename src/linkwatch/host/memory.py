"""What garbage collection looks at, and how often."""

import gc

YOUNG = 10_000
"""New objects that are looked through together. A turn of a country's links makes some thousands
and drops them again: by Python's own 700 each would be collected over several times."""


def set_aside() -> None:
    """Let no collection look again at what is there now: it stays.

    A full one over a country's links takes half a second.
    """
    gc.freeze()
    gc.set_threshold(YOUNG)
