"""Traffic as a script writes it: one direction of an interface."""

from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from linkwatch.config.badvalue import BadValueError, quoted
from linkwatch.config.schema.base import Section
from linkwatch.config.schema.fields import Pace, Ratio, TimeOfDay, read_by
from linkwatch.config.units import parse_rate, parse_share
from linkwatch.lab.agent_traffic import (
    Amount,
    Burst,
    Constant,
    Daily,
    Load,
    Ramp,
    Replay,
    Shape,
)


def parse_amount(text: str) -> Amount:
    """`40%` of the contracted rate in force, or a rate: `8Mbps`."""
    try:
        if text.endswith("%"):
            return Amount(parse_share(text), is_share=True)
        return Amount(float(parse_rate(text)))
    except BadValueError as error:
        if error.hint:
            message = f"{quoted(text)} is no amount of traffic"
            raise BadValueError(message, "write e.g. 40% of the contract, or 8Mbps") from None
        raise


_Amount = Annotated[Amount, read_by(parse_amount)]


def also_plain(value: object) -> object:
    """A single amount stands for a direction that always carries it."""
    return {"constant": value} if isinstance(value, str) else value


class DailySection(Section):
    """A wave of a day, highest at `peak` (local time)."""

    low: _Amount
    high: _Amount
    peak: TimeOfDay = time(15)


class RampSection(Section):
    """From one amount to another."""

    from_: _Amount = Field(alias="from")
    to: _Amount
    within: Pace


class BurstSection(Section):
    """`peak` for `length` of every `every`, else `base`."""

    base: _Amount
    peak: _Amount
    length: Pace
    every: Pace


class ReplaySection(Section):
    """One amount after the other, `every` each, over and over."""

    amounts: list[_Amount] = Field(min_length=1)
    every: Pace


class DirectionSection(Section):
    """At most one course of traffic, and what becomes of the packets."""

    constant: _Amount | None = None
    daily: DailySection | None = None
    ramp: RampSection | None = None
    burst: BurstSection | None = None
    replay: ReplaySection | None = None
    ceiling: _Amount | None = None
    errors: Ratio | None = None
    discards: Ratio | None = None

    def courses(self) -> dict[str, object]:
        """The courses of traffic by their keys, None where not given."""
        return {name: getattr(self, name) for name in _COURSES}

    def over(self, before: Load, zone: ZoneInfo) -> Load:
        """The load from now on; a ceiling goes with the course it was written beside."""
        shape = self._shape(zone)
        ceiling = before.ceiling if shape is None else self.ceiling
        return Load(
            shape=shape or before.shape,
            ceiling=ceiling,
            errors=before.errors if self.errors is None else self.errors,
            discards=before.discards if self.discards is None else self.discards,
        )

    def _shape(self, zone: ZoneInfo) -> Shape | None:
        if self.constant is not None:
            return Constant(self.constant)
        if self.daily is not None:
            return Daily(self.daily.low, self.daily.high, self.daily.peak, zone)
        if self.ramp is not None:
            return Ramp(self.ramp.from_, self.ramp.to, self.ramp.within)
        if self.burst is not None:
            burst = self.burst
            return Burst(burst.base, burst.peak, burst.length, burst.every)
        if self.replay is not None:
            return Replay(tuple(self.replay.amounts), self.replay.every)
        return None


_COURSES = ("constant", "daily", "ramp", "burst", "replay")

Direction = Annotated[DirectionSection | None, BeforeValidator(also_plain)]
"""A direction's section, or the amount it always carries."""
