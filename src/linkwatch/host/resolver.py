"""Name look-ups that never hold up the event loop or the end of the process."""

import asyncio
import threading
from collections.abc import Sequence

import icmplib

_AT_ONCE = 16


class SystemResolver:
    """Meets `ports.Resolver` with the host's own resolver; IPv4 first.

    Each look-up has a daemon thread of its own: getaddrinfo cannot be cancelled, and the threads
    of an executor would be waited for at exit for as long as a dead name server takes.
    """

    def __init__(self, timeout: float = 5.0) -> None:
        self._timeout = timeout
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def resolve(self, name: str) -> Sequence[str]:
        """The name's addresses; none where it has none or nobody answered within the time-out."""
        async with self._at_once:
            try:
                return await asyncio.wait_for(_look_up(name), self._timeout)
            except TimeoutError:
                return ()


async def _look_up(name: str) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[str]] = loop.create_future()

    def settle(addresses: Sequence[str]) -> None:
        if not answer.done():
            answer.set_result(addresses)

    def work() -> None:
        addresses: Sequence[str]
        try:
            addresses = tuple(icmplib.resolve(name))
        except (icmplib.NameLookupError, UnicodeError):
            addresses = ()
        try:
            loop.call_soon_threadsafe(settle, addresses)
        except RuntimeError:
            return  # the loop has ended meanwhile: nobody waits for the answer

    threading.Thread(target=work, name=f"resolve {name}", daemon=True).start()
    return await answer
