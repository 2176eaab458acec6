"""The addresses behind names, looked up off the hot path."""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from linkwatch.ports import Clock, Resolver
from linkwatch.wire.address import ip_version
from linkwatch.wire.icmp import IpVersion

_EVERY = 60.0
_MISSING_EVERY = 5.0
"""s from one look-up of a name to the next, and while it has no address."""
_PREPARE_TIMEOUT = 5.0


class Name(NamedTuple):
    """A target's name; of its addresses those of this version come first, where it is given."""

    text: str
    version: IpVersion | None = None


class AddressBook:
    """The last known address of each name. A look-up that fails never takes one away."""

    def __init__(self, clock: Clock, resolver: Resolver, names: Collection[Name]) -> None:
        self._clock = clock
        self._resolver = resolver
        self._names = frozenset(names)
        self._known: dict[Name, str | None] = {}

    def address(self, target: str, version: IpVersion | None) -> str | None:
        """An address itself, a name's address or None; KeyError before the first look-up."""
        return target if ip_version(target) else self._known[Name(target, version)]

    async def run(self) -> None:
        """Keep all names up to date, until cancelled."""
        refresh_at = float("-inf")
        while True:
            now = self._clock.now().monotonic
            names = self._names
            if now >= refresh_at:
                refresh_at = now + _EVERY
            else:
                names = self._missing(names)
            await self._look_up(names)
            await self._clock.sleep_until(now + _MISSING_EVERY)

    async def prepare(self, names: Collection[Name]) -> Callable[[], None]:
        """Look up what is new among these, within a bound; the commit forgets all others."""
        wanted = frozenset(names)
        # What does not come in time is looked up again by `run`.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PREPARE_TIMEOUT):
                await self._look_up(self._missing(wanted))
        return lambda: self._keep_only(wanted)

    def _missing(self, names: frozenset[Name]) -> frozenset[Name]:
        return frozenset(name for name in names if self._known.get(name) is None)

    def _keep_only(self, names: frozenset[Name]) -> None:
        self._names = names
        self._known = {name: found for name, found in self._known.items() if name in names}

    async def _look_up(self, names: frozenset[Name]) -> None:
        wanted: dict[str, list[Name]] = {}
        for name in names:
            wanted.setdefault(name.text, []).append(name)
        await asyncio.gather(*(self._ask(text, of_it) for text, of_it in wanted.items()))

    async def _ask(self, text: str, names: Sequence[Name]) -> None:
        addresses = await self._resolver.resolve(text)
        for name in names:
            self._learn(name, addresses)

    def _learn(self, name: Name, addresses: Sequence[str]) -> None:
        """An address that is still among a name's own stays, unless it was a makeshift."""
        fitting = [a for a in addresses if name.version in (None, ip_version(a))] or addresses
        known = self._known.get(name)
        if known is None or (fitting and known not in fitting):
            self._known[name] = fitting[0] if fitting else None
