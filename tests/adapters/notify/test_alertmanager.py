"""The channel `alertmanager`: what it posts, and what the real one makes of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from linkwatch.config.settings import AlertmanagerChannel
from linkwatch.host.clock import SystemClock
from linkwatch.message.document import Addressee, document, key
from linkwatch.model.finding import Kind
from linkwatch.model.ids import CarrierId, ChannelId, IncidentId
from linkwatch.model.incident import Incident, IncidentEvent, Status
from linkwatch.model.notification import Delivery, DeliveryOutcome, Notification
from linkwatch.model.people import Role
from linkwatch.model.priority import Priority
from linkwatch.model.secret import SecretRef, SecretSource
from linkwatch.notify.alertmanager import BATCH, AlertmanagerNotifier
from linkwatch.notify.setup import Surroundings
from linkwatch.ports import Clock, StandingNotifier
from support.alertmanager import Alertmanager, alertmanager, requires_alertmanager
from support.httppeer import Receiver, serving
from support.province import ZONE, incident
from support.sending import AT, CONTACTS, DUTY, TEXT, FixedClock, message
from support.waiting import PATIENCE

ALERTS = ChannelId("alerts")
RUNBOOK = "https://linkwatch.example/manual/alerts#down"
PASSWORD = SecretRef(SecretSource.ENV, "ALERTS_PASSWORD")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving() as server:
        yield server


def settings(url: str, **changes: Any) -> AlertmanagerChannel:
    base = AlertmanagerChannel(ALERTS, url, None, None, 5.0, resend=60.0, labels={})
    return replace(base, **changes)


def told(fault: Incident, event: IncidentEvent = IncidentEvent.OPENED) -> Notification:
    """As the daemon would tell it."""
    name = key(fault, event, DUTY, ALERTS)
    addressee = Addressee(DUTY, Role.DUTY, None)
    return replace(
        message(ALERTS),
        key=name,
        incident=fault.id,
        event=event,
        priority=fault.priority,
        body=document(name, event, fault, addressee, text=TEXT, runbook_url=RUNBOOK, timezone=ZONE),
        started_at=fault.started_at,
    )


def told_by_an_older_version(fault: Incident) -> Notification:
    """As it may lie in the outbox: its document knows no runbook."""
    message_ = told(fault)
    body = json.loads(message_.body)
    del body["incident"]["runbook_url"]
    return replace(message_, body=json.dumps(body))


def over(fault: Incident, at: datetime) -> Incident:
    return replace(fault, status=Status.RESOLVED, restored_at=at, resolved_at=at)


@asynccontextmanager
async def channel(
    settings_: AlertmanagerChannel, clock: Clock | None = None
) -> AsyncIterator[AlertmanagerNotifier]:
    around = Surroundings(lambda _ref: "not a real secret", clock or FixedClock(), CONTACTS)
    notifier = AlertmanagerNotifier(settings_, around)
    try:
        yield notifier
    finally:
        await notifier.close()


def posted(receiver: Receiver) -> list[list[dict[str, Any]]]:
    return [json.loads(request.body) for request in receiver.requests]


def fires(alert: dict[str, Any]) -> bool:
    """Whether it ends after the fixed clock's moment."""
    return datetime.fromisoformat(alert["endsAt"]) > AT


OPEN = incident(AT, circuit="GLI-CSE-0001")


def test_an_alert_names_the_incident_and_lapses_if_nothing_more_is_heard(
    receiver: Receiver,
) -> None:
    async def scene() -> None:
        labels = {"team": "noc"}
        async with channel(settings(receiver.url, labels=labels)) as notifier:
            await notifier.send(told(OPEN))

    asyncio.run(scene())
    [[alert]] = posted(receiver)
    assert alert == {
        "labels": {
            "team": "noc",
            "alertname": "LinkwatchQuality",
            "incident": "LW-000001",
            "site": "chu-se",
            "link": "chu-se-wan",
            "carrier": "vnpt",
        },
        "annotations": {
            "summary": TEXT.partition("\n")[0],
            "description": TEXT,
            "priority": "P1",
            "kind": "down",
            "severity": "critical",
            "runbook_url": RUNBOOK,
        },
        "startsAt": "2021-05-15T07:42:10.512000+07:00",
        "endsAt": (AT + timedelta(minutes=4)).isoformat(),
    }
    assert receiver.requests[0].path == "/alerts/api/v2/alerts"


def test_an_alert_without_a_runbook_is_posted_all_the_same(receiver: Receiver) -> None:
    async def scene() -> Delivery:
        async with channel(settings(receiver.url)) as notifier:
            return await notifier.send(told_by_an_older_version(OPEN))

    assert asyncio.run(scene()).outcome is DeliveryOutcome.ACCEPTED
    [[alert]] = posted(receiver)
    assert alert["annotations"]["kind"] == "down"
    assert "runbook_url" not in alert["annotations"]


def test_labels_stay_what_they_are_while_kind_and_priority_change(receiver: Receiver) -> None:
    eased = replace(OPEN, kind=Kind.LOSS, priority=Priority.P3, conference=None)

    async def scene() -> None:
        async with channel(settings(receiver.url)) as notifier:
            for event, fault in (
                (IncidentEvent.OPENED, OPEN),
                (IncidentEvent.RAISED, eased),
                (IncidentEvent.RESOLVED, over(OPEN, AT + timedelta(minutes=5))),
            ):
                await notifier.send(told(fault, event))

    asyncio.run(scene())
    alerts = [alert for [alert] in posted(receiver)]
    assert len({json.dumps(alert["labels"]) for alert in alerts}) == 1
    assert [alert["annotations"]["kind"] for alert in alerts] == ["down", "loss", "down"]
    assert alerts[2]["endsAt"] == "2021-05-15T07:47:10.512000+07:00"


def test_an_incident_that_moved_to_another_carrier_leaves_no_alert_behind(
    receiver: Receiver,
) -> None:
    async def scene() -> None:
        async with channel(settings(receiver.url)) as notifier:
            await notifier.send(told(OPEN))
            moved = replace(OPEN, carrier=CarrierId("viettel"))
            await notifier.send(told(moved, IncidentEvent.UPDATED))
            await notifier.repeat()

    asyncio.run(scene())
    _, second, third = posted(receiver)
    assert [(a["labels"]["carrier"], fires(a)) for a in second] == [
        ("viettel", True),
        ("vnpt", False),
    ]
    assert [a["labels"]["carrier"] for a in third] == ["viettel"]


def test_what_fires_is_repeated_and_what_is_over_is_not(receiver: Receiver) -> None:
    other = replace(OPEN, id=IncidentId("LW-000002"))

    async def scene() -> None:
        async with channel(settings(receiver.url)) as notifier:
            assert isinstance(notifier, StandingNotifier)
            assert not notifier.stands
            assert await notifier.repeat() == Delivery(DeliveryOutcome.ACCEPTED, "0 alerts fire")
            await notifier.send(told(OPEN))
            await notifier.send(told(other))
            receiver.status = 503
            resolved = told(over(OPEN, AT), IncidentEvent.RESOLVED)
            assert (await notifier.send(resolved)).outcome is DeliveryOutcome.FAILED
            receiver.status = 200
            await notifier.repeat()

    asyncio.run(scene())
    assert [a["labels"]["incident"] for a in posted(receiver)[-1]] == ["LW-000002"]


def test_what_was_not_accepted_is_not_repeated(receiver: Receiver) -> None:
    async def scene() -> None:
        async with channel(settings(receiver.url)) as notifier:
            receiver.status = 503
            await notifier.send(told(OPEN))
            await notifier.repeat()

    asyncio.run(scene())
    assert len(posted(receiver)) == 1


def test_a_repeat_under_way_does_not_fire_again_what_is_just_resolved(receiver: Receiver) -> None:
    async def scene() -> None:
        async with channel(settings(receiver.url)) as notifier:
            await notifier.send(told(OPEN))
            receiver.go_on.clear()
            receiver.came.clear()
            repeat = asyncio.ensure_future(notifier.repeat())
            assert await asyncio.to_thread(receiver.came.wait, PATIENCE)
            resolve = asyncio.ensure_future(
                notifier.send(told(over(OPEN, AT), IncidentEvent.RESOLVED))
            )
            await asyncio.wait({resolve}, timeout=0.1)
            assert len(receiver.requests) == 2
            receiver.go_on.set()
            await asyncio.gather(repeat, resolve)

    asyncio.run(scene())
    assert [fires(a) for [a] in posted(receiver)] == [True, True, False]


def test_many_go_in_batches_and_one_bad_one_spoils_no_other(receiver: Receiver) -> None:
    faults = [replace(OPEN, id=IncidentId(f"LW-{n:06d}")) for n in range(BATCH + 1)]

    async def scene() -> Delivery:
        async with channel(settings(receiver.url)) as notifier:
            notifier.resume([told(fault) for fault in faults])
            receiver.status = 400
            return await notifier.repeat()

    delivery = asyncio.run(scene())
    assert delivery == Delivery(DeliveryOutcome.REFUSED, "HTTP 400")
    assert [len(alerts) for alerts in posted(receiver)] == [BATCH, *[1] * BATCH, 1]


def test_a_reload_goes_on_repeating(receiver: Receiver) -> None:
    async def scene() -> None:
        async with (
            channel(settings(receiver.url)) as old,
            channel(settings(receiver.url, labels={"team": "noc"})) as new,
        ):
            await old.send(told(OPEN))
            new.succeed(old)
            under_way = replace(OPEN, id=IncidentId("LW-000002"))
            await old.send(told(under_way))
            await new.repeat()

    asyncio.run(scene())
    assert [a["labels"]["incident"] for a in posted(receiver)[-1]] == ["LW-000001", "LW-000002"]


def test_a_test_is_an_alert_of_its_own_that_is_not_repeated(receiver: Receiver) -> None:
    test = replace(told(OPEN), event=IncidentEvent.TEST, incident=None, body='{"incident": null}')

    async def scene() -> None:
        async with channel(settings(receiver.url)) as notifier:
            await notifier.send(test)
            await notifier.repeat()

    asyncio.run(scene())
    [[alert]] = posted(receiver)
    assert alert["labels"] == {"alertname": "LinkwatchTest", "contact": DUTY}


def test_it_logs_in(receiver: Receiver) -> None:
    async def scene() -> None:
        configured = settings(receiver.url, user="linkwatch", password=PASSWORD)
        async with channel(configured) as notifier:
            await notifier.send(told(OPEN))
            assert "not a real secret" not in repr(vars(notifier))

    asyncio.run(scene())
    assert receiver.requests[0].headers["Authorization"] == (
        "Basic bGlua3dhdGNoOm5vdCBhIHJlYWwgc2VjcmV0"
    )


@requires_alertmanager
def test_the_real_one_shows_repeats_survives_and_resolves(
    tmp_path: Path, receiver: Receiver
) -> None:
    with alertmanager(tmp_path, receiver.url) as manager:
        asyncio.run(_with_the_real_one(manager))
        manager.wait(lambda: statuses(receiver)[-1:] == ["resolved"])
        assert statuses(receiver) == ["firing", "firing", "resolved"]


async def _with_the_real_one(manager: Alertmanager) -> None:
    now = datetime.now(UTC)  # noqa: TID251 Alertmanager goes by this machine's clock
    fault = incident(now - timedelta(seconds=3))

    def until(wanted: bool) -> None:
        manager.wait(lambda: ("LW-000001" in manager.firing()) is wanted)

    async with channel(settings(manager.url), SystemClock()) as notifier:
        assert (await notifier.send(told(fault))).outcome is DeliveryOutcome.ACCEPTED
        await asyncio.to_thread(until, True)
        first = manager.firing()["LW-000001"]
        assert first["labels"]["link"] == "chu-se-wan"
        assert first["annotations"]["description"] == TEXT

        await notifier.repeat()
        second = manager.firing()["LW-000001"]
        assert second["endsAt"] > first["endsAt"]
        assert second["startsAt"] == first["startsAt"]

        manager.stop()
        assert (await notifier.repeat()).outcome is DeliveryOutcome.FAILED
        manager.start()
        assert manager.firing() == {}
        assert (await notifier.repeat()).outcome is DeliveryOutcome.ACCEPTED
        await asyncio.to_thread(until, True)

        resolved = over(fault, datetime.now(UTC))  # noqa: TID251 as above
        delivery = await notifier.send(told(resolved, IncidentEvent.RESOLVED))
        assert delivery.outcome is DeliveryOutcome.ACCEPTED
        await asyncio.to_thread(until, False)


@requires_alertmanager
def test_the_real_one_takes_an_alert_that_ended_before_it_began(
    tmp_path: Path, receiver: Receiver
) -> None:
    # A wall clock that was set back in between.
    now = datetime.now(UTC)  # noqa: TID251 as above
    fault = over(incident(now), now - timedelta(hours=1))

    async def scene(url: str) -> Delivery:
        async with channel(settings(url), SystemClock()) as notifier:
            return await notifier.send(told(fault, IncidentEvent.RESOLVED))

    with alertmanager(tmp_path, receiver.url) as manager:
        assert asyncio.run(scene(manager.url)).outcome is DeliveryOutcome.ACCEPTED


def statuses(receiver: Receiver) -> list[str]:
    """What Alertmanager told people, in order."""
    return [json.loads(request.body)["status"] for request in receiver.requests]
