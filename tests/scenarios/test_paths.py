"""Where a fault lies, in the turn: when ways are looked at, and what people hear of it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from linkwatch.model.ids import IncidentId, LinkId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.inventory import Inventory
from linkwatch.model.notification import Notification
from linkwatch.model.path import Confidence, Hop, Segment, Trace, TraceNow, Whereabouts
from linkwatch.model.topology import Place, Target
from linkwatch.path.baseline import SETTLED
from linkwatch.path.surveys import LATER, SOON, UNWELL
from support.drive import Drive, silent
from support.province import INET, MORNING, NIGHT, WAN, conference, inventory

GATEWAY, CORE, END = "10.0.0.1", "10.0.0.2", "10.0.0.4"
ROUTERS = {
    WAN: (GATEWAY, CORE, None, END),
    INET: (GATEWAY, "10.0.1.2", "10.0.1.3", "10.0.1.4"),
}
"""None never tells of itself."""
BEHIND_END = Whereabouts(END, Segment.CARRIER_ACCESS, Confidence.LIKELY)
OPENED, UPDATED, RESOLVED = (
    IncidentEvent.OPENED,
    IncidentEvent.UPDATED,
    IncidentEvent.RESOLVED,
)


def province(*, conferring: bool = True) -> Inventory:
    """The WAN link is judged at the site, and its carrier's end is known."""
    whole = inventory(conferences=(conference(),) if conferring else ())
    targets = (Target(END, Place.CARRIER), Target("127.0.17.10", Place.SITE))
    inet = (Target("127.0.17.20", Place.SITE),)
    links = {
        WAN: replace(whole.links[WAN], targets=targets),
        INET: replace(whole.links[INET], targets=inet),
    }
    return replace(whole, links=links)


def seen(drive: Drive, wanted: TraceNow, reach: int = 5, address: str | None = None) -> Trace:
    """A trace that gets as far as hop `reach` of 5, the last being the target."""
    now = 1000.0 + drive.seconds
    hops = [
        Hop(4, expired=4, routers=(router,), soonest=0.001) if router else Hop(4)
        for router in ROUTERS[wanted.link][:reach]
    ]
    hops += [Hop(4)] * (4 - len(hops))
    hops.append(Hop(4, arrived=4, soonest=0.010) if reach == 5 else Hop(4))
    asked = drive.state.judges[wanted.link].link.targets[wanted.target].address
    return Trace(wanted, address or asked, now - 1.0, now, tuple(hops))


def watched(whole: Inventory, at: datetime = MORNING) -> Drive:
    """With every way known: whatever is asked for to know it was answered."""
    drive = Drive(whole, at - timedelta(seconds=120), traces=True)
    for _ in range(60):
        drive.run(2)
        answer(drive)
    known = [drive.state.paths.known(link) for link in whole.links]
    assert all(baseline is not None and baseline.is_settled for baseline in known)
    return drive


def answer(drive: Drive, reach: int = 5) -> list[Notification]:
    """All that was asked for comes back."""
    told = []
    while drive.traces:
        told += drive.traced(seen(drive, drive.traces.pop(), reach=reach))
    return told


def path_of(drive: Drive) -> Whereabouts | None:
    (incident,) = drive.incidents.values()
    return incident.path


def asked(drive: Drive) -> list[LinkId]:
    return [wanted.link for wanted in drive.traces]


def events(told: Sequence[Notification]) -> set[IncidentEvent]:
    return {message.event for message in told}


def test_the_alert_goes_out_in_the_turn_that_opens_it_and_the_path_follows() -> None:
    drive = watched(province())
    told = drive.run(8, chu_se_wan_1=silent)
    # Nothing has come of the trace, and nobody has waited for it.
    assert events(told) == {OPENED}
    (wanted,) = drive.traces
    opened_at = next(iter(drive.incidents.values())).opened_at
    assert {message.created_at for message in told} == {opened_at}
    assert path_of(drive) is None
    heard = {message.contact for message in told}

    told = answer(drive, reach=4)
    assert (wanted.link, wanted.target, wanted.distance) == (WAN, 1, 5)
    assert events(told) == {UPDATED}
    assert {message.contact for message in told} == heard
    # The site's other line answers: the site has power.
    assert path_of(drive) == BEHIND_END
    assert "còn tới 10.0.0.4 → khả năng đoạn truy nhập VNPT" in told[0].text
    assert json.loads(told[0].body)["incident"]["path"] == {
        "last_reply": "10.0.0.4",
        "segment": "carrier access",
        "confidence": "likely",
    }
    assert drive.details[-1] == "replies as far as 10.0.0.4; carrier access, likely"


def test_the_alert_goes_out_at_the_same_second_whoever_traces() -> None:
    times = []
    for traces in (True, False):
        drive = Drive(province(), MORNING, traces=traces)
        drive.run(60)
        if traces:
            answer(drive)
        told = drive.run(30, chu_se_wan_1=silent)
        times.append(sorted((m.created_at, m.key) for m in told if m.event is OPENED))
    assert times[0] == times[1]
    assert times[0]


def test_a_trace_that_never_ends_keeps_nobody_from_hearing_that_it_is_over() -> None:
    drive = watched(province())
    drive.run(8, chu_se_wan_1=silent)
    assert asked(drive) == [WAN]
    assert events(drive.run(60)) == {RESOLVED}
    # What comes then is of no use to anybody.
    assert answer(drive, reach=4) == []
    assert path_of(drive) is None


def test_while_a_fault_is_held_the_path_is_found_and_stands_in_the_alert() -> None:
    drive = watched(province(conferring=False), NIGHT)
    assert drive.run(10, chu_se_wan_1=silent) == []
    assert answer(drive, reach=4) == []
    assert path_of(drive) == BEHIND_END
    told = drive.run(60, chu_se_wan_1=silent)
    assert events(told) == {OPENED}
    assert "còn tới 10.0.0.4 → khả năng đoạn truy nhập VNPT" in told[0].text


def test_what_only_tells_how_far_replies_come_is_kept_and_sends_nothing() -> None:
    drive = watched(province())
    drive.run(8, chu_se_wan_1=silent, chu_se_wan_0=silent)
    # Behind the core stands one that never says anything: core or access.
    assert answer(drive, reach=2) == []
    assert path_of(drive) == Whereabouts(CORE)
    assert drive.details[-1] == "replies as far as 10.0.0.2"


def test_what_a_trace_does_not_tell_is_said_in_the_timeline_with_its_reason() -> None:
    drive = watched(province())
    drive.run(8, chu_se_wan_1=silent)
    assert answer(drive) == []
    assert path_of(drive) is None
    assert drive.details[-1] == "not located: answers"


def test_an_unknown_way_is_not_looked_at_when_it_has_failed() -> None:
    drive = Drive(province(), MORNING, traces=True)
    drive.run(60)
    drive.traces.clear()
    drive.run(10, chu_se_wan_1=silent)
    assert drive.incidents
    assert asked(drive) == []


def test_a_way_is_looked_at_until_it_is_known_and_seldom_from_then_on() -> None:
    drive = Drive(province(), NIGHT, traces=True)
    looks: list[float] = []
    for _ in range(round((LATER + 120) / 2)):
        drive.run(2)
        looks += [drive.seconds for link in asked(drive) if link == WAN]
        answer(drive)
    baseline = drive.state.paths.known(WAN)
    assert baseline is not None
    assert baseline.hops[-1].asked >= SETTLED
    first, second, third, *rest = looks
    assert first < UNWELL + 3
    assert second - first < SOON + 3
    assert third - second > LATER - 3
    assert rest == []


def test_what_is_seen_while_a_link_is_ill_is_not_its_usual_way() -> None:
    drive = watched(province())
    before = drive.state.paths.known(WAN)
    drive.run(8, chu_se_wan_1=silent)
    drive.traced(seen(drive, TraceNow(WAN, 1, 5), reach=3))
    assert drive.state.paths.known(WAN) == before


def test_a_look_at_the_very_moment_of_the_cut_does_not_make_the_way_forgotten() -> None:
    drive = watched(province())
    drive.run(1, chu_se_wan_1=silent)
    drive.traced(seen(drive, TraceNow(WAN, 1, 5), reach=4))
    drive.run(7, chu_se_wan_1=silent)
    assert asked(drive) == [WAN]
    answer(drive, reach=4)
    assert path_of(drive) == BEHIND_END


def test_worse_again_is_looked_at_again_and_what_was_told_goes() -> None:
    drive = watched(province())
    drive.run(8, chu_se_wan_1=silent)
    answer(drive, reach=4)
    drive.run(60)
    drive.traces.clear()
    drive.run(8, chu_se_wan_1=silent)
    assert asked(drive) == [WAN]
    assert path_of(drive) is None
    assert drive.timeline.count("reopened") == 1


def test_a_trace_to_where_the_link_no_longer_leads_is_let_go() -> None:
    drive = watched(province())
    drive.run(8, chu_se_wan_1=silent)
    (wanted,) = drive.traces
    moved = province()
    targets = (Target(END, Place.CARRIER), Target("127.0.17.11", Place.SITE))
    links = {**moved.links, WAN: replace(moved.links[WAN], targets=targets)}
    drive.reload(replace(moved, links=links))
    drive.run(1, chu_se_wan_1=silent)
    drive.traced(seen(drive, wanted, reach=4, address="127.0.17.10"))
    assert path_of(drive) is None
    assert drive.state.paths.known(WAN) is None


def test_a_link_that_left_the_configuration_is_traced_no_more() -> None:
    drive = watched(province())
    drive.run(8, chu_se_wan_1=silent)
    (wanted,) = drive.traces
    trace = seen(drive, wanted, reach=4)
    whole = province()
    drive.reload(replace(whole, links={INET: whole.links[INET]}))
    assert drive.traced(trace) == []
    drive.traces.clear()
    drive.run(30)
    assert WAN not in asked(drive)


def test_an_incident_nobody_knows_is_no_trouble() -> None:
    drive = watched(province())
    before = len(drive.records)
    assert drive.traced(seen(drive, TraceNow(WAN, 1, 5, IncidentId("LW-000999")))) == []
    assert len(drive.records) == before
