"""The languages operators read."""

from enum import StrEnum


class Language(StrEnum):
    """Of alerts and pages."""

    VI = "vi"
    EN = "en"
