"""The machine's clocks: the only place that reads them."""

import asyncio
import time  # noqa: TID251  this module is what the ban points to
from datetime import UTC, datetime

from linkwatch.model.moment import Moment


class SystemClock:
    """ports.Clock on CLOCK_MONOTONIC and CLOCK_REALTIME."""

    def now(self) -> Moment:
        """Both clocks, read one right after the other."""
        return Moment(
            time.monotonic(),
            datetime.now(UTC),  # noqa: TID251  this module is what the ban points to
        )

    async def sleep_until(self, monotonic: float) -> None:
        """Return when the monotonic clock has reached `monotonic`.

        Yields to the event loop once even when that is past, so that a caller who is late on
        every turn does not starve the others.
        """
        while True:
            remaining = monotonic - time.monotonic()
            await asyncio.sleep(max(0.0, remaining))  # noqa: TID251  this is the Clock port
            # The loop's timers may fire up to one clock resolution early.
            if time.monotonic() >= monotonic:
                return
