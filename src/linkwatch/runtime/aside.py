"""Probes that are none of the probe loop's rounds, through the same prober and its one drain."""

import secrets
from collections import deque
from collections.abc import Callable, Sequence

from linkwatch.ports import Prepared, Prober, Reply

_TOKENS = 1 << 63
_KEEP = 20.0
"""s for which a late reply is known as one of these, and counted in no statistics."""

Taker = Callable[[Reply], None]


class Tokens:
    """Numbers for probes, each once; neighbours for those that leave together."""

    def __init__(self) -> None:
        self._last = secrets.randbits(62)

    def new(self, count: int) -> range:
        """So many."""
        first = self._last + 1
        if first + count > _TOKENS:
            first = 0
        self._last = first + count - 1
        return range(first, first + count)


class Aside:
    """Sends for others; what comes back goes to them, never into a link's figures."""

    def __init__(self, prober: Prober, tokens: Tokens) -> None:
        self._prober = prober
        self._tokens = tokens
        self._takers: dict[int, Taker] = {}
        self._sent: deque[tuple[float, range]] = deque()

    def tokens(self, count: int) -> range:
        """For so many probes that are to leave together."""
        return self._tokens.new(count)

    def launch(self, tokens: range, prepared: Sequence[Prepared], taker: Taker, now: float) -> None:
        """Send one to each; `taker` gets what becomes of it, at once where it could not be sent."""
        self._forget(now)
        self._takers.update(dict.fromkeys(tokens, taker))
        self._sent.append((now, tokens))
        for failure in self._prober.launch(tokens, prepared):
            self.take(failure)

    def take(self, reply: Reply) -> bool:
        """Hand over a reply if it is to one of these; a token's second reply is, too."""
        taker = self._takers.get(reply.token)
        if taker is None:
            return False
        taker(reply)
        return True

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0][0] <= now - _KEEP:
            for token in self._sent.popleft()[1]:
                self._takers.pop(token, None)
