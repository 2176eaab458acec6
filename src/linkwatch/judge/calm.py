"""Answers like those before them: they change nothing but counts and windows, which can wait.

Nearly all probes end so, and a country's links make 23,000 of them a second.
"""

from array import array
from math import inf

_MOST_KEPT = 60


class Calm:
    """The round-trip times (s) of answers that nobody has looked at closely yet, in their order."""

    __slots__ = ("_below", "_last", "_within", "answers", "latest")

    def __init__(self) -> None:
        self.answers = array("d")
        self.latest = inf
        """What was sent until then (monotonic s) is no such answer; the last one's, if any."""
        self._last = 0.0
        self._below = -inf
        self._within = 0.0

    def add(self, rtt: float, sent_at: float) -> bool:
        """Take an answer if it is such a one: quick, steady, and sent after the last."""
        if rtt >= self._below or sent_at <= self.latest or len(self.answers) == _MOST_KEPT:
            return False
        difference = rtt - self._last
        if not -self._within < difference < self._within:
            return False
        self.latest, self._last = sent_at, rtt
        self.answers.append(rtt)
        return True

    def begin(self, last: float, after: float, *, below: float, within: float) -> None:
        """Nothing is wrong after an answer that took `last`: any quicker than `below` and less than
        `within` away from the one before it is such an answer, if sent later than `after`.
        """
        self._last, self.latest, self._below, self._within = last, after, below, within

    def end(self) -> None:
        """From here on every answer matters."""
        self._below = -inf

    def holds(self, rtt: float) -> bool:
        """Whether it goes on for as long as all answers take `rtt`, as the last one did."""
        return rtt < self._below and rtt == self._last and self._within > 0

    def clear(self) -> None:
        """They have been looked at; their place stays, or the collector would look at a new one."""
        del self.answers[:]
