"""True traffic, an agent that counts it, and what the reader makes of the counters.

The agent may refresh its counters late, wrap them, begin anew or clear them without a word; the
reader may be late. Whatever comes of it: no rate that the line does not allow, and where the
readings tell it, the rates add up to exactly what was counted.
"""

from dataclasses import dataclass, replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from linkwatch.model.measurement import Discard, OperStatus
from linkwatch.wire.counters import LAZIEST, Rates, Reckoning, TimedReading, reckon
from linkwatch.wire.ifmib import InterfaceReading, Width

MAX_GAP = 150.0
UPTIME_MODULUS = 2**32
TICKS = 100


@dataclass(frozen=True)
class Totals:
    """Octets received and transmitted, as whole numbers that never wrap."""

    receive: int = 0
    transmit: int = 0

    def plus(self, receive: int, transmit: int) -> "Totals":
        return Totals(self.receive + receive, self.transmit + transmit)

    def minus(self, other: "Totals") -> tuple[int, int]:
        return self.receive - other.receive, self.transmit - other.transmit


class Agent:
    """Counts what the line carries, and shows it as of its last refresh. Times in 1/100 s."""

    def __init__(self, line: int, width: Width, refresh: int, first: Totals, uptime: int) -> None:
        self.line, self.width, self.refresh = line, width, refresh
        self.counted = self.shown = first
        self.uptime = uptime
        self.discontinuity = 0
        self.to_refresh = refresh

    def live(self, ticks: int, receive: float, transmit: float) -> None:
        """Carry traffic at these shares of the line rate."""
        while ticks:
            step = min(ticks, self.to_refresh) if self.refresh else ticks
            room = self.line * step // (8 * TICKS)
            self.counted = self.counted.plus(int(receive * room), int(transmit * room))
            self.uptime += step
            ticks -= step
            self.to_refresh -= step
            if self.to_refresh <= 0:
                self.shown, self.to_refresh = self.counted, self.refresh

    def clear(self) -> None:
        self.counted = self.shown = Totals()

    def restart(self) -> None:
        self.clear()
        self.uptime, self.discontinuity = 0, 0

    def reading(self) -> InterfaceReading:
        return InterfaceReading(
            index=3,
            uptime=self.uptime % UPTIME_MODULUS,
            name="Gi0/0",
            alias=None,
            oper=OperStatus.UP,
            width=self.width,
            receive_bytes=self.shown.receive % 2**self.width,
            transmit_bytes=self.shown.transmit % 2**self.width,
            receive_errors=0,
            transmit_errors=0,
            receive_discards=0,
            transmit_discards=0,
            line_rate=self.line,
            discontinuity=self.discontinuity,
        )


shares = st.sampled_from([0.0, 1.0]) | st.floats(0, 1)
octets = st.integers(0, 2**64 - 1) | st.sampled_from([0, 2**32 - 1_000, 2**64 - 1_000])


class Watched(RuleBasedStateMachine):
    """One interface of one agent, polled."""

    @initialize(
        line=st.sampled_from([2_000_000, 100_000_000, 1_000_000_000]),
        width=st.sampled_from(Width),
        refresh=st.sampled_from([0, 0, 500, 1_500, 2_500, LAZIEST]),
        first=st.builds(Totals, octets, octets),
        uptime=st.sampled_from([0, 500_000, UPTIME_MODULUS - 2_000]),
    )
    def begin(self, line: int, width: Width, refresh: int, first: Totals, uptime: int) -> None:
        self.agent = Agent(line, width, refresh, first, uptime)
        self.now = 1_000.0
        self.kept: Reckoning | None = None
        self.said: Rates | Discard | None = None
        self.seen = self.base = self.agent.shown
        self.is_known = True
        """Whether the readings tell what was counted since the last rates."""
        self.seams = 0
        """Restarts and clearings since the reading before."""
        self.seen_since = self.now
        """When a reading first showed the counters as they were last seen."""

    @rule(ticks=st.integers(1, 3_500), receive=shares, transmit=shares)
    def carry(self, ticks: int, receive: float, transmit: float) -> None:
        self.agent.live(ticks, receive, transmit)
        self.now += ticks / TICKS

    @rule(beats=st.integers(1, 8), every=st.sampled_from([1_000, 3_000]), share=shares)
    def poll_steadily(self, beats: int, every: int, share: float) -> None:
        for _ in range(beats):
            self.carry(every, share, share / 2)
            self.poll(0.0)

    @rule(late=st.floats(0, 4))
    def poll(self, late: float) -> None:
        """The answer may be on its way for a while."""
        reading = self.agent.reading()
        before = self.said
        self.kept, self.said = reckon(self.kept, TimedReading(self.now + late, reading), MAX_GAP)
        step = self.agent.shown.minus(self.seen)
        if max(step) >= 2**reading.width or self.seams:
            self.is_known = False
        stood = self.now - self.seen_since
        is_break = isinstance(self.said, Discard) and not self.said.is_pending
        if max(step) or is_break:
            self.seen_since = self.now
        self.seen = self.agent.shown
        if isinstance(self.said, Rates):
            self.check_rates(self.said)
            assert not max(step) or self.agent.line / 8 * stood < 2**reading.width
        elif self.said is Discard.ABOVE_LINE_RATE and isinstance(before, Rates):
            # By then it is known how old an honest agent's counters can be.
            assert self.seams or not self.is_known
        if isinstance(self.said, Rates) or is_break:
            self.base, self.is_known = self.agent.shown, True
        self.seams = 0

    def check_rates(self, rates: Rates) -> None:
        assert rates.span > 0
        for rate in (rates.receive, rates.transmit):
            assert 0 <= rate <= self.agent.line
        if self.is_known:
            # The agent cuts its time to ticks: one tick of the line may be cut off with it.
            room = self.agent.line / 8 / TICKS + 1
            received, transmitted = self.agent.shown.minus(self.base)
            assert abs(rates.receive * rates.span / 8 - received) <= room
            assert abs(rates.transmit * rates.span / 8 - transmitted) <= room

    @rule()
    def restart(self) -> None:
        self.agent.restart()
        self.seams += 1

    @rule()
    def clear_without_a_word(self) -> None:
        self.agent.clear()
        self.seams += 1

    @rule()
    def clear_and_say_so(self) -> None:
        self.agent.clear()
        self.agent.discontinuity = self.agent.uptime % UPTIME_MODULUS
        self.seams += 1

    @rule(seconds=st.integers(151, 4_000), share=shares)
    def nobody_asks(self, seconds: int, share: float) -> None:
        self.carry(seconds * TICKS, share, share)

    @precondition(lambda self: self.seams == 0)
    @rule()
    def asking_twice_at_once_says_nothing(self) -> None:
        self.poll(0.0)
        again = replace(self.agent.reading())
        _, said = reckon(self.kept, TimedReading(self.now, again), MAX_GAP)
        assert said in (Discard.CLOCK, Discard.SHORT)

    @invariant()
    def what_is_kept_is_bounded(self) -> None:
        if self.kept is not None:
            assert 0 <= self.kept.slack <= LAZIEST
            assert self.kept.received < 2**65
            assert self.kept.transmitted < 2**65


Watched.TestCase.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
TestWatched = Watched.TestCase
