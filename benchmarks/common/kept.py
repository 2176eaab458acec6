"""Configurations of many links, read once and kept for the processes that need them."""

import pickle
from dataclasses import replace
from pathlib import Path

from benchmarks.common.page import say
from benchmarks.common.province import Size, write
from linkwatch.config import Config, load
from linkwatch.host.clock import SystemClock

_POLLED_ONCE = 86_400
"""So seldom are routers asked where none is there to answer."""


class Kept:
    """Writes YAML and reads it by the daemon's own loader: of 23,000 links, for some 10 s."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def whole(self, links: int) -> Path:
        """A file for `take` with sites, routers, people and so many links."""
        path = self._home / f"{links}.whole"
        if not path.exists():
            self._make(links)
        return path

    def bare(self, links: int) -> Path:
        """The same links by themselves: all that a probe loop looks at."""
        path = self._home / f"{links}.bare"
        if not path.exists():
            self._make(links)
        return path

    def _make(self, links: int) -> None:
        say(f"a configuration of {links:,} links")
        config = read(write(Size(links, poll_every=_POLLED_ONCE), self._home))
        alone = replace(config.inventory, sites={}, routers={}, contacts={}, rosters={})
        keep(config, self._home / f"{links}.whole")
        keep(replace(config, inventory=alone), self._home / f"{links}.bare")


def read(path: Path) -> Config:
    """A configuration of ours; it holds no mistake."""
    loaded = load(path, SystemClock().now().wall)
    if loaded.config is None:
        raise ValueError("\n".join(map(str, loaded.problems)))
    return loaded.config


def take(path: Path) -> Config:
    """What was kept there."""
    config = pickle.loads(path.read_bytes())  # noqa: S301 written by the process that started us
    if not isinstance(config, Config):
        raise TypeError(f"{path}: no configuration")
    return config


def keep(config: Config, path: Path) -> None:
    """Leave it there for `take`."""
    path.write_bytes(pickle.dumps(config))
