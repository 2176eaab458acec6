"""What a run has decided, as its records tell it: instead of a store, and instead of messages."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from linkwatch.model.ids import ChannelId, ContactId, IncidentId, LinkId
from linkwatch.model.incident import Incident, IncidentEvent
from linkwatch.model.journal import (
    Enqueue,
    Note,
    Record,
    Restored,
    SaveIncident,
    SaveLoad,
    Traced,
    Verified,
)
from linkwatch.model.notification import Notification
from linkwatch.model.recording import Start

if TYPE_CHECKING:
    from linkwatch.model.boost import Evidence
    from linkwatch.model.load import MonthLoad


@dataclass(slots=True)
class Message:
    """One event of an incident as it would have been told, and to whom by which channel."""

    at: datetime
    event: IncidentEvent
    text: str
    told: list[tuple[ContactId, ChannelId]] = field(default_factory=list)


@dataclass(slots=True)
class Raised:
    """An incident as it was in the end, and the messages that would have told it."""

    incident: Incident
    messages: list[Message] = field(default_factory=list)


class RunsBook:
    """Takes records. What a run that is restarted would find in its store is in `restored`."""

    def __init__(self) -> None:
        self.raised: dict[IncidentId, Raised] = {}
        self.verified: set[tuple[LinkId, str]] = set()
        self._evidence: list[Evidence] = []
        self._loads: dict[tuple[LinkId, str], MonthLoad] = {}

    def begin(self, start: Start) -> None:
        """A session began, with what was known by then."""
        self.verified.update(start.verified)
        self._evidence.extend(start.evidence)

    def take(self, record: Record) -> None:
        """Take what one turn decided."""
        match record:
            case SaveIncident(incident):
                raised = self.raised.setdefault(incident.id, Raised(incident))
                raised.incident = incident
            case Enqueue(notification):
                self._tell(notification)
            case Verified(link, address, _):
                self.verified.add((link, address))
            case Traced(evidence):
                self._evidence.append(evidence)
            case SaveLoad(load):
                self._loads[load.link, load.month] = load
            case Note():
                pass  # the timeline's words are for the journal

    def restored(self, closed_since: datetime) -> Restored:
        """What is open, and what was closed since then and may be reopened."""
        incidents = [raised.incident for raised in self.raised.values()]
        return Restored(
            open_incidents=tuple(i for i in incidents if not i.status.is_closed),
            recent_incidents=tuple(
                i for i in incidents if i.resolved_at is not None and i.resolved_at >= closed_since
            ),
            verified=frozenset(self.verified),
            evidence=tuple(self._evidence),
            loads=tuple(self._loads.values()),
        )

    def _tell(self, notification: Notification) -> None:
        if notification.incident is None:
            return
        messages = self.raised[notification.incident].messages
        event, at = notification.event, notification.created_at
        if not messages or (messages[-1].event, messages[-1].at) != (event, at):
            messages.append(Message(at, event, notification.text))
        messages[-1].told.append((notification.contact, notification.channel))
