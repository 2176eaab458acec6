"""What is kept of a way: learnt while its link is well, forgotten when it is another."""

from ipaddress import IPv4Address

from linkwatch.model.ids import LinkId
from linkwatch.model.path import Hop, Trace, TraceNow
from linkwatch.path.baseline import SETTLED, Baseline, learn
from linkwatch.path.book import PathBook
from linkwatch.path.tally import MOST_ROUTERS, Tally, router

A, B = LinkId("a"), LinkId("b")
TARGET = "10.9.9.9"
G, C, D = "10.0.0.1", "10.0.0.2", "10.0.0.3"


def heard(*names: str, asked: int = 3, told: int = 3, soonest: float = 0.01) -> Hop:
    return Hop(asked, expired=told, routers=names, soonest=soonest)


def end(soonest: float = 0.02) -> Hop:
    return Hop(3, arrived=3, soonest=soonest)


def trace(*hops: Hop, link: LinkId = A, at: float = 10.0, ours: bool = False) -> Trace:
    return Trace(TraceNow(link, 0, len(hops)), TARGET, at, at + 1, hops, ours)


def learnt(*traces: Trace) -> Baseline:
    known = None
    for one in traces:
        known = learn(known, one)
    assert known is not None
    return known


def test_a_way_is_settled_once_it_was_asked_often_enough() -> None:
    one = trace(heard(G), heard(C), end())
    assert not learnt(one).is_settled
    known = learnt(one, one)
    assert known.is_settled
    assert known.hops[-1].asked == SETTLED
    assert known.distance == 3


def test_reliability_is_what_was_seen_and_never_certain() -> None:
    half = trace(heard(G, asked=4, told=2), heard(C), end())
    known = learnt(half, half, half)
    assert known.hops[0].reliability == 7 / 14
    assert known.hops[1].reliability == 10 / 11


def test_old_pings_weigh_less_so_that_a_router_that_falls_silent_is_known_to_be() -> None:
    tells, mute = trace(heard(G), heard(C), end()), trace(heard(G), Hop(3), end())
    known = learnt(*[tells] * 30, *[mute] * 30)
    assert known.hops[1].reliability < 0.2
    assert known.hops[1].routers == (C,)


def test_routers_beside_each_other_are_kept_newest_first_and_only_so_many() -> None:
    names = [f"10.0.1.{n}" for n in range(MOST_ROUTERS + 3)]
    known = learnt(*(trace(heard(G), heard(name), end()) for name in names))
    assert known.hops[1].routers == tuple(reversed(names))[:MOST_ROUTERS]


def test_what_is_usual_follows_slowly() -> None:
    quick = trace(heard(G, soonest=0.01), end())
    slow = trace(heard(G, soonest=0.11), end())
    first, second = learnt(quick), learnt(quick, slow)
    assert first.hops[0].soonest == 0.01
    assert second.hops[0].soonest is not None
    assert 0.01 < second.hops[0].soonest < 0.06


def test_a_way_that_is_missed_once_is_still_known_and_twice_is_not() -> None:
    reached, missed = trace(heard(G), heard(C), end()), trace(heard(G), heard(C), Hop(3))
    known = learnt(*[reached] * 4)
    once = learn(known, missed)
    assert once is not None
    assert (once.hops, once.missed) == (known.hops, True)
    assert learn(once, missed) is None
    again = learn(once, reached)
    assert again is not None
    assert not again.missed
    assert learn(None, missed) is None


def test_another_length_is_another_way() -> None:
    known = learnt(*[trace(heard(G), heard(C), end())] * 4)
    shorter = learn(known, trace(heard(G), end()))
    assert shorter is not None
    assert (shorter.distance, shorter.is_settled) == (2, False)


def test_our_own_trouble_and_rounds_teach_nothing() -> None:
    known = learnt(trace(heard(G), heard(C), end()))
    assert learn(known, trace(heard(G), heard(C), Hop(3), ours=True)) is known
    assert learn(known, trace(heard(G), heard(G), end())) is known


def test_a_router_is_known_to_be_the_same_on_every_links_way() -> None:
    book = PathBook()
    book.learn(trace(heard(G), heard(C), end()))
    book.learn(trace(heard(G), heard(D), end(), link=B, at=20.0))
    assert list(book.passing(G)) == [B, A]
    assert book.heard_at(G) == 20.0
    book.learn(trace(heard(G), heard(C), end(), at=30.0))
    assert list(book.passing(G)) == [A, B]
    book.forget(A)
    assert list(book.passing(G)) == [B]
    assert book.known(A) is None
    assert list(book.passing(C)) == []
    assert book.heard_at(C) == float("-inf")
    assert list(book) == [B]


def test_what_is_heard_of_strangers_is_not_kept() -> None:
    book = PathBook()
    book.learn(trace(heard(G), end()))
    book.hear(trace(heard("10.66.0.1"), Hop(3), at=50.0))
    assert book.heard_at("10.66.0.1") == float("-inf")


def test_link_local_routers_are_not_the_same_on_two_ways() -> None:
    book = PathBook()
    book.learn(trace(heard("fe80::1"), end()))
    assert list(book.passing("fe80::1")) == []


def test_a_name_that_could_be_no_routers_is_an_answer_of_nobodys() -> None:
    assert router(G, TARGET) == G
    nowhere = str(IPv4Address(0))
    for name in (None, "", "10.0.0.1\x1b[2J", "224.0.0.1", nowhere, "2001:2::1", "x" * 300):
        assert router(name, TARGET) is None
    assert router("FE80::1%eth0", "2001:db8::1") == "fe80::1"


def test_a_tally_counts_by_hop_and_ends_where_the_target_is_reached() -> None:
    tally = Tally(TraceNow(A, 0, 4), TARGET, 10.0)
    tally.asked([1, 2, 3, 4])
    tally.asked([1, 2, 3, 4])
    tally.expired(1, G, 0.003)
    tally.expired(1, G, 0.001)
    tally.expired(2, "nonsense", None)
    tally.refused(2, C, -1.0)
    assert tally.silent(3)
    assert tally.outstanding([3])
    tally.arrived(3, 0.02)
    tally.arrived(4, 0.02)
    assert not tally.outstanding([1, 2])
    made = tally.trace(11.0)
    assert made.hops == (
        Hop(2, expired=2, routers=(G,), soonest=0.001),
        Hop(2, expired=1, refused=1, refusing=(C,)),
        Hop(2, arrived=1, soonest=0.02),
    )
    assert made.distance == 3
    assert not made.is_ours


def test_what_could_not_be_sent_is_our_trouble_and_not_asked() -> None:
    tally = Tally(TraceNow(A, 0, 2), TARGET, 10.0)
    tally.asked([1, 2])
    tally.failed(2)
    made = tally.trace(11.0)
    assert made.is_ours
    assert [hop.asked for hop in made.hops] == [1, 0]


def test_a_flood_of_routers_is_not_remembered() -> None:
    tally = Tally(TraceNow(A, 0, 1), TARGET, 10.0)
    tally.asked([1])
    for number in range(100):
        tally.expired(1, f"10.0.2.{number}", None)
    assert len(tally.trace(11.0).hops[0].routers) == MOST_ROUTERS
