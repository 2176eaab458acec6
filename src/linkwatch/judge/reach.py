"""How far probes get on a link."""

from enum import StrEnum


class Reach(StrEnum):
    """The farthest place that answers.

    `carrier`: targets at the site have answered before and are silent, one at the carrier's end
    answers; `nowhere`: all are silent; `untold`: there is none at the site that could tell;
    `unseen`: we could not ask of late, or have not asked often enough since we began.
    """

    SITE = "site"
    CARRIER = "carrier"
    NOWHERE = "nowhere"
    UNTOLD = "untold"
    UNSEEN = "unseen"

    @property
    def explains_silence(self) -> bool:
        """Whether a router behind the link may be silent for the link's sake, or for ours."""
        return self in (Reach.NOWHERE, Reach.UNSEEN)
