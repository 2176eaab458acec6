"""What explained a fault is over: the time it has to be well again, too.

As long as a recovery takes; more where by then nothing measured shows that it is bad still.
"""

from math import log

from linkwatch.judge.charts import CLEAR_ODDS, CLEAR_SHARE
from linkwatch.judge.link import LinkJudge
from linkwatch.judge.target import CLEAR_SPAN
from linkwatch.model.finding import Finding, Kind
from linkwatch.model.moment import Moment
from linkwatch.model.thresholds import Metric
from linkwatch.runtime.causes import IN_DOUBT, IncidentKey
from linkwatch.runtime.state import State

_ROUTER_GRACE = 60.0
"""s in which a router is asked again."""
_MENDED = frozenset({Kind.DOWN, Kind.LOSS, Kind.LATENCY, Kind.JITTER})
_CLEARED_WITHIN = 300.0
"""s in which loss or delay that is over is seen to be so."""


def spare(state: State, key: IncidentKey, now: Moment) -> None:
    """What explained it is over: it has as long as a recovery takes to follow."""
    state.causes.release(key)
    state.causes.spared.set(key, now.monotonic + grace(state, key))
    state.causes.spared_at[key] = now.monotonic


def follows_late(state: State, key: IncidentKey, now: Moment) -> bool:
    """Its time to follow is over: whether it has more, as nothing shows that it is bad still.

    A line that comes and goes is told all the same, in the end.
    """
    causes, found = state.causes, state.causes.bad[key]
    judge = state.judges.get(key[1].link) if key[1].link is not None else None
    if judge is None or found.kind not in _MENDED:
        return False
    since = causes.spared_at.get(key, now.monotonic)
    longest = 2 * grace(state, key) if found.kind is Kind.DOWN else _CLEARED_WITHIN
    if now.monotonic - since >= longest or _persists(judge, found, since, now):
        return False
    causes.spared.set(key, now.monotonic + judge.interval)
    return True


def _persists(judge: LinkJudge, found: Finding, since: float, now: Moment) -> bool:
    """Whether what was measured since then shows that a fault goes on: not all is cleared soon."""
    kind = found.kind
    if kind is None or kind is Kind.DOWN:
        fell_at = now.monotonic_at(found.started_at)
        return judge.misses >= IN_DOUBT or judge.answered_at <= fell_at
    if kind is Kind.LOSS:
        level = found.threshold.get(Metric.LOSS, 0.0)
        odds = judge.odds_of_losing(level, level * CLEAR_SHARE, since, now)
        return odds is None or odds >= log(CLEAR_ODDS)
    return judge.replies_are_bad(kind) is not False


def grace(state: State, key: IncidentKey) -> float:
    """How long (s) it takes to see that something is well again."""
    judge = state.judges.get(key[1].link) if key[1].link is not None else None
    if judge is None:
        return _ROUTER_GRACE
    probing = judge.link.probing
    return CLEAR_SPAN + 2 * probing.every(hurried=judge.hurried) + probing.timeout
