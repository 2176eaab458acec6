"""Something that is asked for our own sake: a gateway, or an address inside a carrier's network."""

from linkwatch.judge.silence import Silence
from linkwatch.model.uplink import Echo

LEAST_PROBES = 3
"""Misses in a row that make it silent."""


class EchoJudge:
    """Follows one. It is silent only if it has answered before: many never do."""

    __slots__ = ("_silence", "answered_at")

    def __init__(self) -> None:
        self._silence = Silence()
        self.answered_at = float("-inf")
        """When the latest probe that was answered had been sent (monotonic s)."""

    def answered(self, sent_at: float) -> None:
        """A probe was answered."""
        self._silence.answered(sent_at)
        self.answered_at = self._silence.answered_at

    def missed(self, sent_at: float) -> None:
        """A reply is overdue, or the probe lost."""
        self._silence.add(sent_at)

    @property
    def echo(self) -> Echo:
        """How it is."""
        if self.answered_at == float("-inf"):
            return Echo.UNTOLD
        return Echo.SILENT if self._silence.probes >= LEAST_PROBES else Echo.ANSWERS
