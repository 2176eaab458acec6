"""Pacing per address and in all."""

from linkwatch.timing.pace import Pacer, TokenBucket


def test_probes_to_one_address_are_spaced() -> None:
    pacer = Pacer()
    slots = [pacer.reserve("a", 10.0, 5.0) for _ in range(3)]
    assert [round(slot, 6) for slot in slots] == [10.0, 10.2, 10.4]
    assert pacer.reserve("b", 10.0, 5.0) == 10.0
    assert pacer.reserve("a", 20.0, 5.0) == 20.0


def test_an_address_that_is_no_longer_probed_is_forgotten() -> None:
    pacer = Pacer()
    pacer.reserve("a", 10.0, 0.01)
    pacer.reserve("b", 10.0, 0.01)
    pacer.keep_only({"b"})
    assert pacer.reserve("a", 10.0, 5.0) == 10.0
    assert pacer.reserve("b", 10.0, 5.0) > 10.0


def test_the_bucket_gives_its_capacity_at_once_and_its_rate_in_the_long_run() -> None:
    bucket = TokenBucket(rate=10, capacity=3)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.take(0.05) is False
    assert bucket.take(0.1001) is True
    assert sum(bucket.take(0.1001 + i / 100) for i in range(1, 1001)) == 100
    assert sum(bucket.take(1e6) for _ in range(10)) == 3
