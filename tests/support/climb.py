"""Drives an incident's escalation from one due time to the next, as the engine would."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from linkwatch.config.build.defaults import ESCALATION
from linkwatch.model.ids import ContactId
from linkwatch.model.incident import Incident, IncidentEvent, Status, Via
from linkwatch.model.inventory import Inventory
from linkwatch.model.people import EscalationStep
from linkwatch.model.priority import Priority
from linkwatch.model.topology import Level
from linkwatch.oncall.audience import asked, together
from linkwatch.oncall.duty import DutyBook
from linkwatch.oncall.holding import decline, take
from linkwatch.oncall.plan import next_due, plan
from linkwatch.oncall.progress import done, follow
from linkwatch.oncall.row import row_of
from support.province import MORNING, VIETTEL, VNPT, incident, inventory, roster

Said = tuple[float, str, tuple[str, ...]]
"""Seconds since the start, the event, and who heard it."""


def province() -> Inventory:
    """Everybody there whom the table can name, each somebody else."""
    whole = inventory()
    leaders = [
        roster("vnpt-leader", VNPT, Level.LEADER, "vnpt-ld"),
        roster("viettel-leader", VIETTEL, Level.LEADER, "viettel-ld"),
    ]
    people = {
        name: replace(whole.contacts[ContactId("ky-thuat")], id=name)
        for name in map(ContactId, ("vnpt-ld", "viettel-ld", "so-tttt", "thay"))
    }
    return replace(
        whole,
        rosters={**whole.rosters, **{r.id: r for r in leaders}},
        contacts={**whole.contacts, **people},
        department_leader=ContactId("so-tttt"),
        escalation=ESCALATION,
    )


@dataclass
class Climb:
    """One incident, announced at the start; `said` is what was told since."""

    whole: Inventory = field(default_factory=province)
    priority: Priority = Priority.P1
    table: dict[Priority, tuple[EscalationStep, ...]] | None = None
    start: datetime = MORNING
    wide: bool = False
    seconds: float = 0.0
    said: list[Said] = field(default_factory=list)
    timeline: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    """What the timeline says of each step taken after the first."""
    incident: Incident = field(init=False)

    def __post_init__(self) -> None:
        before = incident(
            self.start,
            priority=self.priority,
            announce_at=None,
            escalation=self.table or self.whole.escalation,
        )
        told = replace(before, announced_at=self.start, highest_told=self.priority)
        self._became(before, told, IncidentEvent.OPENED)

    @property
    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds)

    @property
    def book(self) -> DutyBook:
        return DutyBook(self.whole)

    @property
    def due(self) -> float | None:
        """When something is due next, in s since the start."""
        at = next_due(self.incident, self.book, wide=self.wide, now=self.now)
        return (at - self.start).total_seconds() if at is not None else None

    def run(self, until: float) -> list[Said]:
        """Let time pass, looking at the incident whenever it says that something is due."""
        before = len(self.said)
        for _ in range(1000):
            self.look()
            due = self.due
            if due is None or due > until:
                self.seconds = max(self.seconds, until)
                return self.said[before:]
            assert due > self.seconds, "what is due is done at the look"
            self.seconds = due
        raise AssertionError("more is due than could ever be told")

    def look(self) -> None:
        """One look now."""
        found = plan(self.incident, self.book, wide=self.wide, now=self.now)
        self.incident = found.incident
        self.timeline += [note.what for note in found.notes]
        self.steps += [note.detail for note in found.notes if note.what == "escalated"]
        for tell in found.tells:
            self._say(tell.event, [one.contact for one in tell.people])

    def take(self, who: str, eta: float | None = None) -> None:
        """Somebody says that they have it."""
        self.incident = take(
            self.incident,
            ContactId(who),
            self.book,
            eta=timedelta(seconds=eta) if eta is not None else None,
            via=Via.PHONE,
            by="truc",
            note="",
            now=self.now,
        )

    def decline(self, who: str) -> list[Said]:
        """Somebody says that it is not theirs; what that brings at once."""
        zone = self.whole.timezone
        self.incident = decline(self.incident, ContactId(who), zone, wide=self.wide, now=self.now)
        return self.run(self.seconds)

    def become(self, priority: Priority, event: IncidentEvent | None = None) -> list[Said]:
        """The priority changes, told as an event or in silence."""
        before = len(self.said)
        self._became(self.incident, replace(self.incident, priority=priority), event)
        return self.said[before:]

    def close(self) -> None:
        """The fault is over."""
        closed = replace(self.incident, status=Status.RESOLVED, resolved_at=self.now)
        self._became(self.incident, closed, IncidentEvent.RESOLVED)

    def _became(self, before: Incident, after: Incident, event: IncidentEvent | None) -> None:
        zone = self.whole.timezone
        after = follow(before, after, event, zone=zone, wide=self.wide, now=self.now)
        if event is not None and not after.status.is_closed:
            row = row_of(after)
            opening = [row[n] for n in done(after) if row[n].after == 0]
            people = together(after.told, asked(self.book, after, opening, self.now).people)
            after = replace(after, told=people)
            self._say(event, [one.contact for one in people])
        self.incident = after

    def _say(self, event: IncidentEvent, people: Sequence[str]) -> None:
        assert len(people) == len(set(people)), "one person hears of an event once"
        self.said.append((self.seconds, event.value, tuple(people)))
