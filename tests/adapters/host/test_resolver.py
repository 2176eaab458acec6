"""Names by the host's own resolver, within a bounded time."""

import asyncio
import threading

import icmplib
import pytest

from linkwatch.host.resolver import SystemResolver


def resolve(name: str, timeout: float = 5.0) -> tuple[str, ...]:
    async def ask() -> tuple[str, ...]:
        return tuple(await SystemResolver(timeout).resolve(name))

    return asyncio.run(ask())


def test_a_name_of_the_hosts_file_is_found() -> None:
    assert resolve("localhost")[0] in ("127.0.0.1", "::1")


@pytest.mark.parametrize("name", ["two..dots", "x" * 70 + ".example"])
def test_what_can_be_no_name_has_no_address(name: str) -> None:
    assert resolve(name) == ()


def test_an_unknown_name_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> list[str]:
        raise icmplib.NameLookupError(name)

    monkeypatch.setattr(icmplib, "resolve", unknown)
    assert resolve("hn.example") == ()


def test_a_dead_name_server_holds_up_neither_the_answer_nor_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release = threading.Event()

    def hang(_name: str) -> list[str]:
        release.wait(30)
        return ["127.0.0.1"]

    monkeypatch.setattr(icmplib, "resolve", hang)
    try:
        assert resolve("hn.example", timeout=0.05) == ()
        stuck = [t for t in threading.enumerate() if t.name == "resolve hn.example"]
        assert [thread.daemon for thread in stuck] == [True]
    finally:
        release.set()
    for thread in stuck:
        thread.join(5)
        assert not thread.is_alive()
