"""How often the probe loop turns."""

SHORTEST = 0.005
LONGEST = 0.05
"""s; a verdict waits no longer than this for its turn. The kernel stamps replies, so a longer
tick costs no accuracy, and a turn with nothing to do costs a hundred times a probe."""
HURRIED = 0.02
"""s; while a doubt is being settled."""
_MANY = 500
"""Probes in one turn beyond which larger turns save nothing more, and only bunch the traffic."""


def tick_length(per_second: float, room: int, *, hurried: bool) -> float:
    """s from one turn to the next, for this many probes a second.

    `room`: how many replies may safely come in between two turns; half of it is used, so that a
    turn may also come late.
    """
    longest = HURRIED if hurried else LONGEST
    if per_second <= 0:
        return longest
    return max(SHORTEST, min(longest, _MANY / per_second, room / 2 / per_second))
