"""Holds the event loop up, as a busy daemon's other work does."""

import asyncio
import select

EVERY = 0.1
HOLD = 0.02
"""s"""


async def block_forever() -> None:
    """Let nothing run for HOLD out of every EVERY s."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        select.select([], [], [], HOLD)
        due = max(due + EVERY, loop.time())
        await asyncio.sleep(due - loop.time())  # noqa: TID251 a benchmark runs on real time
