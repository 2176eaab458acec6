"""Each kind of channel with a peer that does as told, for one suite over all of them."""

import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from linkwatch.config.settings import (
    AlertmanagerChannel,
    Channel,
    EmailChannel,
    Security,
    WebhookChannel,
)
from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome, Notification
from linkwatch.model.secret import SecretRef, SecretSource
from linkwatch.notify.factory import build
from linkwatch.ports import Notifier
from support.httppeer import Receiver, serving
from support.mail import PASSWORD, USER, MailServer, mail_server
from support.sending import around

NAME = ChannelId("there")
KEY = SecretRef(SecretSource.ENV, "THEIR_SECRET")
SECRET = PASSWORD
"""What each channel's secret is."""
PATIENCE = 10.0


class Peer(Protocol):
    """A channel and the other end of it."""

    def notifier(self, timeout: float = PATIENCE) -> Notifier:
        """A new notifier that reaches it."""
        ...

    def refuse(self) -> None:
        """From now on take no message, ever."""
        ...

    def defer(self) -> None:
        """From now on ask to come again later."""
        ...

    def hang(self) -> None:
        """From now on take what comes and say nothing."""
        ...

    def vanish(self) -> None:
        """From now on notifiers are made for a port where nobody listens."""
        ...

    def took(self) -> int:
        """How many messages came to it."""
        ...


class FakePeer:
    """The fake: no socket. `FakeNotifier` is what other tests may believe."""

    def __init__(self) -> None:
        self.outcome = DeliveryOutcome.ACCEPTED
        self.taken: list[Notification] = []

    def notifier(self, timeout: float = PATIENCE) -> Notifier:
        return FakeNotifier(self)

    def refuse(self) -> None:
        self.outcome = DeliveryOutcome.REFUSED

    def defer(self) -> None:
        self.outcome = DeliveryOutcome.DEFERRED

    def hang(self) -> None:
        self.outcome = DeliveryOutcome.IN_DOUBT

    def vanish(self) -> None:
        self.outcome = DeliveryOutcome.FAILED

    def took(self) -> int:
        return len(self.taken)


class FakeNotifier:
    """Answers as its peer was told."""

    def __init__(self, peer: FakePeer) -> None:
        self._peer = peer

    @property
    def id(self) -> ChannelId:
        return NAME

    async def send(self, notification: Notification) -> Delivery:
        if self._peer.outcome is DeliveryOutcome.ACCEPTED:
            self._peer.taken.append(notification)
        return Delivery(self._peer.outcome, "as told")

    async def close(self) -> None:
        """Nothing to give back."""


class _RealPeer:
    """What all with a port have in common."""

    def __init__(self, port: int) -> None:
        self._port = port

    def notifier(self, timeout: float = PATIENCE) -> Notifier:
        return build(self._channel(timeout), around(SECRET))

    def vanish(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as unused:
            self._port = unused.getsockname()[1]

    def _channel(self, timeout: float) -> Channel:
        raise NotImplementedError


class _HttpPeer(_RealPeer):
    def __init__(self, receiver: Receiver) -> None:
        super().__init__(receiver.server_port)
        self._receiver = receiver

    @property
    def _url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def refuse(self) -> None:
        self._receiver.status = 400

    def defer(self) -> None:
        self._receiver.status = 429

    def hang(self) -> None:
        self._receiver.go_on.clear()

    def took(self) -> int:
        return len(self._receiver.requests)


class WebhookPeer(_HttpPeer):
    """A webhook's receiver."""

    def _channel(self, timeout: float) -> Channel:
        return WebhookChannel(NAME, self._url, KEY, timeout)


class AlertmanagerPeer(_HttpPeer):
    """What answers as Alertmanager does."""

    def _channel(self, timeout: float) -> Channel:
        return AlertmanagerChannel(NAME, self._url, "linkwatch", KEY, timeout, 60.0, {})


class EmailPeer(_RealPeer):
    """A mail server that wants a log-in."""

    def __init__(self, server: MailServer) -> None:
        super().__init__(server.port)
        self._server = server

    def refuse(self) -> None:
        self._server.answers["RCPT"] = "550 5.1.1 no such user"

    def defer(self) -> None:
        self._server.answers["RCPT"] = "450 4.2.0 greylisted"

    def hang(self) -> None:
        self._server.answers.clear()
        self._server.hangs.add("DATA")

    def took(self) -> int:
        return len(self._server.mails)

    def _channel(self, timeout: float) -> Channel:
        return EmailChannel(
            id=NAME,
            host="127.0.0.1",
            port=self._port,
            sender="linkwatch@so-tttt.example",
            security=Security.NONE,
            user=USER,
            password=KEY,
            timeout=timeout,
        )


@contextlib.contextmanager
def _fake() -> Iterator[Peer]:
    yield FakePeer()


@contextlib.contextmanager
def _webhook() -> Iterator[Peer]:
    with serving() as receiver:
        yield WebhookPeer(receiver)


@contextlib.contextmanager
def _alertmanager() -> Iterator[Peer]:
    with serving() as receiver:
        yield AlertmanagerPeer(receiver)


@contextlib.contextmanager
def _email() -> Iterator[Peer]:
    with mail_server(login=True) as server:
        yield EmailPeer(server)


PEERS: Mapping[str, Callable[[], contextlib.AbstractContextManager[Peer]]] = {
    "fake": _fake,
    "webhook": _webhook,
    "alertmanager": _alertmanager,
    "email": _email,
}
"""By the channel's type; a new type joins the suite by a line here."""
