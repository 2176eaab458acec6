"""A message, and what channels are made with."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from linkwatch.message.document import Addressee, document
from linkwatch.model.ids import ChannelId, ContactId, IncidentId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.moment import Moment
from linkwatch.model.notification import Delivery, Notification
from linkwatch.model.people import Answer, Contact, Role
from linkwatch.model.priority import Priority
from linkwatch.model.secret import SecretRef
from linkwatch.notify.setup import Surroundings
from linkwatch.ports import Notifier
from support.province import ZONE, incident

AT = datetime(2021, 5, 15, 0, 42, 10, 512000, tzinfo=UTC)
SECRET = "not a real secret"  # noqa: S105 as it says
DUTY, MUTE = ContactId("vnpt-tinh-a"), ContactId("no-mail")
CONTACTS = {
    DUTY: Contact(DUTY, "Trực VNPT tỉnh", (), "ca-a@vnpt.example", (), frozenset({Answer.PHONE})),
    MUTE: Contact(MUTE, "", (), None, (), frozenset()),
}
TEXT = "[P1] MẤT KẾT NỐI – UBND huyện Chư Sê – WAN VNPT\nTừ 08:42.\n.\nNHẬN VIỆC: gọi 0000000099"


class FixedClock:
    """Always the same moment."""

    def now(self) -> Moment:
        """AT."""
        return Moment(0.0, AT)

    async def sleep_until(self, monotonic: float) -> None:
        """Nobody here sleeps."""


def message(channel: ChannelId, text: str = TEXT) -> Notification:
    """An opening message to the contact on duty."""
    key = f"LW-000123:opened:{DUTY}:{channel}"
    fault = incident(AT, id=IncidentId("LW-000123"))
    addressee = Addressee(DUTY, Role.DUTY, None)
    return Notification(
        key=key,
        incident=IncidentId("LW-000123"),
        event=IncidentEvent.OPENED,
        contact=DUTY,
        channel=channel,
        priority=Priority.P1,
        text=text,
        body=document(key, IncidentEvent.OPENED, fault, addressee, text=text, timezone=ZONE),
        created_at=AT,
        started_at=AT,
    )


def around(secret: str | Callable[[SecretRef], str] = SECRET) -> Surroundings:
    """Surroundings in which every secret is the same, or had from a function."""
    resolve = secret if callable(secret) else lambda _reference: secret
    return Surroundings(resolve, FixedClock(), CONTACTS)


def sent(notifier: Notifier, *messages: Notification) -> list[Delivery]:
    """What became of the messages, one after the other."""

    async def send() -> list[Delivery]:
        try:
            return [await notifier.send(message) for message in messages]
        finally:
            await notifier.close()

    return asyncio.run(send())
