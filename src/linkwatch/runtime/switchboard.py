"""The channels in force: who uses one, and how a reload puts others in their place."""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from linkwatch.config.settings import Config
from linkwatch.model.ids import ChannelId
from linkwatch.ports import Notifier, StandingNotifier

Notifiers = Mapping[ChannelId, Notifier]

_log = structlog.get_logger(__name__)


class Switchboard:
    """Notifiers by channel. One that a reload replaced is closed once nobody uses it."""

    def __init__(self, notifiers: Notifiers, build: Callable[[Config], Notifiers]) -> None:
        self._notifiers = dict(notifiers)
        self._build = build
        self._in_use: dict[Notifier, int] = {}
        self._retired: list[Notifier] = []
        self.quiet = asyncio.Event()
        """Set while no attempt is under way."""
        self.quiet.set()

    def get(self, channel: ChannelId) -> Notifier | None:
        """The channel's notifier; None where it is not, or no longer, configured."""
        return self._notifiers.get(channel)

    def standing(self) -> tuple[StandingNotifier, ...]:
        """Those whose peers have to be told again."""
        return tuple(n for n in self._notifiers.values() if isinstance(n, StandingNotifier))

    def take(self, notifier: Notifier) -> None:
        """Keep a notifier open, also where it is replaced meanwhile, until it is given back."""
        self._in_use[notifier] = self._in_use.get(notifier, 0) + 1
        self.quiet.clear()

    def give_back(self, notifier: Notifier) -> None:
        """The attempt that took it has ended."""
        self._in_use[notifier] -= 1
        if not self._in_use[notifier]:
            del self._in_use[notifier]
        if not self._in_use:
            self.quiet.set()

    async def prepare(self, new: Config) -> Callable[[], None]:
        """Build the new channels; the commit puts them in the place of the old ones."""
        notifiers = self._build(new)

        def commit() -> None:
            for channel, notifier in notifiers.items():
                previous = self._notifiers.get(channel)
                if isinstance(notifier, StandingNotifier) and previous is not None:
                    notifier.succeed(previous)
            self._retired.extend(self._notifiers.values())
            self._notifiers = dict(notifiers)

        return commit

    def close_retired(self, tasks: asyncio.TaskGroup) -> None:
        """Begin to close the old ones that nobody uses any more."""
        for notifier in [n for n in self._retired if n not in self._in_use]:
            self._retired.remove(notifier)
            tasks.create_task(_close_quietly(notifier), name=f"close-{notifier.id}")

    async def close(self) -> None:
        """Give all connections back; the last call."""
        for notifier in (*self._notifiers.values(), *self._retired):
            await notifier.close()
        self._notifiers, self._retired = {}, []


async def _close_quietly(notifier: Notifier) -> None:
    """A fault in an old channel is logged, and hurts nobody else."""
    try:
        await notifier.close()
    except Exception:
        _log.exception("channel not closed", channel=notifier.id)
