"""Pacing per address and in all."""

from linkwatch.timing.pace import Pace, TokenBucket


def test_probes_to_one_address_are_spaced() -> None:
    pace = Pace()
    slots = [pace.reserve(10.0, 0.2) for _ in range(3)]
    assert [round(slot, 6) for slot in slots] == [10.0, 10.2, 10.4]
    assert round(pace.free_at, 6) == 10.6
    assert pace.reserve(20.0, 0.2) == 20.0


def test_who_asks_more_rarely_keeps_the_address_free_for_longer() -> None:
    pace = Pace()
    assert pace.reserve(10.0, 1.0) == 10.0
    assert pace.reserve(10.1, 0.2) == 11.0
    assert pace.reserve(10.2, 0.2) == 11.2


def test_the_bucket_gives_its_capacity_at_once_and_its_rate_in_the_long_run() -> None:
    bucket = TokenBucket(rate=10, capacity=3)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.take(0.05) is False
    assert bucket.take(0.1001) is True
    assert sum(bucket.take(0.1001 + i / 100) for i in range(1, 1001)) == 100
    assert sum(bucket.take(1e6) for _ in range(10)) == 3
