"""What people ask of the daemon by command, and why it may not be done."""

from enum import StrEnum


class Refusal(StrEnum):
    """Why an act was not done."""

    UNKNOWN_ROSTER = "unknown_roster"
    UNKNOWN_CONTACT = "unknown_contact"
    UNKNOWN_SWAP = "unknown_swap"
    """It never was, was taken back, or is over."""
    ENDS_FIRST = "ends_first"
    """A span that ends before it begins."""
    IS_OVER = "is_over"
    """A span that lies in the past."""
