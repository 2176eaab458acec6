"""Incidents and messages come back from the store as they went in."""

import json
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from linkwatch.model.ids import CarrierId, ContactId, IncidentId, LinkId, SiteId
from linkwatch.model.incident import Incident, IncidentEvent, Told
from linkwatch.model.maintenance import Maintenance, UnderWork
from linkwatch.model.moment import Span
from linkwatch.model.notification import Notification
from linkwatch.model.path import Whereabouts
from linkwatch.model.people import DailyHours, EscalationStep, Role
from linkwatch.model.priority import Priority
from linkwatch.model.subject import Subject, SubjectKind
from linkwatch.model.thresholds import Metric
from linkwatch.model.topology import Level
from linkwatch.store import documents
from support import province

AT = datetime(2021, 5, 15, 7, 42, 10, 512000, timezone(timedelta(hours=7)))
INCIDENT = province.incident(AT)

texts = st.text(st.characters(codec="utf-8"), max_size=20)
instants = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 the strategy adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 the strategy adds the zone
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=7))]),
)
figures = st.dictionaries(st.sampled_from(Metric), st.floats(allow_nan=False))
steps = st.builds(
    EscalationStep,
    after=st.floats(0, 1e6),
    notify=st.lists(st.sampled_from(Role), max_size=3).map(tuple),
    hours=st.none() | st.builds(DailyHours, st.times(), st.times()),
    repeat=st.none() | st.floats(0, 1e6),
)
told = st.builds(
    Told,
    contact=texts.map(ContactId),
    role=st.sampled_from(Role),
    level=st.none() | st.sampled_from(Level),
    channels=st.lists(texts, max_size=3).map(tuple),
)
incidents = st.builds(
    Incident,
    id=st.text(string.ascii_uppercase, min_size=1).map(IncidentId),
    started_at=instants,
    opened_at=instants,
    spell_at=instants,
    announce_at=instants,
    announced_at=st.none() | instants,
    restored_at=st.none() | instants,
    resolved_at=st.none() | instants,
    subject=st.builds(Subject, st.sampled_from(SubjectKind), texts),
    site=texts.map(SiteId),
    carrier=st.none() | texts.map(CarrierId),
    links=st.lists(texts.map(LinkId), max_size=2).map(tuple),
    circuit=st.none() | texts,
    measured=figures,
    threshold=figures,
    evidence=st.dictionaries(texts, st.floats(allow_nan=False)),
    told=st.lists(told, max_size=3).map(tuple),
    maintenance=st.none() | st.builds(UnderWork, until=instants),
    withheld=st.lists(st.sampled_from(IncidentEvent), max_size=2).map(tuple),
    path=st.none() | st.builds(Whereabouts, last_reply=st.none() | texts),
    events=st.dictionaries(st.sampled_from(IncidentEvent), st.integers(0, 99)),
    escalation=st.dictionaries(
        st.sampled_from(Priority), st.lists(steps, max_size=2).map(tuple), max_size=2
    ),
)
works = st.builds(
    Maintenance,
    span=st.builds(Span, instants, instants),
    links=st.frozensets(texts.map(LinkId), max_size=3),
    sites=st.frozensets(texts.map(SiteId), max_size=3),
    carrier=st.none() | texts.map(CarrierId),
    shared_risk=st.frozensets(texts, max_size=3),
    made_at=st.none() | instants,
    ended_at=st.none() | instants,
)
notifications = st.builds(
    Notification,
    key=texts,
    contact=texts.map(ContactId),
    text=texts,
    body=texts,
    created_at=instants,
    started_at=st.none() | instants,
    subject=texts,
    short=texts,
    tried=st.lists(texts, max_size=2).map(tuple),
)


@given(incidents)
def test_an_incident_survives(incident: Incident) -> None:
    assert documents.incidents.read(documents.incidents.write(incident)) == incident


@given(works)
def test_work_survives(work: Maintenance) -> None:
    assert documents.works.read(documents.works.write(work)) == work


@given(notifications)
def test_a_message_survives(notification: Notification) -> None:
    document = documents.notifications.write(notification)

    assert documents.notifications.read(document) == notification
    assert "\n" not in document


def test_mapping_keys_are_enums_again() -> None:
    incident = replace(INCIDENT, events={IncidentEvent.OPENED: 1}, measured={Metric.LOSS: 1.0})

    read = documents.incidents.read(documents.incidents.write(incident))

    assert [type(key) for key in (*read.events, *read.measured)] == [IncidentEvent, Metric]


def test_offset_survives() -> None:
    read = documents.incidents.read(documents.incidents.write(INCIDENT))

    assert read.opened_at.isoformat() == "2021-05-15T07:42:10.512000+07:00"


def test_keys_of_another_version_are_ignored_and_missing_ones_default() -> None:
    tree = json.loads(documents.incidents.write(INCIDENT))
    del tree["told"]
    tree["weather"] = "dry"

    assert documents.incidents.read(json.dumps(tree)) == INCIDENT


def test_a_damaged_document_is_an_error() -> None:
    with pytest.raises(ValidationError):
        documents.incidents.read('{"id": "LW-000001"}')
