"""The ways of all links, and what each router on them was last known to do."""

import ipaddress
from collections.abc import Iterator

from linkwatch.model.ids import LinkId
from linkwatch.model.path import Trace
from linkwatch.path.baseline import Baseline, learn


class PathBook:
    """Baselines by link; routers that several links pass are known to be the same."""

    def __init__(self) -> None:
        self._known: dict[LinkId, Baseline] = {}
        self._passing: dict[str, dict[LinkId, None]] = {}
        """By router, the links looked at last at the end."""
        self._heard_at: dict[str, float] = {}

    def known(self, link: LinkId) -> Baseline | None:
        """The way to its far end; None: never seen."""
        return self._known.get(link)

    def learn(self, trace: Trace) -> None:
        """Take a trace that was taken while its link was well."""
        link = trace.wanted.link
        baseline = learn(self._known.get(link), trace)
        self.forget(link)
        if baseline is not None:
            self._known[link] = baseline
            for router in _routers(baseline):
                self._passing.setdefault(router, {})[link] = None
        self.hear(trace)

    def hear(self, trace: Trace) -> None:
        """Remember which of the known routers have answered it."""
        for hop in trace.hops:
            for router in (*hop.routers, *hop.refusing):
                if router in self._passing:
                    self._heard_at[router] = trace.began_at

    def forget(self, link: LinkId) -> None:
        """It is traced to another target, or not at all."""
        self._unlist(link)
        self._known.pop(link, None)

    def passing(self, router: str) -> Iterator[LinkId]:
        """The links known to pass a router, the one looked at last first."""
        return reversed(self._passing.get(router, {}))

    def heard_at(self, router: str) -> float:
        """When a trace began that a router last answered (monotonic s); -inf: none."""
        return self._heard_at.get(router, float("-inf"))

    def __iter__(self) -> Iterator[LinkId]:
        return iter(self._known)

    def _unlist(self, link: LinkId) -> None:
        before = self._known.get(link)
        for router in _routers(before) if before else ():
            links = self._passing[router]
            links.pop(link, None)
            if not links:
                del self._passing[router]
                self._heard_at.pop(router, None)


def _routers(baseline: Baseline) -> frozenset[str]:
    """Those that bear the same name wherever they are met."""
    return frozenset(
        router
        for hop in baseline.hops[:-1]
        for router in hop.routers
        if not ipaddress.ip_address(router).is_link_local
    )
