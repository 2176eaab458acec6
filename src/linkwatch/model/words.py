"""The languages operators read, and the templates messages are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """Of alerts and pages."""

    VI = "vi"
    EN = "en"


class Form(StrEnum):
    """What a text is for: mail and chat, the subject of a mail, a short message."""

    LONG = "long"
    SUBJECT = "subject"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Clause:
    """Words with holes: `words[0] fields[0] words[1] ...`; one word more than fields.

    Left out where any of its fields is empty. `otherwise`: only where the one before was left out;
    `starts_line`: what went before is another line.
    """

    words: tuple[str, ...]
    fields: tuple[str, ...]
    line: int
    otherwise: bool = False
    starts_line: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A message's clauses in their order; `line` is where it begins in its file."""

    clauses: tuple[Clause, ...]
    line: int


Templates = Mapping[tuple[Form, str], Template]
"""By form and section: an event, or an event and a kind (`opened.down`)."""
