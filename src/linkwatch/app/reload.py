"""A new configuration by prepare and commit: all parts take it, or none does."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import structlog

from linkwatch.app.parts import Parts
from linkwatch.app.reading import ReadingError, load_aside
from linkwatch.config import Gravity
from linkwatch.config.settings import Config
from linkwatch.host.memory import set_aside
from linkwatch.host.secrets import SecretError
from linkwatch.notify.setup import ChannelSetupError
from linkwatch.ports import ReloadVerdict
from linkwatch.probe.snmp_outcome import SnmpSetupError

log = structlog.get_logger(__name__)


class Reloader:
    """Takes one reload at a time; a second one waits for the first."""

    def __init__(self, path: Path, parts: Parts) -> None:
        self._path = path
        self._parts = parts
        self._turn = asyncio.Lock()
        self.announces = False
        """Whether the service manager hears of reloads: not before it has heard of the start."""

    async def reload(self) -> ReloadVerdict:
        """Read, check, prepare, commit; the old configuration stays in force on any refusal."""
        async with self._turn:
            if self.announces:
                self._parts.supervisor.reloading()
            try:
                verdict = await self._take()
            finally:
                if self.announces:
                    self._parts.supervisor.ready()
        self._parts.metrics.reloaded(verdict.taken, self._parts.clock.now().wall)
        if verdict.taken:
            log.info("configuration reloaded", summary=verdict.summary)
        else:
            log.error("configuration refused", problems=list(verdict.problems))
        return verdict

    async def _take(self) -> ReloadVerdict:
        try:
            loaded = await load_aside(self._path, self._parts.clock.now().wall)
        except ReadingError as error:
            return _refused(f"{self._path}: {error}")
        errors = [str(p) for p in loaded.problems if p.gravity is Gravity.ERROR]
        for problem in loaded.problems:
            if problem.gravity is Gravity.WARNING:
                log.warning("configuration", detail=str(problem))
        if loaded.config is None:
            return _refused(*errors)
        needs_restart = _needs_restart(self._parts.in_force.config, loaded.config)
        if needs_restart:
            return _refused(*needs_restart)
        try:
            commits = [await part.prepare(loaded.config) for part in self._parts.reloadable]
        except (ChannelSetupError, SecretError, SnmpSetupError) as error:
            return _refused(str(error))
        return self._commit(commits, loaded.config)

    def _commit(self, commits: list[Callable[[], None]], new: Config) -> ReloadVerdict:
        summary = _summary(self._parts.in_force.config, new)
        self._parts.in_force.config = new
        for commit in commits:
            commit()
        set_aside()
        return ReloadVerdict(taken=True, problems=(), summary=summary)


def _needs_restart(old: Config, new: Config) -> tuple[str, ...]:
    changed = []
    if old.settings.store_url != new.settings.store_url:
        changed.append("store.url: a change needs a restart (systemctl restart linkwatch)")
    before, after = old.settings.http, new.settings.http
    if (before.host, before.port) != (after.host, after.port):
        changed.append("http.listen: a change needs a restart (systemctl restart linkwatch)")
    return tuple(changed)


def _refused(*problems: str) -> ReloadVerdict:
    return ReloadVerdict(taken=False, problems=problems)


def _summary(old: Config, new: Config) -> str:
    before, after = old.inventory.links, new.inventory.links
    added, removed = after.keys() - before.keys(), before.keys() - after.keys()
    changed = [link for link in after.keys() & before.keys() if after[link] != before[link]]
    return f"{len(after)} links: {len(added)} added, {len(removed)} removed, {len(changed)} changed"
