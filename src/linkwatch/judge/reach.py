"""How far probes get on a link."""

from enum import StrEnum


class Reach(StrEnum):
    """The farthest place that answers.

    `carrier`: targets at the site have answered before and are silent, one at the carrier's end
    answers; `nowhere`: all are silent; `untold`: no target at the site could tell, or none was
    asked of late.
    """

    SITE = "site"
    CARRIER = "carrier"
    NOWHERE = "nowhere"
    UNTOLD = "untold"
