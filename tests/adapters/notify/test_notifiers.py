"""The port `Notifier` on every channel and on a fake."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from linkwatch.config.settings import Channel, LogChannel, UnservedChannel, WebhookChannel
from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome, Notification
from linkwatch.model.secret import SecretRef, SecretSource
from linkwatch.notify.factory import build, build_all
from linkwatch.ports import Notifier
from support.httppeer import Receiver, serving
from support.sending import around, message, sent

HOOK = ChannelId("hook")
MESSAGE = message(HOOK)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving() as server:
        yield server


class FakeNotifier:
    """The fake that other tests may believe."""

    def __init__(self, channel: ChannelId) -> None:
        self._id = channel
        self.sent: list[Notification] = []

    @property
    def id(self) -> ChannelId:
        return self._id

    async def send(self, notification: Notification) -> Delivery:
        self.sent.append(notification)
        return Delivery(DeliveryOutcome.ACCEPTED)

    async def close(self) -> None:
        """Nothing to give back."""


@pytest.fixture(params=["fake", "log", "webhook"])
def notifier(request: pytest.FixtureRequest, receiver: Receiver) -> Notifier:
    """Each implementation of the port."""
    if request.param == "fake":
        return FakeNotifier(HOOK)
    channels: dict[str, Channel] = {
        "log": LogChannel(HOOK),
        "webhook": WebhookChannel(HOOK, receiver.url, None, 5.0),
    }
    return build(channels[request.param], around())


def test_it_bears_the_id_of_its_channel(notifier: Notifier) -> None:
    assert notifier.id == HOOK
    asyncio.run(notifier.close())


def test_it_accepts_and_accepts_again(notifier: Notifier) -> None:
    deliveries = sent(notifier, MESSAGE, MESSAGE, replace(MESSAGE, incident=None))

    assert [d.outcome for d in deliveries] == [DeliveryOutcome.ACCEPTED] * 3


def test_it_serves_several_at_once(notifier: Notifier) -> None:
    async def send_all() -> list[Delivery]:
        try:
            return await asyncio.gather(
                *(notifier.send(replace(MESSAGE, key=f"k{n}")) for n in range(20))
            )
        finally:
            await notifier.close()

    deliveries = asyncio.run(send_all())
    assert {d.outcome for d in deliveries} == {DeliveryOutcome.ACCEPTED}


def test_it_may_be_closed_twice(notifier: Notifier) -> None:
    async def close() -> None:
        await notifier.close()
        await notifier.close()

    asyncio.run(close())


def test_log_says_who_is_told_what() -> None:
    notifier = build(LogChannel(ChannelId("log")), around())
    with capture_logs() as logs:
        sent(notifier, MESSAGE)

    [line] = logs
    assert line["log_level"] == "warning"
    assert (line["contact"], line["priority"]) == ("vnpt-tinh-a", "P1")
    assert line["text"] == MESSAGE.text


def test_a_channel_without_a_sender_refuses_with_the_reason() -> None:
    notifier = build(UnservedChannel(HOOK, "telegram"), around())

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
        WebhookChannel(HOOK, "http://x.example", ref, 5.0),
    ]

    assert list(build_all(channels[:1], around(resolve))) == ["log"]
    with pytest.raises(LookupError, match="env:HOOK_SECRET"):
        build_all(channels, around(resolve))
