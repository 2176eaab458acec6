"""What the heartbeat goes by: each part's own word, put together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from linkwatch.app.parts import InForce, Parts
from linkwatch.app.vitals import VitalSigns
from linkwatch.config import load
from linkwatch.config.settings import Config
from linkwatch.judge.health import Health, health
from linkwatch.model.ids import ChannelId, LinkId, RouterId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.measurement import PollOutcome, PollResult
from linkwatch.model.moment import Moment
from linkwatch.model.notification import Notification
from linkwatch.model.priority import Priority
from support.probing import FakeClock
from support.sending import message

SAMPLE = Path(__file__).parents[2] / "config" / "sites.yaml"


@pytest.fixture(scope="module")
def sample() -> Config:
    config = load(SAMPLE).config
    assert config is not None
    return config


@dataclass
class Body:
    """All the parts at once, each as a test says."""

    config: Config
    clock: FakeClock = field(default_factory=FakeClock)
    first_round_done: bool = True
    first_round_missing: tuple[LinkId, ...] = ()
    writable: bool = True
    late: float = 0.0
    deaf: int = 0
    is_mute: bool = False
    waiting: list[Notification] = field(default_factory=list)
    counts: dict[LinkId, int] = field(default_factory=dict)
    results: dict[RouterId, PollResult] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.in_force = InForce(self.config)
        self.counts = dict.fromkeys(self.config.inventory.links, 0)
        self.channels = self
        self.probes = self.checks = self.writer = self.metrics = self.engine = self.dispatcher = (
            self
        )
        self.signs = VitalSigns(cast("Parts", self), lambda: True)
        self.poll(*self.config.inventory.routers)

    def ended(self) -> Iterator[tuple[LinkId, int]]:
        yield from self.counts.items()

    def lag(self) -> float:
        return self.late

    def unheard(self, now: Moment) -> int:
        assert now == self.clock.now()
        return self.deaf

    def polls(self) -> Mapping[RouterId, PollResult]:
        return self.results

    def poll(self, *routers: RouterId, outcome: PollOutcome = PollOutcome.OK) -> None:
        at = self.clock.now().wall
        self.results |= {router: PollResult(router, at, outcome) for router in routers}

    def probe(self, *links: LinkId) -> None:
        self.counts |= {link: self.counts[link] + 1 for link in links}

    def minutes(self, count: int, *, without: LinkId | None = None) -> list[Health]:
        """A look a minute, all links but one probed in between, and all routers polled."""
        found = []
        for _ in range(count):
            self.clock.monotonic += 60
            self.probe(*(link for link in self.counts if link != without))
            self.poll(*self.config.inventory.routers)
            found.append(health(self.signs()))
        return found


def test_a_province_at_work_is_well(sample: Config) -> None:
    assert set(Body(sample).minutes(10)) == {Health.WELL}


def test_one_link_that_is_asked_no_more_is_missed(sample: Config) -> None:
    body = Body(sample)
    assert set(body.minutes(2)) == {Health.WELL}
    left_out = next(iter(body.counts))
    assert body.minutes(5, without=left_out)[-1] is Health.UNPROBED
    assert body.minutes(1) == [Health.WELL]


def test_one_that_is_asked_seldom_is_given_its_time(sample: Config) -> None:
    name, link = next(iter(sample.inventory.links.items()))
    slow = replace(link, probing=replace(link.probing, interval=300.0))
    links = {**sample.inventory.links, name: slow}
    body = Body(replace(sample, inventory=replace(sample.inventory, links=links)))
    found = body.minutes(1)
    for _ in range(6):
        found += body.minutes(4, without=name)
        found += body.minutes(1)
    assert set(found) == {Health.WELL}


def test_polls_that_stop_are_missed_and_those_that_fail_here_count(sample: Config) -> None:
    body = Body(sample)
    body.minutes(2)
    for _ in range(5):
        body.clock.monotonic += 60
        body.probe(*body.counts)
        last = health(body.signs())
    assert last is Health.POLLS
    assert body.minutes(1) == [Health.WELL]
    routers = list(sample.inventory.routers)
    body.poll(*routers, outcome=PollOutcome.TIMEOUT)
    assert health(body.signs()) is Health.WELL
    body.poll(*routers[: len(routers) // 2], outcome=PollOutcome.LOCAL_FAILURE)
    assert health(body.signs()) is Health.POLLS


@pytest.mark.parametrize(
    ("priority", "age", "found"),
    [
        (Priority.P1, 299, Health.WELL),
        (Priority.P2, 301, Health.OUTBOX),
        (Priority.P3, 3599, Health.WELL),
        (Priority.P3, 3601, Health.OUTBOX),
    ],
)
def test_messages_that_wait_for_long(
    sample: Config, priority: Priority, age: float, found: Health
) -> None:
    body = Body(sample)
    made = body.clock.now().wall - timedelta(seconds=age)
    old = replace(message(ChannelId("hook")), priority=priority, created_at=made)
    body.waiting = [old]
    assert health(body.signs()) is found
    body.waiting = [replace(old, event=IncidentEvent.TEST)]
    assert health(body.signs()) is Health.WELL


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"first_round_done": False}, Health.STARTING),
        ({"first_round_missing": (LinkId("x"),)}, Health.STARTING),
        ({"late": 5.0}, Health.LATE),
        ({"writable": False}, Health.STORE),
        ({"deaf": 64}, Health.BLIND),
        ({"is_mute": True}, Health.MUTE),
    ],
)
def test_what_the_parts_say_counts(sample: Config, changes: dict[str, Any], found: Health) -> None:
    body = Body(sample)
    for name, value in changes.items():
        setattr(body, name, value)
    assert health(body.signs()) is found
