"""Whether the daemon is well enough to say so: no more than that keeps an outside checker quiet."""

from dataclasses import dataclass
from enum import StrEnum

LATE = 2.0
"""s that a tick of the probe loop may come late."""
URGENT_WAITS = 300.0
ANY_WAITS = 3600.0
"""s that a message may wait for its channels, one of P1 or P2 and any other; tests do not count."""


class Health(StrEnum):
    """The first thing that is wrong, in the order in which it is looked for."""

    WELL = "well"
    UNKNOWN = "not_known"
    """It could not be found out."""
    STARTING = "starting"
    """No full round of probes has ended yet."""
    STALLED = "stalled"
    """A loop makes no progress."""
    LATE = "late"
    """The event loop is held up: times of probes are worth less."""
    STORE = "store_not_written"
    UNPROBED = "round_not_complete"
    """Links whose probes have not ended when they should have."""
    BLIND = "nothing_heard"
    """Probes end, but tell nothing of half of the links: our own failure."""
    POLLS = "polls_stuck"
    """Half of the routers were not asked when they should have been, or could not be."""
    MUTE = "every_channel_failed"
    """Nobody can be told of anything."""
    OUTBOX = "outbox_stuck"
    """People are not told what was decided."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the daemon knows of itself. Times in s; ages are 0 where nothing waits.

    `unprobed`: links without the end of a probe for longer than their pace allows; `unheard`: those
    that no probe told anything of for so long; `unpolled` of the `routers` that are asked: those
    whose polls do not end, or fail on this host. `is_mute`: no channel gets anything through;
    `oldest_urgent` and `oldest` are messages' ages.
    """

    first_round_done: bool
    progresses: bool
    lag: float
    store_written: bool
    links: int
    unprobed: int
    unheard: int
    routers: int
    unpolled: int
    is_mute: bool
    oldest_urgent: float
    oldest: float


def health(vitals: Vitals) -> Health:
    """Decide."""
    signs = (
        (Health.STARTING, not vitals.first_round_done),
        (Health.STALLED, not vitals.progresses),
        (Health.LATE, vitals.lag >= LATE),
        (Health.STORE, not vitals.store_written),
        (Health.UNPROBED, vitals.unprobed > 0),
        (Health.BLIND, _is_half(vitals.unheard, vitals.links)),
        (Health.POLLS, _is_half(vitals.unpolled, vitals.routers)),
        (Health.MUTE, vitals.is_mute),
        (Health.OUTBOX, vitals.oldest_urgent >= URGENT_WAITS or vitals.oldest >= ANY_WAITS),
    )
    return next((sign for sign, is_so in signs if is_so), Health.WELL)


def _is_half(some: int, of: int) -> bool:
    return of > 0 and 2 * some >= of
