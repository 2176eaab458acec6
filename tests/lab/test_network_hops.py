"""Routers on the way: where a request ends that may not go all the way."""

from collections import Counter
from collections.abc import Sequence
from ipaddress import ip_address
from random import Random

from linkwatch.lab.network_fate import LOST, Fate, Outcome
from linkwatch.lab.network_hops import Passage, Routers
from linkwatch.lab.network_model import ErrorKind, Hop

MS, S = 1_000_000, 1_000_000_000
G, C, D, E = (ip_address(f"10.98.0.{number}") for number in range(1, 5))
WAY = (Hop((G,), 1 * MS), Hop(), Hop((C,), 2 * MS), Hop((E,), 3 * MS))


def passage(routers: Routers | None = None, seed: int = 1) -> Passage:
    return Passage(routers or Routers(), Random(seed))  # noqa: S311  no secret hangs on it


def told_by(fate: Fate | int) -> tuple[str, ErrorKind, int]:
    assert isinstance(fate, Fate)
    assert fate.refusal is not None
    return str(fate.refusal.reporter), fate.refusal.kind, fate.delay


def reporters(hops: Sequence[Hop], ttl: int, count: int, every: int = MS) -> Counter[str]:
    way = passage()
    fates = [way.of(hops, ttl, number * every) for number in range(count)]
    return Counter(
        str(fate.refusal.reporter) if isinstance(fate, Fate) and fate.refusal else "nobody"
        for fate in fates
    )


def test_a_request_ends_where_it_may_go_no_further_and_passes_where_it_may() -> None:
    way = passage()
    assert told_by(way.of(WAY, 1, 0)) == (str(G), ErrorKind.TTL_EXCEEDED, 1 * MS)
    silent = way.of(WAY, 2, 0)
    assert isinstance(silent, Fate)
    assert silent.outcome is Outcome.EXPIRED
    assert told_by(way.of(WAY, 3, 0)) == (str(C), ErrorKind.TTL_EXCEEDED, 3 * MS)
    assert told_by(way.of(WAY, 4, 0)) == (str(E), ErrorKind.TTL_EXCEEDED, 6 * MS)
    assert way.of(WAY, 5, 0) == way.of(WAY, 64, 0) == 6 * MS
    assert way.of((), 1, 0) == 0


def test_a_dead_leg_lets_nothing_past_and_what_is_before_it_still_tells() -> None:
    dead = (WAY[0], Hop((C,), loss=1.0), WAY[3])
    way = passage()
    assert told_by(way.of(dead, 1, 0))[0] == str(G)
    assert way.of(dead, 2, 0) == way.of(dead, 3, 0) == way.of(dead, 64, 0) == LOST


def test_one_that_refuses_says_so_of_all_that_would_go_on() -> None:
    barred = (WAY[0], Hop((C,), refuses=ErrorKind.ADMIN_PROHIBITED), WAY[3])
    way = passage()
    for ttl in (2, 3, 64):
        assert told_by(way.of(barred, ttl, 0))[:2] == (str(C), ErrorKind.ADMIN_PROHIBITED)


def test_routers_beside_each_other_tell_alike() -> None:
    counts = reporters((Hop((C, D)),), 1, 2000)
    assert set(counts) == {str(C), str(D)}
    assert 850 < counts[str(C)] < 1150


def test_a_share_is_told_of_and_the_rest_is_not() -> None:
    counts = reporters((Hop((C,), answers=0.3),), 1, 2000)
    assert 500 < counts[str(C)] < 700


def test_a_router_tells_of_so_many_a_second_for_whomever() -> None:
    limited = (Hop((C,), per_second=5.0),)
    routers = Routers()
    ways = [passage(routers, seed) for seed in range(10)]
    told = sum(
        isinstance(fate, Fate) and fate.refusal is not None
        for tick in range(100)
        for fate in (way.of(limited, 1, tick * S // 10) for way in ways)
    )
    # Ten seconds at five, and the five that it has at the start.
    assert 50 <= told <= 55
