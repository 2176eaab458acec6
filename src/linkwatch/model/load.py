"""A month of one link's load, as it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkwatch.model.ids import LinkId


@dataclass(frozen=True, slots=True)
class MonthLoad:
    """How often each level of load was seen: five-minute means by level, as `judge.month` cuts it.

    `month` is "2021-05", local time.
    """

    link: LinkId
    month: str
    receive: Mapping[int, int]
    transmit: Mapping[int, int]
