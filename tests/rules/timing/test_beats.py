"""When a call that does not come is lost."""

from linkwatch.timing.beats import ExpectedBeats


def test_calls_in_time_are_never_lost() -> None:
    beats = ExpectedBeats(60.0, 5.0, since=0.0)
    for n in range(1, 50):
        at = 60.0 * n + (4.9 if n % 2 else 0.0)
        assert beats.missed(at) == []
        assert beats.hear(at)


def test_a_call_is_lost_after_the_grace_at_the_time_it_was_due_and_told_once() -> None:
    beats = ExpectedBeats(60.0, 5.0, since=0.0)
    assert beats.hear(10.0)
    assert beats.missed(75.0) == []
    assert beats.missed(75.1) == [70.0]
    assert beats.missed(80.0) == []
    assert beats.missed(200.0) == [130.0, 190.0]


def test_after_a_silence_the_callers_own_pace_counts_anew() -> None:
    beats = ExpectedBeats(60.0, 5.0, since=0.0)
    assert beats.missed(100.0) == [60.0]
    assert beats.hear(100.0)
    assert beats.missed(165.0) == []
    assert beats.missed(165.1) == [160.0]


def test_a_call_repeated_at_once_counts_once() -> None:
    beats = ExpectedBeats(60.0, 5.0, since=0.0)
    assert [beats.hear(at) for at in (10.0, 10.1, 39.9, 40.0)] == [True, False, False, True]


def test_what_we_could_not_hear_is_not_lost() -> None:
    beats = ExpectedBeats(60.0, 5.0, since=0.0)
    beats.excuse(500.0)
    assert beats.missed(565.0) == []
    assert beats.missed(565.1) == [560.0]
