"""How long a site was cut off while a conference ran: counted from one change to the next."""

from dataclasses import dataclass


@dataclass(slots=True)
class LostTime:
    """One site's part in one conference. Times are timestamps in s.

    Only what lies between `start` and `end` counts; `since` is when it was cut off (None: it is
    not), `settled` what was lost before.
    """

    start: float
    end: float
    settled: float = 0.0
    since: float | None = None

    def note(self, now: float, *, cut_off: bool) -> None:
        """Take whether the site is cut off now."""
        if cut_off == (self.since is not None):
            return
        self.settled = self.seconds(now)
        self.since = now if cut_off else None

    def seconds(self, now: float) -> float:
        """What is lost so far."""
        if self.since is None:
            return self.settled
        return self.settled + max(0.0, min(now, self.end) - max(self.since, self.start))

    def move(self, start: float, end: float, now: float) -> None:
        """The conference was put off: what is lost is lost, the rest counts by the new times."""
        if (start, end) == (self.start, self.end):
            return
        self.settled = self.seconds(now)
        self.start, self.end = start, end
        self.since = None if self.since is None else now

    def shift(self, seconds: float) -> None:
        """The clock was set: what has passed since is as long as before."""
        if self.since is not None:
            self.since += seconds
