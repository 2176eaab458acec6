"""What others have measured, as series of numbers over time."""

from enum import StrEnum


class Measure(StrEnum):
    """What a series counts. `success` and `loss` are shares from 0 to 1, `rtt` is in s.

    `sent` and `lost` are counters of probes.
    """

    SUCCESS = "success"
    RTT = "rtt"
    SENT = "sent"
    LOST = "lost"
    LOSS = "loss"
