"""A recording, replayed, raises what was raised when it was made; and what it does elsewhere."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwatch.model.finding import Kind
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.inventory import Inventory
from linkwatch.model.journal import Enqueue, Record, Restored, SaveIncident
from linkwatch.model.measurement import Outcome, PollOutcome, PollResult
from linkwatch.model.recording import Recorded, Turn
from linkwatch.model.thresholds import Limits
from linkwatch.model.topology import Target
from linkwatch.model.words import Language
from linkwatch.runtime import replaying
from linkwatch.runtime.events import Numbered, Polled, Probed, Recovered, Suspected
from linkwatch.runtime.replaying import Replay
from linkwatch.runtime.runs_book import Raised
from linkwatch.runtime.state import State
from linkwatch.runtime.step import advance, step
from linkwatch.wire.recorded_turns import pack
from linkwatch.wire.recording import RecordingReader
from linkwatch.wire.recording_frames import Damage, FrameKind, RecordingError, frame
from support.province import (
    INET,
    MORNING,
    NIGHT,
    ROUTER,
    WAN,
    conference,
    inventory,
    moment,
    sample,
)
from support.recorded import Answer, as_bytes, start_at, table, turns

WORLD = inventory(conferences=(conference(),))
KNOWN = ((WAN, "127.0.17.10"), (INET, "127.0.17.20"))
Told = list[tuple[datetime, str, str, str]]


def healthy(_second: int) -> float:
    return 0.010


def dead(_second: int) -> None:
    return None


def replayed(recorded: Sequence[Recorded], replay: Replay) -> Replay:
    for one in recorded:
        replay.take(one)
    return replay


def raised(replay: Replay) -> list[Raised]:
    return list(replay.raised.values())


def lived(whole: Inventory, measured: Sequence[Turn]) -> tuple[dict[str, Incident], Told]:
    """What a daemon makes of it, its timer looking every half second."""
    state = State(whole)
    records: list[Record] = []
    records += step(state, Numbered(range(1, 1000)), measured[0].now).records
    restored = Restored(verified=frozenset(KNOWN))
    records += step(state, Recovered(restored), measured[0].now).records
    looked = measured[0].now
    for turn in measured:
        while looked.monotonic + 0.5 < turn.now.monotonic:
            looked = replace(
                looked,
                monotonic=looked.monotonic + 0.5,
                wall=looked.wall + timedelta(seconds=0.5),
            )
            records += advance(state, looked).records
        # As the probe loop has it: what did not happen is no turn.
        if turn.results:
            records += step(state, Probed(turn.results), turn.now).records
        if turn.overdue:
            records += step(state, Suspected(turn.overdue), turn.now).records
        if turn.poll is not None:
            records += step(state, Polled(turn.poll), turn.now).records
    incidents = {r.incident.id: r.incident for r in records if isinstance(r, SaveIncident)}
    sent = [r.notification for r in records if isinstance(r, Enqueue)]
    return {str(k): v for k, v in incidents.items()}, [
        (n.created_at, n.event.value, f"{n.contact} {n.channel}", n.text) for n in sent
    ]


WAYS: dict[str, Answer] = {
    "healthy": healthy,
    "dead": dead,
    "lossy": lambda second: None if second % 4 == 0 else 0.010,
    "bad": lambda second: None if second * 7919 % 10 < 3 else 0.012,
    "slow": lambda second: 0.130,
    "unsteady": lambda second: 0.010 if second % 2 else 0.060,
    "ours": lambda second: Outcome.LOCAL_FAILURE,
    "unknown": lambda second: Outcome.UNKNOWN,
}
spells = st.lists(
    st.tuples(st.sampled_from(sorted(WAYS)), st.integers(1, 150)), min_size=1, max_size=8
)


def course(found: Sequence[tuple[str, int]]) -> tuple[Answer, int]:
    """One way after the other, each for so many seconds; healthy from then on."""
    ways = [way for way, seconds in found for _ in range(seconds)]
    return lambda second: WAYS[ways[second] if second < len(ways) else "healthy"](second), len(ways)


@settings(max_examples=60, deadline=None)
@given(spells, spells, st.sampled_from([NIGHT, MORNING]), st.booleans(), st.integers(1, 300))
def test_what_was_raised_is_raised_again(
    of_wan: list[tuple[str, int]],
    of_inet: list[tuple[str, int]],
    start: datetime,
    full: bool,
    frame: int,
) -> None:
    (wan, wan_lasts), (inet, inet_lasts) = course(of_wan), course(of_inet)
    length = max(wan_lasts, inet_lasts) + 30
    measured = list(turns(start, range(1, length), {WAN: wan, INET: inet}))
    measured = [turn if i % 20 else polled(turn, full=full) for i, turn in enumerate(measured)]
    data = as_bytes([start_at(start, verified=KNOWN), table(WORLD), *measured], frame)
    replay = replayed(list(RecordingReader().feed(data)), Replay(WORLD))

    incidents, told = lived(WORLD, measured)
    assert {str(k): one.incident for k, one in replay.raised.items()} == incidents
    assert sorted(messages(replay)) == sorted(told)
    assert (replay.holes, replay.strangers, replay.others) == (0, set(), set())


def polled(turn: Turn, *, full: bool) -> Turn:
    rate = 19_500_000.0 if full else 1_000_000.0
    samples = tuple(sample(link, receive=rate, transmit=rate, span=20.0) for link in (WAN, INET))
    poll = PollResult(ROUTER, turn.now.wall, PollOutcome.OK, samples=samples)
    return replace(turn, poll=poll)


def messages(replay: Replay) -> Told:
    return [
        (message.at, message.event.value, f"{contact} {channel}", message.text)
        for one in raised(replay)
        for message in one.messages
        for contact, channel in message.told
    ]


def outage(begin: int, end: int) -> Answer:
    return lambda second: None if begin <= second < end else 0.010


def test_an_outage_is_told_to_whom_it_would_have_been_told() -> None:
    measured = turns(NIGHT, range(1, 600), {WAN: outage(100, 300), INET: healthy})
    replay = replayed([start_at(NIGHT), table(WORLD), *measured], Replay(WORLD))
    (one,) = raised(replay)
    assert (one.incident.kind, one.incident.status) == (Kind.DOWN, Status.RESOLVED)
    assert one.incident.started_at == moment(NIGHT, 99).wall
    assert [m.event for m in one.messages] == [IncidentEvent.OPENED, IncidentEvent.RESOLVED]
    assert [c for c, _ in one.messages[0].told] == ["vnpt-huyen", "truc-ttcntt"]
    assert "MẤT KẾT NỐI" in one.messages[0].text
    assert (replay.probes, replay.seconds) == (2 * 599, 598)


def test_the_words_are_in_the_inventorys_language() -> None:
    measured = turns(NIGHT, range(1, 200), {WAN: outage(50, 300), INET: healthy})
    english = replace(WORLD, language=Language.EN)
    (one,) = raised(replayed([start_at(NIGHT), table(WORLD), *measured], Replay(english)))
    assert one.messages[0].text.startswith("[P2] LINK DOWN")


def test_other_thresholds_raise_other_things() -> None:
    wan = replace(
        WORLD.links[WAN], thresholds=replace(WORLD.links[WAN].thresholds, latency=Limits(1.0, 2.0))
    )
    lenient = replace(WORLD, links={**WORLD.links, WAN: wan})
    recorded: list[Recorded] = [
        start_at(NIGHT),
        table(WORLD),
        *turns(NIGHT, range(1, 300), {WAN: WAYS["slow"], INET: healthy}),
    ]
    (one,) = raised(replayed(recorded, Replay(WORLD)))
    assert one.incident.kind is Kind.LATENCY
    replay = replayed(recorded, Replay(lenient))
    assert raised(replay) == []
    assert replay.others == {WAN}


def test_links_that_were_not_recorded_are_not_silent_but_unheard_of() -> None:
    alone = table(replace(WORLD, links={WAN: WORLD.links[WAN]}))
    recorded: list[Recorded] = [
        start_at(NIGHT),
        alone,
        *turns(NIGHT, range(1, 100), {WAN: healthy}),
    ]
    assert raised(replayed(recorded, Replay(WORLD))) == []


def test_a_recorded_link_that_is_no_more_is_left_out_and_named() -> None:
    less = replace(WORLD, links={INET: WORLD.links[INET]})
    recorded: list[Recorded] = [
        start_at(NIGHT),
        table(WORLD),
        *turns(NIGHT, range(1, 99), {WAN: dead}),
    ]
    replay = replayed(recorded, Replay(less))
    assert (raised(replay), replay.probes) == ([], 0)
    assert (replay.strangers, replay.judged) == ({WAN}, {INET})


def test_a_target_is_followed_to_its_new_place_and_a_gone_one_is_left_out() -> None:
    targets = (Target("127.0.17.99"), Target("127.0.17.10"))
    moved = replace(WORLD.links[WAN], targets=targets)
    other = replace(WORLD, links={**WORLD.links, WAN: moved})
    recorded: list[Recorded] = [
        start_at(NIGHT, verified=KNOWN),
        table(WORLD),
        *turns(NIGHT, range(1, 200), {WAN: outage(50, 999), INET: healthy}),
    ]
    replay = replayed(recorded, Replay(other))
    assert [one.incident.kind for one in raised(replay)] == [Kind.DOWN]
    assert replay.others == {WAN}
    gone = replace(WORLD.links[WAN], targets=targets[:1])
    without = replayed(recorded, Replay(replace(WORLD, links={**WORLD.links, WAN: gone})))
    assert [one.incident.kind for one in raised(without)] == []


def test_only_wanted_links_are_judged() -> None:
    recorded: list[Recorded] = [start_at(NIGHT, verified=KNOWN), table(WORLD)]
    recorded += turns(NIGHT, range(1, 200), {WAN: dead, INET: dead})
    replay = replayed(recorded, Replay(WORLD, frozenset({INET})))
    assert [one.incident.links for one in raised(replay)] == [(INET,)]
    assert replay.probes == 199


def test_a_part_of_the_time_knows_what_had_answered_before() -> None:
    measured = list(turns(NIGHT, range(1, 600), {WAN: outage(150, 300), INET: healthy}))
    recorded: list[Recorded] = [start_at(NIGHT), table(WORLD), *measured]
    since, until = (moment(NIGHT, s).wall for s in (200, 250))
    replay = Replay(WORLD, since=since, until=until)
    taken = 0
    for each in recorded:
        if replay.is_over:
            break
        replay.take(each)
        taken += 1
    (one,) = raised(replay)
    assert one.incident.started_at >= moment(NIGHT, 198).wall
    assert one.incident.status is Status.OPEN
    assert taken < len(recorded)
    assert replay.first == since


def test_another_session_is_a_restart() -> None:
    first = turns(NIGHT, range(1, 200), {WAN: outage(100, 999), INET: healthy})
    later = NIGHT + timedelta(hours=5)
    second = turns(later, range(1, 60), {WAN: healthy, INET: healthy})
    recorded: list[Recorded] = [
        start_at(NIGHT),
        table(WORLD),
        *first,
        start_at(later),
        table(WORLD),
        *second,
    ]
    (one,) = raised(replayed(recorded, Replay(WORLD)))
    assert one.incident.status is Status.RESOLVED
    assert one.incident.restored_at is not None
    assert one.incident.restored_at >= later.astimezone(UTC)
    assert [m.event for m in one.messages] == [IncidentEvent.OPENED, IncidentEvent.RESOLVED]


def test_a_hole_is_a_restart_too_and_no_silence() -> None:
    both = {WAN: healthy, INET: healthy}
    measured = [*turns(NIGHT, range(1, 60), both), *turns(NIGHT, range(10_000, 10_060), both)]
    replay = replayed([start_at(NIGHT), table(WORLD), *measured], Replay(WORLD))
    assert raised(replay) == []
    assert replay.holes == 1
    assert replay.seconds < 120


def test_a_links_silence_among_others_is_no_data() -> None:
    measured = [
        *turns(NIGHT, range(1, 60), {WAN: healthy, INET: healthy}),
        *turns(NIGHT, range(60, 120), {INET: healthy}),
    ]
    replay = replayed([start_at(NIGHT), table(WORLD), *measured], Replay(WORLD))
    assert [one.incident.kind for one in raised(replay)] == [Kind.NO_DATA]


def test_a_reload_while_recording_is_a_reload() -> None:
    less = table(replace(WORLD, links={INET: WORLD.links[INET]}))
    recorded: list[Recorded] = [
        start_at(NIGHT),
        table(WORLD),
        *turns(NIGHT, range(1, 100), {WAN: outage(10, 999), INET: healthy}),
        less,
        *turns(NIGHT, range(100, 140), {INET: healthy}),
    ]
    (one,) = raised(replayed(recorded, Replay(WORLD)))
    assert one.incident.status is Status.WITHDRAWN


def test_what_was_dropped_is_counted() -> None:
    now = moment(NIGHT, 1)
    replay = replayed([start_at(NIGHT), table(WORLD), Turn(now, dropped=7)], Replay(WORLD))
    assert replay.dropped == 7


def test_numbers_never_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "_NUMBERS", 2)
    measured = turns(
        NIGHT,
        range(1, 8000),
        {WAN: lambda second: None if second % 1000 >= 900 else 0.010, INET: healthy},
    )
    replay = replayed([start_at(NIGHT, verified=KNOWN), table(WORLD), *measured], Replay(WORLD))
    assert [one.incident.id for one in raised(replay)] == [f"LW-{n:06d}" for n in range(1, 9)]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6),
    st.booleans(),
)
def test_hostile_frames_raise_one_error_or_are_judged(
    changes: list[tuple[int, int]], skips: bool
) -> None:
    begin = as_bytes([start_at(NIGHT, verified=KNOWN), table(WORLD)])
    measured = list(turns(NIGHT, range(1, 12), {WAN: dead, INET: healthy}))
    body = bytearray(pack([polled(t, full=True) for t in measured], {WAN: 0, INET: 1}))
    for at, value in changes:
        body[at % len(body)] = value
    since = NIGHT + timedelta(seconds=6) if skips else None
    replay = Replay(WORLD, since=since)
    reader = RecordingReader()
    data = begin + frame(FrameKind.TURNS, bytes(body))
    damages = set()
    try:
        for one in reader.feed(data):
            replay.take(one)
        reader.end()
    except RecordingError as error:
        damages.add(error.damage)
    assert damages <= {Damage.SENSELESS}
