"""What our own uplinks explain: taken to them when one fails, given back when it is well.

Each function changes the state it is given and adds to the effects of the turn.
"""

from datetime import timedelta

from linkwatch.incident.uplink import SLACK
from linkwatch.judge.silence import LEAST_PROBES
from linkwatch.model.finding import Finding, Kind
from linkwatch.model.ids import LinkId
from linkwatch.model.incident import Incident
from linkwatch.model.moment import Moment
from linkwatch.model.thresholds import Severity
from linkwatch.runtime.causes import key_of
from linkwatch.runtime.causing import clear, explain
from linkwatch.runtime.faults import enter, found
from linkwatch.runtime.own_uplinks import excused_by, let_go, look, overlook, uplink_key
from linkwatch.runtime.sparing import spare
from linkwatch.runtime.state import Effects, ProbeNow, State
from linkwatch.runtime.uplinks import Watch

ASK_AGAIN, QUICK = 1.0, (4, 0.25)
"""s between two times that silent lines behind a poor uplink are asked more often: so many quick
probes, and the s between them."""


def follow_uplinks(state: State, now: Moment, effects: Effects) -> None:
    """Look at them; before anything else is decided of the links."""
    for watch, finding in look(state, now, effects):
        before = state.incident(finding.key)
        enter(state, finding, now, effects)
        effects.touched.update(watch.rule.members)
        if finding.severity is Severity.OK:
            _give_back(state, watch, finding, now, effects)
        else:
            if before is not None and _revives(before, finding):
                _let_go(state, watch, now, effects)
            _take(state, watch, finding, now)
    for watch in state.uplinks.watches.values():
        for one in overlook(state, watch, now):
            found(state, one, now, effects)
        if watch.poor is not None:
            _doubt_again(state, watch, now, effects)


def _doubt_again(state: State, watch: Watch, now: Moment, effects: Effects) -> None:
    """A silence that is by now too long for what a poor uplink loses is a line's own."""
    causes = state.causes
    asks = now.monotonic >= watch.asked_again_at + ASK_AGAIN
    for one in causes.direct(uplink_key(watch)):
        finding, link = causes.bad[one], one[1].link
        if finding.kind is not Kind.DOWN or link is None:
            continue
        is_silent = state.judges[link].misses >= LEAST_PROBES
        if excused_by(state, finding, now) is None:
            spare(state, one, now)
            if is_silent:
                causes.spared.set(one, now.monotonic)
        elif is_silent and asks:
            watch.asked_again_at = now.monotonic
            effects.probes.append(ProbeNow(link, *QUICK))


def forget_uplinks(state: State, now: Moment) -> None:
    """Another configuration is in force: uplinks may have gone, or links leave by others."""
    for incident in state.open_incidents():
        if incident.subject.uplink is None:
            continue
        watch = state.uplinks.watches.get(incident.subject.uplink)
        for one in state.causes.direct(incident.key):
            if watch is None or state.uplinks.of(one[1].link or LinkId("")) is not watch:
                spare(state, one, now)


def _take(state: State, watch: Watch, fault: Finding, now: Moment) -> None:
    """What fell with it and was not decided yet, or decided too soon, is its doing."""
    key, since = fault.key, fault.started_at - timedelta(seconds=SLACK)
    causes = state.causes
    for one, finding in list(causes.bad.items()):
        if state.uplinks.of(one[1].link or LinkId("")) is not watch:
            continue
        if causes.cause(one) is None and excused_by(state, finding, now) == key:
            incident = state.incident(one)
            told = incident and not incident.status.is_closed and incident.is_owed_its_end
            # What was told for good reason, in an earlier spell, stays told.
            if not told or finding.started_at >= since:
                explain(state, one, key, now)


def _give_back(state: State, watch: Watch, finding: Finding, now: Moment, effects: Effects) -> None:
    """Its links have their grace to follow; what is surely still silent has none."""
    clear(state, finding.key, now)
    _let_go(state, watch, now, effects)
    for link in watch.recovering:
        key = key_of(link)
        is_dead = state.judges[link].is_dead_since(watch.rule.well_since)
        if is_dead and key in state.causes.spared:
            state.causes.spared.set(key, now.monotonic)


def _revives(before: Incident, finding: Finding) -> bool:
    """Whether it is dead no more, though as poor as it was."""
    was_dead = before.kind is Kind.UPLINK_DOWN and not before.status.is_closed
    return was_dead and finding.kind is Kind.UPLINK_DEGRADED


def _let_go(state: State, watch: Watch, now: Moment, effects: Effects) -> None:
    for one in let_go(state, watch, now, effects):
        found(state, one, now, effects)
