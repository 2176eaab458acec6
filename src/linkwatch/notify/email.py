"""The channel `email`: one mail a message by SMTP (RFC 5321), over a connection of its own."""

import asyncio
import socket
import ssl
from contextlib import suppress
from enum import StrEnum

import aiosmtplib

from linkwatch.config.names import is_host_name
from linkwatch.config.settings import EmailChannel, Security
from linkwatch.message.inert import printable
from linkwatch.model.ids import ChannelId
from linkwatch.model.notification import Delivery, DeliveryOutcome, Notification
from linkwatch.notify.mail import compose
from linkwatch.notify.setup import Surroundings, trusting

LEAVE_TIME = 0.5
"""s for the server's farewell: what it says then changes nothing."""
SHOWN = 200
"""Characters of the server's words that are kept."""


class Step(StrEnum):
    """How far an exchange has come; only from `DATA` on may the mail have arrived."""

    CONNECT = "connect"
    TLS = "STARTTLS"
    LOGIN = "AUTH"
    SENDER = "MAIL"
    RECIPIENT = "RCPT"
    CONTENT = "DATA"


_UNAVAILABLE = 421
_ABOUT_THE_MAIL = (Step.SENDER, Step.RECIPIENT, Step.CONTENT)


class EmailNotifier:
    """Sends to the contact's present address; `timeout` bounds a whole attempt."""

    def __init__(self, channel: EmailChannel, around: Surroundings) -> None:
        self._channel = channel
        self._addresses = {c.id: c.email for c in around.contacts.values() if c.email is not None}
        self._password = around.secret(channel.password)
        self._tls: ssl.SSLContext | None = None
        if channel.security is not Security.NONE:
            self._tls = trusting(channel.id, channel.ca)

    @property
    def id(self) -> ChannelId:
        """The channel's id in the configuration."""
        return self._channel.id

    async def send(self, notification: Notification) -> Delivery:
        """One attempt: 4xx is tried again, 5xx is not, silence after the content is in doubt."""
        recipient = self._addresses.get(notification.contact)
        if recipient is None:
            why = f"contact {notification.contact} has no e-mail address"
            return Delivery(DeliveryOutcome.REFUSED, why)
        mail = compose(notification, self._channel.sender, recipient)
        exchange = _Exchange(self._channel, self._password, self._tls)
        try:
            async with asyncio.timeout(self._channel.timeout):
                return await exchange.hand_over(recipient, mail)
        except TimeoutError:
            return exchange.broke_off(f"no answer within {self._channel.timeout:g} s")
        except aiosmtplib.SMTPResponseException as error:
            return exchange.answered(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            return exchange.broke_off(_clipped(str(error)))
        finally:
            await exchange.leave()

    async def close(self) -> None:
        """Nothing to give back: no connection outlives its message."""


class _Exchange:
    """One connection, from the greeting to the farewell."""

    def __init__(
        self, channel: EmailChannel, password: str | None, tls: ssl.SSLContext | None
    ) -> None:
        self._channel = channel
        self._password = password
        self._step = Step.CONNECT
        self._client = aiosmtplib.SMTP(
            hostname=channel.host,
            port=channel.port,
            use_tls=channel.security is Security.TLS,
            start_tls=False,
            tls_context=tls,
            local_hostname="localhost",  # until the connection shows a better one
            timeout=None,
        )

    async def hand_over(self, recipient: str, mail: bytes) -> Delivery:
        """All steps in turn; accepted, or whatever the library raises."""
        client, channel = self._client, self._channel
        await client.connect()
        client.local_hostname = _own_name(client)
        if channel.security is Security.STARTTLS:
            self._step = Step.TLS
            await client.starttls()
        if channel.user is not None and self._password is not None:
            self._step = Step.LOGIN
            await client.login(channel.user, self._password)
        self._step = Step.SENDER
        await client.mail(channel.sender)
        self._step = Step.RECIPIENT
        await client.rcpt(recipient)
        self._step = Step.CONTENT
        answer = await client.data(mail)
        return Delivery(DeliveryOutcome.ACCEPTED, f"{answer.code} {_clipped(answer.message)}")

    def answered(self, code: int, message: str) -> Delivery:
        """The server said no: to this mail, or to us."""
        # Of a log-in the code is enough: words on it may repeat what was sent.
        words = "" if self._step is Step.LOGIN else f" {_clipped(message)}"
        detail = f"{self._step}: {code}{words}"
        if not 400 <= code < 600:
            return self.broke_off(detail)
        if self._step not in _ABOUT_THE_MAIL or code == _UNAVAILABLE:
            return Delivery(DeliveryOutcome.FAILED, detail)
        refused = code >= 500
        return Delivery(DeliveryOutcome.REFUSED if refused else DeliveryOutcome.DEFERRED, detail)

    def broke_off(self, why: str) -> Delivery:
        """No answer that can be understood."""
        if self._step is Step.CONTENT:
            return Delivery(DeliveryOutcome.IN_DOUBT, f"{self._step}: {why}")
        return Delivery(DeliveryOutcome.FAILED, f"not sent: {self._step}: {why}")

    async def leave(self) -> None:
        """Say farewell where that is still possible, and close in any case."""
        transport = self._client.transport
        if self._client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(LEAVE_TIME):
                    await self._client.quit()
        self._client.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()  # a peer that hangs must not keep the connection open


def _own_name(client: aiosmtplib.SMTP) -> str:
    """For EHLO: this host's full name, else its address as a literal (RFC 5321 section 4.1.3)."""
    name = socket.gethostname()
    if "." in name and is_host_name(name):
        return name
    address = str(client.get_transport_info("sockname")[0])
    return f"[IPv6:{address.partition('%')[0]}]" if ":" in address else f"[{address}]"


def _clipped(words: str) -> str:
    shown = printable(" ".join(words.split()))
    return shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}..."
