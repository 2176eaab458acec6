"""A province of 60 sites on a network of known truth: who is where, and who answers for what.

The Centre, 9 districts, 50 communes. Each has a WAN line of one carrier and an Internet line of the
other; a district's WAN passes the Centre's of the same carrier, a commune's WAN its district's. A
conference is on everywhere, so that all of it is probed once a second.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

DISTRICTS, COMMUNES = 9, 50
VNPT, VIETTEL = "vnpt", "viettel"
CARRIERS: Final = (VNPT, VIETTEL)
CENTRE, OPERATORS = "ttcntt", "truc-ttcntt"
UPLINK = f"{CENTRE}-inet"
"""What the Internet lines are probed through; no core of the province carries it."""
STABLE = 15.0
"""s after which a fault that comes again is another; and one that flapped is over."""


def districts(carrier: str | None = None) -> Sequence[str]:
    """The districts, or those whose WAN is this carrier's."""
    every = [f"h{n}" for n in range(1, DISTRICTS + 1)]
    return [one for one in every if carrier in (None, carrier_of(wan(one)))]


def communes(district: str) -> Sequence[str]:
    """What lies in a district: five communes, or six."""
    return [
        f"{district}x{n}"
        for n in range(1, len(range(_number(district), COMMUNES + 1, DISTRICTS)) + 1)
    ]


def sites() -> Iterator[str]:
    """All but the Centre."""
    for district in districts():
        yield district
        yield from communes(district)


def wan(site: str) -> str:
    """The WAN line of a site; the Centre has one of each carrier."""
    return f"{site}-wan"


def inet(site: str) -> str:
    """Its Internet line."""
    return f"{site}-inet"


def site_of(link: str) -> str:
    """Where a line ends."""
    return link.split("-", maxsplit=1)[0]


def carrier_of(link: str) -> str:
    """Whose line it is: in a district all WAN lines are one carrier's, the others the other's."""
    place = _number(_district(site_of(link)))
    return CARRIERS[(place + link.endswith("-wan")) % 2]


def links() -> Mapping[str, str]:
    """All lines and their addresses."""
    found = {_uplink(VNPT): "10.81.0.1", _uplink(VIETTEL): "10.81.0.2", UPLINK: "10.80.0.1"}
    for district in districts():
        for number, site in enumerate((district, *communes(district)), 1):
            found[wan(site)] = f"10.81.{_number(district)}.{number}"
            found[inet(site)] = f"10.80.{_number(district)}.{number}"
    return found


def below(district: str) -> Sequence[str]:
    """The WAN line of a district and all that pass it."""
    return [wan(district), *map(wan, communes(district))]


def network_of(carrier: str) -> Sequence[str]:
    """All lines that a carrier's core carries."""
    of_sites = (link for site in sites() for link in (wan(site), inet(site)))
    return [_uplink(carrier), *(link for link in of_sites if carrier_of(link) == carrier)]


def people_of(link: str) -> frozenset[str]:
    """Who is told of a line's fault in a conference."""
    carrier, site = carrier_of(link), site_of(link)
    return frozenset({_duty(carrier, _district(site)), _duty(carrier), _at(site), OPERATORS})


def people_of_site(site: str) -> frozenset[str]:
    """Who is told first where all of a site is dark."""
    return frozenset({_at(site), OPERATORS})


def people_of_carrier(carrier: str) -> frozenset[str]:
    """Who is told of a fault of its whole network."""
    return frozenset({_duty(carrier), OPERATORS})


def configuration(now: datetime) -> str:
    """All of it as the daemon reads it; JSON is YAML."""
    names = [OPERATORS, _at(CENTRE), *map(_at, sites())]
    names += [_duty(c, d) for c in CARRIERS for d in (*districts(), None)]
    names += [_leader(c) for c in CARRIERS]
    document = {
        "version": 1,
        "organisation": "Test",
        "operators": {"roster": "centre-duty", "daily_test": "never"},
        "probing": {"timeout": "900ms", "via": {"internet": UPLINK}},
        "flapping": {"changes": 4, "stable": f"{STABLE:g}s"},
        "carriers": {c: {"name": c, "short": c} for c in CARRIERS},
        "contacts": {n: {"name": n, "channels": ["hook"]} for n in names},
        "rosters": _rosters(),
        "channels": {
            "hook": {
                "type": "webhook",
                "url": "http://127.0.0.1:8099/alerts",
                "secret": {"env": "HOOK_SECRET"},
                # More happens in a minute than anywhere in a year: what is told is compared.
                "digests": False,
            }
        },
        "conferences": [
            {
                "id": "hop",
                "start": (now - timedelta(minutes=10)).isoformat(timespec="seconds"),
                "end": (now + timedelta(hours=5)).isoformat(timespec="seconds"),
                "sites": "all",
            }
        ],
        "sites": [_centre(), *map(_site, sites())],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def _rosters() -> Mapping[str, object]:
    made: dict[str, object] = {"centre-duty": {"level": "province", "standing": OPERATORS}}
    for carrier in CARRIERS:
        province = {"carrier": carrier, "level": "province", "standing": _duty(carrier)}
        leader = {"carrier": carrier, "level": "leader", "standing": _leader(carrier)}
        made |= {_duty(carrier): province, _leader(carrier): leader}
        for district in districts():
            who = _duty(carrier, district)
            area = {"areas": [district], "standing": who}
            for level in ("district", "commune"):
                made[f"{who}-{level}"] = {"carrier": carrier, "level": level, **area}
    return made


def _centre() -> Mapping[str, object]:
    lines = {_uplink(VNPT): VNPT, _uplink(VIETTEL): VIETTEL, UPLINK: VNPT}
    made = [_line(link, carrier) for link, carrier in lines.items()]
    return _named(CENTRE, "province") | {"role": "hub", "links": made}


def _site(site: str) -> Mapping[str, object]:
    district = _district(site)
    near, far = _line(wan(site), carrier_of(wan(site))), _line(inet(site), carrier_of(inet(site)))
    if site != district:
        return _named(site, "commune") | {"parent": district, "links": [near, far]}
    # The Centre's first WAN line is the default.
    if carrier_of(wan(site)) != VNPT:
        near["parent"] = _uplink(carrier_of(wan(site)))
    return _named(site, "district") | {"parent": CENTRE, "links": [near, far]}


def _named(site: str, level: str) -> dict[str, object]:
    return {"id": site, "name": f"Điểm cầu {site}", "level": level, "contacts": [_at(site)]}


def _line(link: str, carrier: str) -> dict[str, object]:
    kind = "internet" if link.endswith("-inet") else "wan"
    made: dict[str, object] = {"id": link, "kind": kind, "carrier": carrier}
    return made | {"targets": [links()[link]], "contracted": [{"rate": "20Mbps"}]}


def _uplink(carrier: str) -> str:
    return f"{CENTRE}-wan-{carrier}"


def _duty(carrier: str, district: str | None = None) -> str:
    return f"{carrier}-{district or 'tinh'}"


def _leader(carrier: str) -> str:
    return f"{carrier}-ld"


def _at(site: str) -> str:
    return f"{site}-kt"


def _district(site: str) -> str:
    return site.split("x", maxsplit=1)[0]


def _number(district: str) -> int:
    return int(district.removeprefix("h"))
