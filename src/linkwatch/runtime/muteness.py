"""Channels that get nothing through are faults: they open incidents for the operators."""

from collections.abc import Sequence

from linkwatch.judge.channel import ChannelFault
from linkwatch.model.finding import Family, Finding, Kind
from linkwatch.model.moment import Moment
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity
from linkwatch.runtime.faults import found
from linkwatch.runtime.state import Effects, State


def listened(state: State, faults: Sequence[ChannelFault], now: Moment, effects: Effects) -> None:
    """These channels get nothing through, and all others do."""
    for fault in faults:
        found(state, _finding(fault), now, effects)
    mute = {Subject.of_channel(fault.channel) for fault in faults}
    for incident in list(state.open_incidents()):
        subject = incident.subject
        if subject.channel is not None and subject not in mute and incident.good_since is None:
            heard = Finding(subject, Family.CHANNEL, Severity.OK, now.wall)
            found(state, heard, now, effects)


def _finding(fault: ChannelFault) -> Finding:
    evidence: dict[str, float] = {"tries": fault.tries}
    if fault.last_accepted_at is not None:
        evidence["last_accepted"] = fault.last_accepted_at.timestamp()
    return Finding(
        Subject.of_channel(fault.channel),
        Family.CHANNEL,
        Severity.CRITICAL,
        fault.since,
        Kind.CHANNEL_FAILED,
        evidence=evidence,
        reason=fault.reason.value,
    )
