"""What delay is usual of one link, as it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkwatch.model.ids import LinkId


@dataclass(frozen=True, slots=True)
class UsualDelay:
    """By hour, as `judge.baseline` counts them: median and spread (MAD) in s, and lessons taken."""

    link: LinkId
    hours: Mapping[int, tuple[float, float, int]]
