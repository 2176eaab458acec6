"""Names and their last known addresses, on a clock the test drives."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from linkwatch.runtime.address_book import AddressBook, Name
from linkwatch.wire.icmp import IpVersion
from support.probing import FakeClock, FakeResolver

V4, V6 = IpVersion.V4, IpVersion.V6
HN, HUE = "hn.example", "hue.example"


def play(
    names: Sequence[Name],
    resolver: FakeResolver,
    scenario: Callable[[AddressBook, FakeClock], Awaitable[None]],
) -> None:
    async def run() -> None:
        clock = FakeClock()
        book = AddressBook(clock, resolver, names)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(book.run())
            await scenario(book, clock)
            running.cancel()

    asyncio.run(asyncio.wait_for(run(), 10))


def test_an_address_is_its_own() -> None:
    book = AddressBook(FakeClock(), FakeResolver(), ())
    assert book.address("127.0.0.2", None) == "127.0.0.2"
    assert book.address("::2", V4) == "::2"
    with pytest.raises(KeyError):
        book.address(HN, None)


def test_a_failed_look_up_takes_no_address_away() -> None:
    resolver = FakeResolver(hn=["127.0.0.2"])

    async def scenario(book: AddressBook, clock: FakeClock) -> None:
        await clock.advance(1.0)
        resolver.names.clear()
        await clock.advance(130.0)
        assert len(resolver.asked) == 3
        assert book.address(HN, None) == "127.0.0.2"

    play([Name(HN)], resolver, scenario)


def test_a_name_without_address_is_asked_for_more_often() -> None:
    resolver = FakeResolver()

    async def scenario(book: AddressBook, clock: FakeClock) -> None:
        await clock.advance(21.0)
        assert len(resolver.asked) == 5
        assert book.address(HN, None) is None
        resolver.names[HN] = ["127.0.0.2"]
        await clock.advance(5.0)
        assert book.address(HN, None) == "127.0.0.2"

    play([Name(HN)], resolver, scenario)


def test_each_source_gets_an_address_of_its_version_where_there_is_one() -> None:
    resolver = FakeResolver(hn=["127.0.0.2", "::2", "::3"], hue=["127.0.0.4"])

    async def scenario(book: AddressBook, clock: FakeClock) -> None:
        await clock.advance(1.0)
        assert [book.address(HN, wish) for wish in (None, V4, V6)] == [
            "127.0.0.2",
            "127.0.0.2",
            "::2",
        ]
        assert sorted(resolver.asked) == [HN, HUE]
        # It has to do, until there is a better one.
        assert book.address(HUE, V6) == "127.0.0.4"
        resolver.names = {HN: ["127.0.0.5", "::3", "::2"], HUE: ["127.0.0.4", "::4"]}
        await clock.advance(60.0)
        assert book.address(HUE, V6) == "::4"
        assert [book.address(HN, wish) for wish in (V4, V6)] == ["127.0.0.5", "::2"]

    play([Name(HN), Name(HN, V4), Name(HN, V6), Name(HUE, V6)], resolver, scenario)


def test_a_new_set_of_names_is_looked_up_before_it_counts() -> None:
    resolver = FakeResolver(hn=["127.0.0.2"], hue=["127.0.0.3"])

    async def scenario(book: AddressBook, clock: FakeClock) -> None:
        await clock.advance(1.0)
        commit = await book.prepare([Name(HUE)])
        assert book.address(HN, None) == "127.0.0.2"
        commit()
        assert book.address(HUE, None) == "127.0.0.3"
        with pytest.raises(KeyError):
            book.address(HN, None)
        await clock.advance(60.0)
        assert resolver.asked == [HN, HUE, HUE]

    play([Name(HN)], resolver, scenario)
