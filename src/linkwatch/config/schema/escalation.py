"""Who is told in which order, until somebody acknowledges."""

from typing import Literal

from pydantic import Field

from linkwatch.config.schema.base import Section, written
from linkwatch.config.schema.fields import Duration, HoursOfDay, Pace, Tally
from linkwatch.model.people import Role


class StepEntry(Section):
    """A step (`after`, `notify`), or as the last line a repetition (`repeat`, `times`)."""

    after: Duration | None = None
    """Time since the incident opened."""
    notify: list[Role] | None = None
    """Who is told: duty, up, province, leader, site, operator, department."""
    channels: Literal["all"] | None = None
    """All of a contact's channels at once, instead of the first that works."""
    when: Literal["wide"] | None = None
    """Only where the hub, the main hall, a platform or 3 and more conference sites are hit."""
    task: Literal["call"] | None = None
    """Puts a call list on the wallboard."""
    hours: HoursOfDay | None = None
    """Local hours in which the step is taken; else it waits for the digest."""
    repeat: Pace | None = None
    """Tell everyone told so far again, so often ..."""
    times: Tally | None = None
    """... and so many times."""


Steps = list[StepEntry]


class EscalationTable(Section):
    """Escalation by priority; a priority that is absent keeps the default steps."""

    P1: Steps | None = Field(default=None, min_length=1)
    """Steps of P1."""
    P2: Steps | None = Field(default=None, min_length=1)
    """Steps of P2."""
    P3: Steps | None = Field(default=None, min_length=1)
    """Steps of P3."""


class DigestRule(Section):
    """How much one contact is told, before what follows waits for a digest."""

    per_hour: Tally = 20
    """Messages an hour to one contact by one channel; of P1 only its news and ends count."""


class AcknowledgementRule(Section):
    """How long an acknowledgement holds."""

    expires: Pace = written("30m")
    """It lapses after this, or after its own ETA."""
    remind_holder: Pace = written("5m")
    """Its holder is reminded so long before."""
