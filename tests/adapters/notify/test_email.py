"""The channel `email` against a real SMTP server: what it takes, refuses, delays and never says."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.config.settings import EmailChannel, Security
from linkwatch.model.ids import ChannelId, ContactId, IncidentId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.notification import Delivery, DeliveryOutcome, Notification
from linkwatch.model.priority import Priority
from linkwatch.model.secret import SecretRef, SecretSource
from linkwatch.notify.email import EmailNotifier
from linkwatch.notify.mail import SUBJECT, compose
from linkwatch.notify.setup import ChannelSetupError
from support import sending
from support.authority import Authority
from support.mail import PASSWORD, USER, Mail, MailServer, mail_server
from support.sending import AT, MUTE, TEXT, around, message

MAIL = ChannelId("email")
SENDER, RECIPIENT = "linkwatch@so-tttt.example", "ca-a@vnpt.example"
MESSAGE = message(MAIL)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as state:
        yield state


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.made(tmp_path_factory.mktemp("ca"), "authority of the tests")


def channel(
    port: int,
    security: Security = Security.NONE,
    *,
    host: str = "127.0.0.1",
    password: bool = False,
    timeout: float = 10.0,
    ca: Path | None = None,
) -> EmailChannel:
    return EmailChannel(
        id=MAIL,
        host=host,
        port=port,
        sender=SENDER,
        security=security,
        user=USER if password else None,
        password=SecretRef(SecretSource.ENV, "MAIL_PASSWORD") if password else None,
        timeout=timeout,
        ca=ca,
    )


def sent(settings: EmailChannel, *messages: Notification, secret: str = PASSWORD) -> list[Delivery]:
    return sending.sent(EmailNotifier(settings, around(secret)), *messages)


def only(server: MailServer) -> Mail:
    [mail] = server.mails
    return mail


def test_a_mail_arrives_as_it_was_meant(server: MailServer) -> None:
    [delivery] = sent(channel(server.port), MESSAGE)

    assert (delivery.outcome, delivery.detail) == (DeliveryOutcome.ACCEPTED, "250 OK")
    mail = only(server)
    assert (mail.sender, mail.recipient) == (SENDER, RECIPIENT)
    assert mail.text == TEXT
    message = mail.message
    assert message["Subject"] == "[P1] MẤT KẾT NỐI – UBND huyện Chư Sê – WAN VNPT"
    assert (message["From"], message["To"]) == (SENDER, RECIPIENT)
    assert message["Date"].datetime == AT.replace(microsecond=0)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Importance"] == "high"
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert message.defects == []
    assert mail.raw.isascii()


def test_the_server_hears_a_name_that_a_strict_one_takes(server: MailServer) -> None:
    sent(channel(server.port), MESSAGE)

    greeting = only(server).greeting
    assert greeting == "[127.0.0.1]" or "." in greeting


def test_mails_on_one_incident_are_one_thread(server: MailServer) -> None:
    later = [
        replace(MESSAGE, event=event, key=f"LW-000123:{part}:vnpt-tinh-a:email", priority=priority)
        for event, part, priority in (
            (IncidentEvent.REMINDER, "reminder.2", Priority.P1),
            (IncidentEvent.OPENED, "opened.2", Priority.P3),
            (IncidentEvent.RESOLVED, "resolved", Priority.P3),
        )
    ]
    other = replace(
        MESSAGE, incident=IncidentId("LW-000124"), key="LW-000124:opened:vnpt-tinh-a:email"
    )
    digest = replace(MESSAGE, incident=None, key="digest.7:digest:vnpt-tinh-a:email")
    sent(channel(server.port), MESSAGE, *later, other, digest)

    first, *rest, another, list_ = (mail.message for mail in server.mails)
    assert first["Message-ID"] == (
        "<LW-000123.opened.vnpt-tinh-a.email.20210515T004210@so-tttt.example>"
    )
    assert (first["References"], first["In-Reply-To"]) == (None, None)
    assert {m["References"] for m in rest} == {first["Message-ID"]}
    assert {m["In-Reply-To"] for m in rest} == {first["Message-ID"]}
    assert (another["References"], list_["References"]) == (None, None)
    assert len({mail.message["Message-ID"] for mail in server.mails}) == len(server.mails)
    assert [m["Importance"] for m in rest] == ["high", None, None]


def test_a_second_attempt_is_the_same_mail(server: MailServer) -> None:
    sent(channel(server.port), MESSAGE, MESSAGE)

    assert server.mails[0].raw == server.mails[1].raw


def test_another_store_that_counts_anew_makes_other_ids() -> None:
    later = replace(MESSAGE, started_at=AT.replace(year=2022))
    ids = {
        message_from_bytes(compose(m, SENDER, RECIPIENT), policy=policy.SMTP)["Message-ID"]
        for m in (MESSAGE, later)
    }
    assert len(ids) == 2


@given(st.text(st.characters(codec="utf-8"), max_size=150))
def test_no_text_makes_a_header_or_is_lost(words: str) -> None:
    hostile = f"{words}\r\nBcc: all@vnpt.example\r\n\r\n{words}"
    for text in (words, hostile, hostile.replace("\n", "")):
        mail = compose(replace(MESSAGE, text=text), SENDER, RECIPIENT)
        parsed = message_from_bytes(mail, policy=policy.default)
        assert parsed.keys() == [
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Importance",
            "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
        ]  # fmt: skip
        first = text.partition("\n")[0][:SUBJECT]
        shown = "".join(char if char.isprintable() else " " for char in first)
        assert str(make_header(decode_header(parsed["Subject"]))).split() == shown.split()
        body = parsed.get_payload(decode=True)
        assert isinstance(body, bytes)
        assert body.split() == text.encode().split()
        assert mail.isascii()
        assert max(len(line) for line in mail.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    ("step", "answer", "outcome"),
    [
        ("MAIL", "421 4.3.2 closing", DeliveryOutcome.FAILED),
        ("MAIL", "451 4.3.0 busy", DeliveryOutcome.DEFERRED),
        ("MAIL", "550 5.7.1 not you", DeliveryOutcome.REFUSED),
        ("RCPT", "450 4.2.0 greylisted, come again", DeliveryOutcome.DEFERRED),
        ("RCPT", "550 5.1.1 no such user", DeliveryOutcome.REFUSED),
        ("DATA", "452 4.3.1 full", DeliveryOutcome.DEFERRED),
        ("DATA", "554 5.7.1 spam", DeliveryOutcome.REFUSED),
    ],
)
def test_4xx_is_tried_again_and_5xx_is_not(
    server: MailServer, step: str, answer: str, outcome: DeliveryOutcome
) -> None:
    server.answers[step] = answer

    [delivery] = sent(channel(server.port), MESSAGE)

    assert delivery == Delivery(outcome, f"{step}: {answer}")
    assert server.mails == []


def test_a_greylisted_mail_gets_through_later(server: MailServer) -> None:
    server.answers["RCPT"] = "450 4.2.0 greylisted"
    assert sent(channel(server.port), MESSAGE)[0].outcome is DeliveryOutcome.DEFERRED
    server.answers.clear()
    assert sent(channel(server.port), MESSAGE)[0].outcome is DeliveryOutcome.ACCEPTED


def test_what_the_server_says_is_kept_short_and_in_one_line(server: MailServer) -> None:
    server.answers["RCPT"] = "550-\x1b[2J" + "x" * 300 + "\r\n550 end"

    [delivery] = sent(channel(server.port), MESSAGE)

    assert delivery.detail.isprintable()
    assert "\\x1b" in delivery.detail
    assert len(delivery.detail) < 250


def test_a_contact_without_an_address_is_refused_without_a_connection(server: MailServer) -> None:
    nobody = [replace(MESSAGE, contact=ContactId(c)) for c in (MUTE, "left-the-service")]

    deliveries = sent(channel(server.port), *nobody)

    assert [d.outcome for d in deliveries] == [DeliveryOutcome.REFUSED] * 2
    assert deliveries[0].detail == "contact no-mail has no e-mail address"
    assert server.connections == 0


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_silence_before_the_content_is_a_failure(server: MailServer, step: str) -> None:
    server.hangs.add(step)

    [delivery] = sent(channel(server.port, timeout=0.3), MESSAGE)

    assert delivery == Delivery(DeliveryOutcome.FAILED, f"not sent: {step}: no answer within 0.3 s")


def test_silence_after_the_content_is_in_doubt(server: MailServer) -> None:
    server.hangs.add("DATA")

    [delivery] = sent(channel(server.port, timeout=0.3), MESSAGE)

    assert delivery == Delivery(DeliveryOutcome.IN_DOUBT, "DATA: no answer within 0.3 s")


def test_a_closed_port_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]

    [delivery] = sent(channel(port), MESSAGE)

    assert delivery.outcome is DeliveryOutcome.FAILED
    assert delivery.detail.startswith("not sent: connect: Error connecting to 127.0.0.1")


@pytest.mark.parametrize("security", list(Security))
def test_a_server_that_never_greets_is_a_failure(security: Security) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = channel(listener.getsockname()[1], security, timeout=0.3)
        [delivery] = sent(settings, MESSAGE)

    assert delivery == Delivery(DeliveryOutcome.FAILED, "not sent: connect: no answer within 0.3 s")


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
def test_tls_and_login(authority: Authority, implicit: bool) -> None:
    security = Security.TLS if implicit else Security.STARTTLS
    with mail_server(authority.server("127.0.0.1"), implicit=implicit, login=True) as server:
        settings = channel(server.port, security, password=True, ca=authority.file)
        [delivery] = sent(settings, MESSAGE)

        assert delivery.outcome is DeliveryOutcome.ACCEPTED
        assert only(server).logged_in


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
def test_a_strangers_certificate_gets_neither_password_nor_mail(
    authority: Authority, tmp_path: Path, implicit: bool
) -> None:
    stranger = Authority.made(tmp_path, "stranger")
    security = Security.TLS if implicit else Security.STARTTLS
    for context in (stranger.server("127.0.0.1"), authority.server("other.example")):
        with mail_server(context, implicit=implicit, login=True) as server:
            settings = channel(server.port, security, password=True, ca=authority.file)
            [delivery] = sent(settings, MESSAGE)

            assert delivery.outcome is DeliveryOutcome.FAILED
            assert "certificate verify failed" in delivery.detail
            assert server.mails == []


def test_a_server_without_starttls_gets_nothing(server: MailServer, authority: Authority) -> None:
    settings = channel(server.port, Security.STARTTLS, password=True, ca=authority.file)

    [delivery] = sent(settings, MESSAGE)

    assert delivery.outcome is DeliveryOutcome.FAILED
    assert delivery.detail.startswith("not sent: STARTTLS: ")
    assert server.mails == []


def test_a_wrong_password_is_our_failure_and_is_not_repeated(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with mail_server(login=True) as server:
        [delivery] = sent(channel(server.port, password=True), MESSAGE, secret="hunter2")  # noqa: S106

        assert delivery == Delivery(DeliveryOutcome.FAILED, "AUTH: 535")
        assert server.mails == []
    said = "".join((*capsys.readouterr(), caplog.text, repr(delivery)))
    assert "hunter2" not in said


def test_a_server_that_knows_no_login_gets_no_mail() -> None:
    def answer(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as lines:
            lines.write(b"220 mail.example\r\n")
            for reply in (b"250 mail.example\r\n", b"221 bye\r\n"):
                lines.flush()
                lines.readline()
                lines.write(reply)
            lines.flush()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = channel(listener.getsockname()[1], password=True)

        async def send() -> Delivery:
            serving = asyncio.to_thread(answer, listener)
            notifier = EmailNotifier(settings, around(PASSWORD))
            delivery, _ = await asyncio.gather(notifier.send(MESSAGE), serving)
            return delivery

        delivery = asyncio.run(send())

    assert delivery.outcome is DeliveryOutcome.FAILED
    assert delivery.detail.startswith("not sent: AUTH: The SMTP AUTH extension is not supported")


@pytest.mark.parametrize("content", [None, "", "-----BEGIN CERTIFICATE-----\nnone\n"])
def test_authorities_that_cannot_be_read_are_told_at_the_start(
    tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ChannelSetupError, match="channel email: ca '.*ca.pem': "):
        sent(channel(25, Security.TLS, ca=file))
