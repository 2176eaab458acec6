"""The port `Notifier`: one suite over every channel that has a peer, and a fake."""

import asyncio
import gc
from collections.abc import Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from linkwatch.config.settings import Channel, LogChannel, UnservedChannel, WebhookChannel
from linkwatch.config.unused import SERVED_CHANNELS
from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome
from linkwatch.model.secret import SecretRef, SecretSource
from linkwatch.notify.factory import build, build_all
from support.peers import NAME, PEERS, SECRET, Peer
from support.sending import around, message, sent

MESSAGE = message(NAME)


@pytest.fixture(params=list(PEERS))
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    """Each kind of channel."""
    with PEERS[request.param]() as one:
        yield one


def outcomes(deliveries: list[Delivery]) -> list[DeliveryOutcome]:
    return [delivery.outcome for delivery in deliveries]


def test_every_channel_that_is_served_is_in_the_suite() -> None:
    # The log has no peer; it has a test of its own below.
    assert PEERS.keys() - {"fake"} == SERVED_CHANNELS - {"log"}


def test_it_bears_the_id_of_its_channel(peer: Peer) -> None:
    notifier = peer.notifier()
    assert notifier.id == NAME
    asyncio.run(notifier.close())


def test_it_accepts_and_accepts_again(peer: Peer) -> None:
    deliveries = sent(peer.notifier(), MESSAGE, MESSAGE, replace(MESSAGE, key="k2"))

    assert outcomes(deliveries) == [DeliveryOutcome.ACCEPTED] * 3
    assert peer.took() == 3


def test_it_serves_several_at_once(peer: Peer) -> None:
    async def send_all() -> list[Delivery]:
        notifier = peer.notifier()
        try:
            return await asyncio.gather(
                *(notifier.send(replace(MESSAGE, key=f"k{n}")) for n in range(20))
            )
        finally:
            await notifier.close()

    assert set(outcomes(asyncio.run(send_all()))) == {DeliveryOutcome.ACCEPTED}
    assert peer.took() == 20


def test_it_says_that_a_message_is_refused(peer: Peer) -> None:
    peer.refuse()
    [delivery] = sent(peer.notifier(), MESSAGE)

    assert delivery.outcome is DeliveryOutcome.REFUSED
    assert delivery.detail


def test_it_says_that_a_message_is_to_come_again(peer: Peer) -> None:
    peer.defer()
    [delivery] = sent(peer.notifier(), MESSAGE)

    assert delivery.outcome is DeliveryOutcome.DEFERRED
    assert delivery.detail


def test_silence_ends_within_its_time_and_leaves_a_doubt(peer: Peer) -> None:
    peer.hang()
    [delivery] = sent(peer.notifier(timeout=0.3), MESSAGE)

    assert delivery.outcome is DeliveryOutcome.IN_DOUBT
    assert delivery.detail


def test_nobody_there_is_a_failure_without_a_doubt(peer: Peer) -> None:
    peer.vanish()
    [delivery] = sent(peer.notifier(), MESSAGE)

    assert delivery.outcome is DeliveryOutcome.FAILED
    assert delivery.detail


def test_it_may_be_closed_twice_and_leaves_nothing_open(peer: Peer) -> None:
    async def close() -> None:
        notifier = peer.notifier()
        await notifier.send(MESSAGE)
        await notifier.close()
        await notifier.close()

    asyncio.run(close())
    gc.collect()  # a socket left open is a warning, and so an error


def test_its_secret_is_nowhere_to_be_read(
    peer: Peer, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    deliveries = []
    with capture_logs() as logs:
        deliveries += sent(peer.notifier(), MESSAGE)
        for change in (peer.refuse, peer.hang, peer.vanish):
            change()
            notifier = peer.notifier(timeout=0.3)
            deliveries += sent(notifier, MESSAGE)
            said = f"{notifier!r} {notifier}"
    written = " ".join((said, str(deliveries), str(logs), caplog.text, *capfd.readouterr()))

    assert SECRET not in written
    assert len(set(outcomes(deliveries))) == 4


def test_log_says_who_is_told_what() -> None:
    notifier = build(LogChannel(ChannelId("log")), around())
    with capture_logs() as logs:
        deliveries = sent(notifier, MESSAGE, MESSAGE)

    assert outcomes(deliveries) == [DeliveryOutcome.ACCEPTED] * 2
    line = logs[0]
    assert line["log_level"] == "warning"
    assert (line["contact"], line["priority"]) == ("vnpt-tinh-a", "P1")
    assert line["text"] == MESSAGE.text


def test_a_channel_without_a_sender_refuses_with_the_reason() -> None:
    notifier = build(UnservedChannel(NAME, "telegram"), around())

    assert sent(notifier, MESSAGE) == [
        Delivery(
            DeliveryOutcome.REFUSED, "channels of type telegram are not served by this version"
        )
    ]


def test_all_channels_are_built_or_none() -> None:
    def resolve(ref: SecretRef) -> str:
        raise LookupError(str(ref))

    ref = SecretRef(SecretSource.ENV, "HOOK_SECRET")
    channels: list[Channel] = [
        LogChannel(ChannelId("log")),
        WebhookChannel(NAME, "http://x.example", ref, 5.0),
    ]

    assert list(build_all(channels[:1], around(resolve))) == ["log"]
    with pytest.raises(LookupError, match="env:HOOK_SECRET"):
        build_all(channels, around(resolve))
