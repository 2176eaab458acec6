"""A province of many sites with a line each, whose people hear of several faults in one message."""

import json
from dataclasses import replace
from datetime import timedelta

from linkwatch.config.build.defaults import ESCALATION
from linkwatch.model.conference import Attendance
from linkwatch.model.ids import CarrierId, ChannelId, LinkId, RosterId, SiteId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.inventory import Inventory
from linkwatch.model.notification import Notification
from linkwatch.model.people import Carrier
from linkwatch.model.topology import Level, LinkKind, SiteRole, Target
from support.climb import province
from support.province import CONFERENCE, HUB, conference, link, roster, site

HOOK = ChannelId("hook")


def wan(number: int) -> LinkId:
    """The WAN link of one of the sites."""
    return LinkId(f"xa-{number:03}-wan")


def stormy(sites: int, *, level: Level = Level.DISTRICT, confer: bool = False) -> Inventory:
    """No three of them share a carrier, so each fault is its own; their people are the same.

    With a conference from 07:30 on that all take part in.
    """
    whole = province()
    places, links = {HUB: whole.sites[HUB]}, {}
    carriers, rosters = {}, [whole.rosters[RosterId("centre-duty")]]
    for number in range(1, sites + 1):
        place, carrier = SiteId(f"xa-{number:03}"), CarrierId(f"nm-{(number + 1) // 2}")
        places[place] = replace(site(place, level, SiteRole.SITE, HUB), contacts=())
        target = Target(f"127.1.{number // 256}.{number % 256}")
        made = link(wan(number), place, LinkKind.WAN, carrier, (target,))
        links[made.id] = replace(made, interface=None)
        carriers[carrier] = Carrier(carrier, f"Nhà mạng {carrier}", carrier.upper(), (), {})
    for carrier in carriers:
        rosters += [
            roster(f"{carrier}-{each}", carrier, each, who)
            for each, who in (
                (Level.LEADER, "vnpt-ld"),
                (Level.PROVINCE, "vnpt-tinh"),
                (Level.DISTRICT, "vnpt-huyen"),
            )
        ]
    there = tuple(Attendance(place, 1, "1080p", (), None) for place in places if place != HUB)
    meeting = replace(conference(), sites=there, end=conference().end + timedelta(hours=2))
    return replace(
        whole,
        carriers=carriers,
        rosters={each.id: each for each in rosters},
        sites=places,
        links=links,
        routers={},
        conferences={CONFERENCE: meeting} if confer else {},
        contacts={k: replace(one, channels=(HOOK,)) for k, one in whole.contacts.items()},
        escalation=ESCALATION,
        gathered_channels=frozenset({HOOK}),
    )


def told_by(message: Notification) -> list[tuple[str, str, tuple[str, ...]]]:
    """Which incidents a message tells its contact of: each with what is new of it."""
    if message.event is not IncidentEvent.DIGEST:
        return [(str(message.incident), message.contact, (message.event.value,))]
    listed = json.loads(message.body)["incidents"]
    return [(one["id"], message.contact, tuple(one["events"])) for one in listed]
