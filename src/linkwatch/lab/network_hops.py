"""The routers on the way to an address: where a request ends that may not go all the way."""

from collections.abc import Sequence
from random import Random

from linkwatch.lab.network_fate import LOST, Fate, Outcome
from linkwatch.lab.network_model import Address, ErrorKind, Hop, Refusal
from linkwatch.timing.pace import TokenBucket

_NS = 1e9
_EXPIRED = Fate(Outcome.EXPIRED)


class Routers:
    """How much each has told lately: a router counts all that it is asked, for whomever."""

    def __init__(self) -> None:
        self._told: dict[Address, TokenBucket] = {}

    def may_tell(self, router: Address, per_second: float | None, elapsed: int) -> bool:
        """Whether it tells of one more at `elapsed` ns after the start."""
        if per_second is None:
            return True
        bucket = self._told.get(router)
        if bucket is None:
            bucket = self._told[router] = TokenBucket(per_second, max(1.0, per_second))
        return bucket.take(elapsed / _NS)


class Passage:
    """The way past the hops. Its random numbers are its own: hops change nothing else."""

    def __init__(self, routers: Routers, randomness: Random) -> None:
        self._routers = routers
        self._random = randomness.random

    def of(self, hops: Sequence[Hop], ttl: int, elapsed: int) -> Fate | int:
        """The fate of a request that may go `ttl` hops; past all of them, its delay so far (ns)."""
        delay = 0
        for number, hop in enumerate(hops, 1):
            lost, tells, which = self._random(), self._random(), self._random()
            if lost < hop.loss:
                return LOST
            delay += hop.delay
            if number < ttl and hop.refuses is None:
                continue
            if not hop.addresses or tells >= hop.answers:
                return _EXPIRED
            router = hop.addresses[int(which * len(hop.addresses))]
            if not self._routers.may_tell(router, hop.per_second, elapsed):
                return _EXPIRED
            kind = hop.refuses or ErrorKind.TTL_EXCEEDED
            return Fate(Outcome.ERROR, delay, 1, refusal=Refusal(1.0, kind, router))
        return delay
