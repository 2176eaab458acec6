"""A real SMTP server in a thread of the tests."""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from support.netns import Namespace

USER, PASSWORD = "linkwatch", "correct horse"  # noqa: S105 a test's own
OK = "250 OK"


@dataclass(frozen=True)
class Mail:
    """One mail that was taken, with how its sender came."""

    sender: str
    recipient: str
    raw: bytes
    greeting: str
    logged_in: bool

    @property
    def message(self) -> EmailMessage:
        """As a mail client reads it."""
        message = message_from_bytes(self.raw, policy=policy.SMTP)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def text(self) -> str:
        """The body, decoded."""
        return str(self.message.get_content()).replace("\r\n", "\n").rstrip("\n")


@dataclass
class MailServer:
    """Takes mail, or answers as told; `hangs` names steps that never get an answer."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    hangs: set[str] = field(default_factory=set)
    login: bool = False
    """Whether only those who have logged in may send."""
    connections: int = 0

    async def handle_MAIL(
        self,
        _server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return await self._answer("MAIL")

    async def handle_RCPT(
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        answer = await self._answer("RCPT")
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await self._answer("DATA")
        if answer == OK:
            assert isinstance(envelope.content, bytes)
            self.mails.append(
                Mail(
                    str(envelope.mail_from),
                    ",".join(envelope.rcpt_tos),
                    envelope.content,
                    str(session.host_name),
                    bool(session.authenticated),
                )
            )
        return answer

    async def _answer(self, step: str) -> str:
        if step in self.hangs:
            await asyncio.Event().wait()
        return self.answers.get(step, OK)


def authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
) -> AuthResult:
    """Knows one user."""
    assert isinstance(data, LoginPassword)
    known = data == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@contextlib.contextmanager
def mail_server(
    tls: ssl.SSLContext | None = None,
    *,
    implicit: bool = False,
    login: bool = False,
    namespace: Namespace | None = None,
    port: int = 0,
) -> Iterator[MailServer]:
    """Listen on 127.0.0.1 until the end of the block; with `tls` by STARTTLS or `implicit`ly."""
    inside = contextlib.nullcontext() if namespace is None else namespace.entered()
    state = MailServer(login=login)
    started, ending = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        state.connections += 1
        return SMTP(
            state,
            hostname="mail.example",
            loop=loop,
            tls_context=None if implicit else tls,
            require_starttls=tls is not None and not implicit,
            authenticator=authenticate,
            auth_require_tls=tls is not None and not implicit,
        )

    async def serve() -> None:
        with inside:
            listening = socket.create_server(("127.0.0.1", port))
        server = await loop.create_server(protocol, sock=listening, ssl=tls if implicit else None)
        state.port = listening.getsockname()[1]
        started.set()
        async with server:
            await ending.wait()

    def live() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=live)
    thread.start()
    try:
        assert started.wait(10)
        yield state
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(10)
        assert not thread.is_alive()
