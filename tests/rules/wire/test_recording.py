"""A recording as bytes: what goes in comes out, and what is damaged is never believed."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwatch.model.boost import Evidence, EvidenceKind
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.measurement import (
    Discard,
    InterfaceFault,
    InterfaceSample,
    OperStatus,
    Outcome,
    Overdue,
    PollOutcome,
    PollResult,
    ProbeResult,
)
from linkwatch.model.moment import Moment
from linkwatch.model.recording import Recorded, RecordedLink, Start, Table, Turn
from linkwatch.model.topology import Method, Place, Target
from linkwatch.wire.recording import RecordingReader, RecordingWriter
from linkwatch.wire.recording_frames import (
    HEADER,
    MAGIC,
    MOST_PACKED,
    MOST_UNPACKED,
    Damage,
    FrameKind,
    RecordingError,
    frame,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOON = datetime(2021, 5, 15, 5, tzinfo=UTC)
LINKS = [LinkId(f"link-{number}") for number in range(5)]
TABLE = Table(
    tuple(RecordedLink(x, (Target("192.0.2.1"), Target("192.0.2.2")), "r") for x in LINKS), True
)
START = Start(NOON, "1.2.3", ((LINKS[0], "192.0.2.1"),))


def written(*recorded: Recorded) -> bytes:
    writer = RecordingWriter()
    parts, turns = [], []
    for one in recorded:
        if isinstance(one, Turn):
            turns.append(one)
            continue
        if turns:
            parts.append(writer.turns(turns))
            turns = []
        parts.append(writer.start(one) if isinstance(one, Start) else writer.table(one))
    return b"".join((*parts, writer.turns(turns)))


def read(data: bytes, size: int = 1 << 20) -> Iterator[Recorded]:
    reader = RecordingReader()
    for at in range(0, len(data), size):
        yield from reader.feed(data[at : at + size])
    reader.end()


def plain(recorded: Sequence[Recorded]) -> list[object]:
    """Turns by what they hold, whatever kind of sequence holds it."""
    return [
        (t.now, list(t.results), list(t.overdue), t.poll, t.evidence, t.dropped)
        if isinstance(t, Turn)
        else t
        for t in recorded
    ]


names = st.text(max_size=20)
ages = st.integers(0, 100_000)
rtts = st.none() | st.integers(0, 10**7).map(lambda us: us / 1e6)


@st.composite
def turns(draw: st.DrawFn) -> list[Turn]:
    """Times in whole ms, round-trip times in whole µs: what a recording can hold exactly."""
    found = []
    at = draw(st.integers(10**6, 10**11))
    offset = draw(st.integers(0, 10**12))
    for step in draw(st.lists(st.integers(0, 10**6), max_size=8)):
        at += step
        offset += draw(st.integers(0, 5))
        now = Moment(at / 1000, EPOCH + timedelta(milliseconds=at + offset))
        results = [
            ProbeResult(
                draw(st.sampled_from(LINKS)),
                draw(st.integers(0, 300)),
                (at - draw(ages)) / 1000,
                draw(st.sampled_from(Outcome)),
                draw(rtts),
                draw(st.none() | names),
                draw(st.none() | names),
            )
            for _ in range(draw(st.integers(0, 4)))
        ]
        overdue = [
            Overdue(draw(st.sampled_from(LINKS)), draw(st.integers(0, 3)), (at - age) / 1000)
            for age in draw(st.lists(ages, max_size=3))
        ]
        found.append(
            Turn(
                now,
                results,
                overdue,
                draw(st.none() | polls(now.wall)),
                draw(st.none() | traces(now.wall)),
                draw(st.integers(0, 10**6)),
            )
        )
    return found


def polls(at: datetime) -> st.SearchStrategy[PollResult]:
    totals = st.integers(0, 2**64 - 1)
    rates = st.none() | st.floats(0, 1e12)
    samples = st.builds(
        InterfaceSample,
        st.sampled_from(LINKS),
        st.sampled_from(OperStatus),
        *(totals,) * 6,
        line_rate=st.none() | st.integers(0, 2**32 * 10**6),
        receive_rate=rates,
        transmit_rate=rates,
        span=st.floats(0, 1e4),
        discard=st.none() | st.sampled_from(Discard),
    )
    faults = st.tuples(st.sampled_from(LINKS), st.sampled_from(InterfaceFault))
    return st.builds(
        PollResult,
        names.map(RouterId),
        st.just(at),
        st.sampled_from(PollOutcome),
        st.none() | names,
        st.lists(samples, max_size=2).map(tuple),
        st.lists(faults, max_size=2).map(tuple),
    )


def traces(at: datetime) -> st.SearchStrategy[Evidence]:
    kinds = st.sampled_from(EvidenceKind)
    return st.builds(Evidence, st.sampled_from(LINKS), kinds, st.just(at), st.integers(0, 10**12))


@settings(max_examples=200, deadline=None)
@given(turns(), st.integers(1, 400))
def test_what_was_measured_comes_out_as_it_went_in(measured: list[Turn], size: int) -> None:
    recorded: list[Recorded] = [START, TABLE, *measured]
    assert plain(list(read(written(*recorded), size))) == plain(recorded)


@settings(max_examples=100, deadline=None)
@given(turns(), st.frozensets(st.sampled_from(LINKS)))
def test_some_links_alone_come_out_as_among_the_others(
    measured: list[Turn], wanted: frozenset[LinkId]
) -> None:
    reader = RecordingReader(wanted)
    found = [t for t in reader.feed(written(START, TABLE, *measured)) if isinstance(t, Turn)]
    expected = [
        replace(
            turn,
            results=[r for r in turn.results if r.link in wanted],
            overdue=[o for o in turn.overdue if o.link in wanted],
        )
        for turn in measured
    ]
    telling = [
        t
        for t in expected
        if t.results or t.overdue or t.poll or t.evidence or t.dropped or t is expected[-1]
    ]
    assert plain(found) == plain(telling)


@given(st.floats(0, 4000), st.floats(1000, 1e9), st.floats(0, 60))
def test_what_is_finer_is_cut_and_never_rounded_up(rtt: float, at: float, age: float) -> None:
    sent = at - age
    result = ProbeResult(LINKS[0], 0, sent, Outcome.ANSWERED, rtt)
    turn = Turn(Moment(at, NOON), [result])
    kept = list(read(written(START, TABLE, turn)))[-1]
    assert isinstance(kept, Turn)
    assert -2e-9 < rtt - (kept.results[0].rtt or 0.0) < 1.01e-6
    # A binary fraction's own error stands for some µs of a monotonic clock of thirty years.
    assert -2e-6 < sent - kept.results[0].sent_at < 1.01e-3
    assert -2e-6 < at - kept.now.monotonic < 1.01e-3


@pytest.mark.parametrize("level", [0.015, 0.030, 0.050, 0.100, 0.150, 0.300, 0.0573, 0.0011])
def test_a_delay_stays_on_its_side_of_a_threshold(level: float) -> None:
    for rtt, reaches in ((level, True), (level - 1e-7, False), (level + 1e-7, True)):
        turn = Turn(Moment(5.0, NOON), [ProbeResult(LINKS[0], 0, 4.0, Outcome.ANSWERED, rtt)])
        kept = list(read(written(START, TABLE, turn)))[-1]
        assert isinstance(kept, Turn)
        assert kept.results[0].rtt is not None
        assert (kept.results[0].rtt >= level) == reaches


def test_a_turn_of_an_earlier_moment_does_not_make_the_others_late() -> None:
    at = [5.0, 9.0, 3.0, 9.5]
    measured = [Turn(Moment(s, NOON), [], [Overdue(LINKS[0], 0, s - 1)]) for s in at]
    kept = [t for t in read(written(START, TABLE, *measured)) if isinstance(t, Turn)]
    assert [t.now.monotonic for t in kept] == [5.0, 9.0, 9.0, 9.5]
    assert [t.overdue[0].sent_at for t in kept] == [4.0, 8.0, 2.0, 8.5]


def test_a_session_knows_its_links_anew() -> None:
    other = Table((RecordedLink(LinkId("x"), (Target("::1", Place.SITE, Method.TCP, 80),), ""),))
    turn = Turn(Moment(1.0, NOON), [ProbeResult(LinkId("x"), 0, 1.0, Outcome.ANSWERED)])
    two = written(START, TABLE) + written(START, other, turn).removeprefix(HEADER)
    assert plain(list(read(two)))[-3:] == plain([START, other, turn])


def test_a_later_table_adds_to_the_one_before() -> None:
    more = Table((RecordedLink(LinkId("x"), (), ""),))
    turn = Turn(Moment(1.0, NOON), [ProbeResult(LinkId("x"), 0, 1.0, Outcome.ANSWERED)])
    assert plain(list(read(written(START, TABLE, more, turn)))) == plain([START, TABLE, more, turn])


def test_results_of_links_that_are_not_in_the_table_are_left_out() -> None:
    stranger = ProbeResult(LinkId("x"), 0, 1.0, Outcome.ANSWERED)
    known = ProbeResult(LINKS[1], 0, 1.0, Outcome.ANSWERED)
    turn = Turn(Moment(1.0, NOON), [stranger, known], [Overdue(LinkId("x"), 0, 1.0)])
    kept = list(read(written(START, TABLE, turn)))[-1]
    assert plain([kept]) == plain([Turn(turn.now, [known])])


def sample() -> bytes:
    probes = [ProbeResult(LINKS[n % 5], 0, 1.0, Outcome.ANSWERED, 0.01) for n in range(20)]
    poll = PollResult(RouterId("r"), NOON, PollOutcome.TIMEOUT)
    later = Moment(3.0, NOON)
    first = written(START, TABLE, Turn(Moment(2.0, NOON), probes), Turn(later, poll=poll))
    writer = RecordingWriter()
    writer.table(TABLE)
    return first + writer.turns([Turn(Moment(4.0, NOON), probes)])


def test_cut_off_anywhere_all_whole_frames_stand() -> None:
    data = sample()
    whole = plain(list(read(data)))
    ends = set(frame_ends(data))
    assert len(ends) == 4
    for end in range(len(data)):
        reader = RecordingReader()
        found = list(reader.feed(data[:end]))
        assert plain(found) == whole[: len(found)]
        if end in (len(HEADER), *ends):
            reader.end()
            continue
        with pytest.raises(RecordingError) as caught:
            reader.end()
        short = Damage.FOREIGN if end else Damage.EMPTY
        assert caught.value.damage is (Damage.CUT if end > len(HEADER) else short)


def test_any_changed_byte_is_noticed_or_changes_nothing() -> None:
    data = sample()
    whole = plain(list(read(data)))
    for at in range(len(data)):
        damaged = bytearray(data)
        damaged[at] ^= 0x5A
        try:
            found = plain(list(read(bytes(damaged))))
        except RecordingError:
            continue
        assert found == whole
        assert at in range(10, 12) or is_padding(data, at)


def frame_ends(data: bytes) -> Iterator[int]:
    at = len(HEADER)
    while at < len(data):
        at += 12 + struct.unpack_from("<I", data, at + 4)[0]
        yield at


def is_padding(data: bytes, at: int) -> bool:
    """Whether the byte is one of those that say nothing: between a frame's kind and its length."""
    return any(begin < at < begin + 4 for begin in (len(HEADER), *frame_ends(data)))


def error_of(data: bytes) -> RecordingError:
    with pytest.raises(RecordingError) as caught:
        list(read(data))
    return caught.value


def test_what_is_no_recording_is_told_apart() -> None:
    assert error_of(b"").damage is Damage.EMPTY
    assert error_of(b"version: 1\norganisation: x\n").damage is Damage.FOREIGN
    newer = error_of(MAGIC + struct.pack("<HH", 7, 0) + b"anything")
    assert str(newer) == (
        "written by a newer version of linkwatch: format 7, this one reads up to 1"
    )


def test_sizes_are_bounded_before_they_are_believed() -> None:
    long = HEADER + struct.pack("<BxxxII", FrameKind.TURNS, MOST_PACKED + 1, 0)
    assert error_of(long).damage is Damage.TOO_LARGE
    bomb = frame(FrameKind.START, bytes(MOST_UNPACKED + 1))
    assert len(bomb) < MOST_UNPACKED / 200
    assert error_of(HEADER + bomb).damage is Damage.TOO_LARGE


def packed(kind: int, payload: bytes) -> bytes:
    return struct.pack("<BxxxII", kind, len(payload), zlib.crc32(payload, kind)) + payload


HEAD = struct.Struct("<IIIIq")


@pytest.mark.parametrize(
    ("tail", "says"),
    [
        (packed(9, zlib.compress(b"")), "kind 9"),
        (packed(2, b"not zlib"), "not compressed data"),
        (packed(2, zlib.compress(b"x" * 99)[:-3]), "compressed data without its end"),
        (packed(2, zlib.compress(b"{}") + b"more"), "compressed data without its end"),
        (frame(FrameKind.TABLE, b"{}"), "no table"),
        (frame(FrameKind.TABLE, b"[" * 100_000), "no table"),
        (frame(FrameKind.START, b'{"at":"2021-05-15T00:00:00","version":""}'), "no certain time"),
        (
            frame(
                FrameKind.START,
                b'{"at":"2021-05-15T00:00:00Z","version":"","evidence":'
                b'[{"link":"a","kind":"peak","at":"2021-05-15T00:00:00","rate":1}]}',
            ),
            "a trace that cannot be",
        ),
        (frame(FrameKind.TURNS, b"short"), "no head"),
        (frame(FrameKind.TURNS, HEAD.pack(2**32 - 1, 0, 0, 0, 0)), "another length"),
        (frame(FrameKind.TURNS, HEAD.pack(0, 0, 0, 5, 0)), "another length"),
        (frame(FrameKind.TURNS, HEAD.pack(0, 0, 0, 2, 0) + b"[]"), "asides"),
        (frame(FrameKind.TURNS, HEAD.pack(0, 1, 0, 2, 0) + bytes(15) + b"{}"), "do not add up"),
    ],
)
def test_senseless_frames_are_refused(tail: bytes, says: str) -> None:
    error = error_of(written(START, TABLE) + tail)
    assert error.damage is Damage.SENSELESS
    assert says in str(error)


def body(at: int, offset: int, link: int = 0, outcome: int = 0, asides: bytes = b"{}") -> bytes:
    """One turn of one result."""
    turn = struct.pack("<IqII", 0, offset, 1, 0)
    result = struct.pack("<IHIBI", link, 0, 0, outcome, 1)
    return HEAD.pack(1, 1, 0, len(asides), at) + turn + result + asides


NOW = "1970-01-01T00:00:01Z"


def poll_of(turn: int, at: str, samples: str = "") -> bytes:
    poll = f'{{"router":"r","at":"{at}","outcome":"ok","samples":[{samples}]}}'
    return f'{{"polls":[[{turn},{poll}]]}}'.encode()


def sample_of(rate: str) -> str:
    totals = ("receive_bytes", "transmit_bytes", "receive_errors", "transmit_errors",
              "receive_discards", "transmit_discards", "line_rate")  # fmt: skip
    counted = ",".join(f'"{name}":1' for name in totals)
    return f'{{"link":"link-0","oper":"up",{counted},"receive_rate":{rate}}}'


def evidence_of(rate: str) -> bytes:
    trace = f'{{"link":"link-0","kind":"peak","at":"{NOW}","rate":{rate}}}'
    return f'{{"evidence":[[0,{trace}]]}}'.encode()


@pytest.mark.parametrize(
    ("turn", "says"),
    [
        (body(1000, 0, link=5), "a result of no link"),
        (body(1000, 0, outcome=5), "an unknown outcome"),
        (body(-1, 0), "a time that cannot be"),
        (body(1000, 2**62), "a time that cannot be"),
        (body(1000, -2000), "a time that cannot be"),
        (body(2**62, -(2**62)), "a time that cannot be"),
        (body(1000, 0, asides=poll_of(3, "1970-01-01T00:00:00Z")), "a poll of no turn"),
        (body(1000, 0, asides=poll_of(0, "1970-01-01T00:00:00")), "a poll that cannot be"),
        (body(1000, 0, asides=poll_of(0, "1969-12-31T23:59:59Z")), "a poll that cannot be"),
        (body(1000, 0, asides=poll_of(0, "9999-12-31T23:59:59Z")), "a poll that cannot be"),
        (body(1000, 0, asides=poll_of(0, NOW, sample_of("1e19"))), "cannot be"),
        (body(1000, 0, asides=poll_of(0, NOW, sample_of("NaN"))), "cannot be"),
        (body(1000, 0, asides=poll_of(0, NOW, sample_of("-1"))), "cannot be"),
        (body(1000, 0, asides=evidence_of("1" + "0" * 400)), "cannot be"),
    ],
)
def test_senseless_turns_are_refused(turn: bytes, says: str) -> None:
    error = error_of(written(START, TABLE) + frame(FrameKind.TURNS, turn))
    assert error.damage is Damage.SENSELESS
    assert says in str(error)


def test_turns_before_any_start_are_refused() -> None:
    assert "no start before it" in str(error_of(HEADER + frame(FrameKind.TURNS, body(1, 0))))
