"""A lapse of an uplink: nothing came back through it, for less than makes it dead."""

from dataclasses import dataclass

from linkwatch.model.ids import LinkId

APART = 60.0
"""s between two of them that have nothing to do with each other: sooner, they are loss."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """`since` when the last probe answered before it was sent, `until` when the first answered
    after it was (monotonic s). `links` fell silent with it.

    What was missed in it is no sign of an outage of the link that was asked, and, unless that is
    `repeated`, none of its loss.
    """

    since: float
    until: float
    links: tuple[LinkId, ...] = ()
    repeated: bool = False

    def holds(self, sent_at: float) -> bool:
        """Whether a probe sent then fell into it."""
        return self.since < sent_at <= self.until
