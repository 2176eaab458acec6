"""How urgent an incident is."""

from enum import StrEnum


class Priority(StrEnum):
    """P1 is the most urgent; P4 is for the record only."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"

    def outranks(self, other: "Priority") -> bool:
        """Whether this is more urgent than `other`."""
        return self.value < other.value
