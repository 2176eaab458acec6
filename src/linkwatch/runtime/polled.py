"""What a poll of a router means: for its links, one by one, and for the router itself."""

from linkwatch.model.ids import LinkId
from linkwatch.model.journal import SaveLoad, Traced
from linkwatch.model.measurement import PollResult
from linkwatch.model.moment import Moment
from linkwatch.runtime.faults import found
from linkwatch.runtime.state import Effects, State


def polled(state: State, result: PollResult, now: Moment, effects: Effects) -> None:
    """Take the end of a poll."""
    judge = state.routers.get(result.router)
    if judge is None:
        return
    state.polls[result.router] = result
    was_silent = judge.is_silent
    carried = state.carried(result.router)
    reaches = [state.judges[link].reach for link in carried]
    for finding in judge.take(result, reaches):
        found(state, finding, now, effects)
    if judge.is_silent and not was_silent:
        for link in carried:
            _lose_sight(state, link, effects)
            state.judges[link].interface.lose_sight()
    _read(state, result, now, effects)


def _read(state: State, result: PollResult, now: Moment, effects: Effects) -> None:
    for sample in result.samples:
        judge = state.judges.get(sample.link)
        if judge is None:
            continue
        state.samples[sample.link] = sample
        effects.touched.add(sample.link)
        zone = state.inventory.timezone
        read = judge.interface.take(sample, now, zone, loses=judge.loses)
        effects.records.extend(Traced(evidence) for evidence in read.evidence)
        effects.records.extend(SaveLoad(load) for load in read.loads)
        for finding in read.findings:
            found(state, finding, now, effects)
    for link, fault in result.faults:
        judge = state.judges.get(link)
        if judge is None:
            continue
        _lose_sight(state, link, effects)
        for finding in judge.interface.take_fault(fault, now):
            found(state, finding, now, effects)


def _lose_sight(state: State, link: LinkId, effects: Effects) -> None:
    state.samples.pop(link, None)
    effects.touched.add(link)
