"""What people ask of the daemon by command, and why it may not be done."""

from enum import StrEnum


class Refusal(StrEnum):
    """Why an act was not done."""

    UNKNOWN_ROSTER = "unknown_roster"
    UNKNOWN_CONTACT = "unknown_contact"
    UNKNOWN_SWAP = "unknown_swap"
    """It never was, was taken back, or is over."""
    UNKNOWN_LINK = "unknown_link"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_CARRIER = "unknown_carrier"
    UNKNOWN_RISK = "unknown_risk"
    UNKNOWN_WORK = "unknown_work"
    """No work by that number was announced by command, or it is over."""
    WORK_ON_NOTHING = "work_on_nothing"
    """It names no place, or no link of its carrier's there."""
    UNKNOWN_INCIDENT = "unknown_incident"
    """It never was, or is closed."""
    NOBODY_TO_NAME = "nobody_to_name"
    """No contact was named, and nobody is on duty in the operators' room."""
    NOT_TOLD = "not_told"
    """Nobody has been told of it yet, so nobody can decline it."""
    ETA_OUT_OF_RANGE = "eta_out_of_range"
    ENDS_FIRST = "ends_first"
    """A span that ends before it begins."""
    IS_OVER = "is_over"
    """A span that lies in the past."""
