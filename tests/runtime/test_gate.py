"""How much a channel is asked for."""

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome
from linkwatch.runtime.gate import MINUTE, Gate, Gates
from linkwatch.timing.breaker import BreakerPolicy

HOOK, SMS = ChannelId("hook"), ChannelId("sms")
FAILED = Delivery(DeliveryOutcome.FAILED, "HTTP 503")


def passed(gate: Gate, now: float, *, urgent: bool) -> bool:
    if gate.wait(now, urgent=urgent) > 0:
        return False
    gate.start(now)
    return True


def test_without_a_limit_there_is_none() -> None:
    gate = Gate(BreakerPolicy(), None)
    assert all(passed(gate, 0.0, urgent=False) for _ in range(10_000))


@given(
    st.integers(1, 200),
    st.lists(st.tuples(st.floats(0, 30), st.integers(0, 60), st.booleans()), max_size=40),
)
def test_no_minute_sees_more_than_the_limit(
    limit: int, bursts: list[tuple[float, int, bool]]
) -> None:
    gate, now, starts = Gate(BreakerPolicy(), limit), 0.0, list[float]()
    for later, count, urgent in bursts:
        now += later
        starts += [now for _ in range(count) if passed(gate, now, urgent=urgent)]
    for start in starts:
        assert sum(start <= other < start + MINUTE for other in starts) <= limit


def test_a_share_is_left_for_urgent_ones() -> None:
    gate = Gate(BreakerPolicy(), 40)
    assert sum(passed(gate, 0.0, urgent=False) for _ in range(40)) == 5
    assert sum(passed(gate, 0.0, urgent=True) for _ in range(40)) == 5
    wait = gate.wait(0.0, urgent=True)
    assert not passed(gate, wait * 0.9, urgent=True)
    assert passed(gate, wait * 1.01, urgent=True)


def test_a_limit_of_one_lets_everything_through_in_time() -> None:
    gate = Gate(BreakerPolicy(), 1)
    assert [passed(gate, second, urgent=False) for second in (0.0, 30.0, 60.1)] == [
        True, False, True
    ]  # fmt: skip


def test_what_fails_is_told_and_logged_when_it_changes() -> None:
    told: list[tuple[ChannelId, bool]] = []
    gates = Gates({}, lambda channel, failed: told.append((channel, failed)), BreakerPolicy(2))
    with capture_logs() as logs:
        for channel, delivery in (
            (HOOK, FAILED),
            (HOOK, FAILED),
            (HOOK, FAILED),
            (SMS, FAILED),
            (HOOK, Delivery(DeliveryOutcome.REFUSED, "HTTP 400")),
            (SMS, FAILED),
        ):
            gates.end(channel, delivery, 0.0)
        assert gates.failed == {SMS}
        gates.reset({SMS: 1})
    assert told == [(HOOK, True), (HOOK, False), (SMS, True), (SMS, False)]
    assert [(line["event"], line["channel"]) for line in logs] == [
        ("channel failed", HOOK),
        ("channel works again", HOOK),
        ("channel failed", SMS),
    ]
    assert logs[0]["detail"] == "HTTP 503"
    assert not gates.failed
    assert passed(gates.of(SMS), 0.0, urgent=False)
    assert not passed(gates.of(SMS), 0.0, urgent=False)
