"""What a replay came to, in lines for people and as JSON for programs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

import typer
from rich.text import Text

from linkwatch.cli.output import show, show_json
from linkwatch.cli.replay import NAMED
from linkwatch.message.figures import duration
from linkwatch.message.inert import printable
from linkwatch.model.words import Language
from linkwatch.web.statusdoc import incident_entry
from linkwatch.web.statusentries import IncidentEntry

if TYPE_CHECKING:
    from linkwatch.cli.replay import Run
    from linkwatch.model.ids import ContactId, LinkId
    from linkwatch.model.incident import Incident
    from linkwatch.model.inventory import Inventory
    from linkwatch.runtime.runs_book import Message, Raised


class RecipientEntry(TypedDict):
    """One message's person and channel."""

    contact: str
    name: str | None
    channel: str


class MessageEntry(TypedDict):
    """One event of an incident, as it would have been told."""

    at: str
    event: str
    text: str
    told: list[RecipientEntry]


class RaisedEntry(TypedDict):
    """An incident as it was in the end; `messages` empty: nobody would have been told."""

    incident: IncidentEntry
    resolved_at: str | None
    messages: list[MessageEntry]


class ReplayDocument(TypedDict):
    """What `replay --json` prints; times in the configured timezone, spans in s.

    `complete`: all of the file could be read. `links`: those that were judged; `unknown_links`:
    recorded ones that the configuration does not have; `changed_links`: those it has with other
    thresholds, intervals or targets.
    """

    since: str
    until: str
    seconds: float
    probes: int
    took: float
    complete: bool
    notes: list[str]
    links: list[str]
    unknown_links: list[str]
    changed_links: list[str]
    incidents: list[RaisedEntry]


def show_run_json(run: "Run", wanted: Sequence["LinkId"]) -> None:
    """As one document."""
    show_json(_document(run, wanted))


def show_run(run: "Run", wanted: Sequence["LinkId"]) -> None:
    """One block of lines an incident, then what it comes to; notes on standard error."""
    raised = _chosen(run, wanted)
    for one in raised:
        show(Text(printable(_head(one.incident, run.inventory)), style="bold"), *_told(one, run))
    for note in _notes(run):
        typer.echo(printable(f"linkwatch: {note}"), err=True)
    show(_summary(run, raised))


def _chosen(run: "Run", wanted: Sequence["LinkId"]) -> list["Raised"]:
    every = sorted(run.replay.raised.values(), key=lambda r: (r.incident.opened_at, r.incident.id))
    if not wanted:
        return every
    return [one for one in every if set(wanted) & set(one.incident.links)]


def _document(run: "Run", wanted: Sequence["LinkId"]) -> ReplayDocument:
    replay, zone = run.replay, run.inventory.timezone
    return ReplayDocument(
        since=_at(replay.first, run),
        until=_at(replay.last, run),
        seconds=round(replay.seconds, 3),
        probes=replay.probes,
        took=round(run.took, 3),
        complete=run.is_whole,
        notes=_notes(run),
        links=sorted(replay.judged),
        unknown_links=sorted(replay.strangers),
        changed_links=sorted(replay.others),
        incidents=[
            RaisedEntry(
                incident=incident_entry(
                    one.incident, run.inventory, replay.last or one.incident.opened_at
                ),
                resolved_at=(
                    one.incident.resolved_at.astimezone(zone).isoformat(timespec="milliseconds")
                    if one.incident.resolved_at
                    else None
                ),
                messages=[_message(message, run) for message in one.messages],
            )
            for one in _chosen(run, wanted)
        ],
    )


def _message(message: "Message", run: "Run") -> MessageEntry:
    contacts = run.inventory.contacts
    return MessageEntry(
        at=_at(message.at, run),
        event=message.event.value,
        text=message.text,
        told=[
            RecipientEntry(
                contact=contact,
                name=contacts[contact].name if contact in contacts else None,
                channel=channel,
            )
            for contact, channel in message.told
        ],
    )


def _at(at: datetime | None, run: "Run") -> str:
    return at.astimezone(run.inventory.timezone).isoformat(timespec="milliseconds") if at else ""


def _head(incident: "Incident", inventory: "Inventory") -> str:
    began = incident.started_at.astimezone(inventory.timezone)
    opened = incident.opened_at.astimezone(inventory.timezone)
    end = incident.restored_at or incident.resolved_at
    lasted = f"for {_length((end - incident.started_at).total_seconds())}" if end else "not over"
    after = _length((opened - began).total_seconds())
    severity = incident.severity.name.lower()
    return (
        f"{incident.id} {incident.priority} {incident.kind} {severity} {incident.subject.id}: "
        f"from {began:%Y-%m-%d %H:%M:%S} {lasted}, found after {after}, {incident.status}"
    )


def _told(raised: "Raised", run: "Run") -> Iterable[str]:
    if not raised.messages:
        yield f"    nobody told: {_why_nobody(raised.incident)}"
    for message in raised.messages:
        at = message.at.astimezone(run.inventory.timezone)
        yield f"    {at:%Y-%m-%d %H:%M:%S} {message.event}: {_names(message, run.inventory)}"
        yield from (f"        {line}" for line in message.text.splitlines())


def _why_nobody(incident: "Incident") -> str:
    if incident.announced_at is not None:
        return "the configuration has nobody for it"
    if incident.status.is_closed:
        return "it was over before its hold was"
    if incident.announce_at is not None:
        return "its hold was not over at the end"
    return "for the record only"


def _names(message: "Message", inventory: "Inventory") -> str:
    channels: dict[ContactId, list[str]] = {}
    for contact, channel in message.told:
        channels.setdefault(contact, []).append(channel)
    known = inventory.contacts
    return ", ".join(
        f"{known[key].name if key in known else key} ({', '.join(by)})"
        for key, by in channels.items()
    )


def _notes(run: "Run") -> list[str]:
    replay = run.replay
    notes = list(run.notes)
    if replay.strangers:
        notes.append(f"not in the configuration, left out: {_some(replay.strangers)}")
    if replay.others:
        notes.append(
            f"recorded under other thresholds, intervals or targets: {_some(replay.others)}"
        )
    if replay.holes:
        notes.append(f"holes, after which it goes on as after a restart: {replay.holes}")
    if replay.dropped:
        notes.append(f"{replay.dropped:,} measurements had not been kept: the recorder was slow")
    return notes


def _some(links: Iterable["LinkId"]) -> str:
    every = sorted(links)
    rest = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
    return ", ".join(every[:NAMED]) + rest


def _summary(run: "Run", raised: Sequence["Raised"]) -> str:
    replay = run.replay
    priorities = Counter(one.incident.priority for one in raised)
    by = ", ".join(f"{count} {priority}" for priority, count in sorted(priorities.items()))
    messages = sum(len(m.told) for one in raised for m in one.messages)
    people = {contact for one in raised for m in one.messages for contact, _ in m.told}
    speed = f", {replay.seconds / run.took:,.0f} times real time" if run.took > 0 else ""
    return (
        f"{_length(replay.seconds)} of {len(replay.judged)} links, {replay.probes:,} probes, in "
        f"{run.took:.1f} s{speed}: {len(raised)} incidents{f' ({by})' if by else ''}, "
        f"{messages} messages to {len(people)} people"
    )


def _length(seconds: float) -> str:
    return duration(seconds, Language.EN)
