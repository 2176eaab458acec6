"""Whatever happens in whatever order, no incident has another priority than the table gives it.

The table is written here once more, from the configuration and the clock alone.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from linkwatch.model.conference import Attendance, Conference, Importance
from linkwatch.model.finding import Family, Kind, LinkState
from linkwatch.model.ids import ConferenceId, LinkId, SiteId
from linkwatch.model.incident import Incident, Status
from linkwatch.model.inventory import Inventory
from linkwatch.model.priority import Priority
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Severity
from linkwatch.model.topology import Level, Link, LinkKind, Site, SiteRole, Target
from support.drive import Answers, Drive, healthy, silent
from support.province import (
    CHU_SE,
    HUB,
    INET,
    MORNING,
    VNPT,
    WAN,
    conference,
    inventory,
    link,
    moment,
    site,
)

RELAY, RELAY_WAN, HUB_WAN = SiteId("tram"), LinkId("tram-wan"), LinkId("ttcntt-wan")
LINKS = (WAN, INET, HUB_WAN, RELAY_WAN)
MOODS: dict[str, Answers] = {
    "dead": silent,
    "slow": lambda _: 0.120,
    "slowish": lambda _: 0.070,
    "swaying": lambda sent: 0.120 if sent % 120 < 60 else 0.010,
    "moody": lambda sent: None if sent % 20 < 10 else 0.010,
    "well": healthy,
}


def province(*conferences: Conference) -> Inventory:
    """Chư Sê with two links; the hub, whose line passes a commune's."""
    whole = inventory(conferences=conferences)
    lines = {
        HUB_WAN: link(HUB_WAN, HUB, LinkKind.WAN, VNPT, (Target("127.0.1.10"),)),
        RELAY_WAN: link(RELAY_WAN, RELAY, LinkKind.WAN, VNPT, (Target("127.0.2.10"),)),
    }
    apart: dict[LinkId, Link] = {k: replace(x, interface=None) for k, x in lines.items()}
    apart[HUB_WAN] = replace(apart[HUB_WAN], parent=RELAY_WAN)
    relay = site(RELAY, Level.COMMUNE, SiteRole.SITE, None)
    sites: dict[SiteId, Site] = {**whole.sites, RELAY: relay}
    return replace(whole, sites=sites, links={**whole.links, **apart})


@st.composite
def conferences(draw: st.DrawFn) -> tuple[Conference, ...]:
    """Up to two, near enough to matter."""
    made = []
    for number in range(draw(st.integers(0, 2))):
        start = MORNING + timedelta(minutes=draw(st.sampled_from([-400, -200, 0, 5, 59, 70, 1500])))
        use = draw(st.sampled_from([(), (WAN,), (INET,)]))
        seat = draw(st.sampled_from([CHU_SE, CHU_SE, RELAY]))
        made.append(
            replace(
                conference(importance=draw(st.sampled_from(Importance))),
                id=ConferenceId(f"c{number}"),
                start=start,
                end=start + timedelta(hours=4),
                sites=(Attendance(seat, 1, "720p", use if seat == CHU_SE else (), None),),
            )
        )
    return tuple(made)


DEAD = (Kind.DOWN, Kind.SITE_DOWN)


def expected(drive: Drive, incident: Incident) -> Priority:
    """The first rule that fits, for the conference that gives the highest."""
    whole, now = drive.state.inventory, moment(drive.start, drive.seconds).wall
    away = _elsewhere(whole, incident)
    return min(
        [_beside(c, drive, incident, now) or away for c in whole.conferences.values()] or [away]
    )


def _elsewhere(whole: Inventory, incident: Incident) -> Priority:
    levels = {whole.sites[x].level for x in incident.affects}
    high_up = not levels.isdisjoint((Level.PROVINCE, Level.DISTRICT))
    return Priority.P2 if incident.kind in DEAD and high_up else Priority.P3


def _beside(c: Conference, drive: Drive, incident: Incident, now: datetime) -> Priority | None:
    in_window = c.start - timedelta(minutes=60) <= now < c.end + timedelta(hours=1)
    near = c.start - timedelta(hours=24) <= now < c.end + timedelta(hours=1)
    if not near:
        return None
    found = [_at(site, c, drive, incident, in_window=in_window) for site in incident.affects]
    return min((one for one in found if one is not None), default=None)


def _at(
    site: SiteId, c: Conference, drive: Drive, incident: Incident, *, in_window: bool
) -> Priority | None:
    """As seen from one of the sites that it touches."""
    seats = {a.site: a.use or _of(drive, a.site) for a in c.sites}
    used, touched = seats.get(site, ()), set(incident.links) & set(_of(drive, site))
    backbone = not touched.isdisjoint((HUB_WAN, RELAY_WAN))
    if not (used or backbone):
        return None
    kind, critical = incident.kind, incident.severity is Severity.CRITICAL
    bad = kind in DEAD or (kind is Kind.LOSS and critical)
    bad = bad or (incident.status is Status.FLAPPING and incident.family is Family.QUALITY)
    cut_off = bool(used) and kind in DEAD and all(_is_down(drive, x) for x in used)
    if cut_off or (bad and (backbone or not touched.isdisjoint(used))):
        high = in_window and c.importance is Importance.HIGH
        return Priority.P1 if high else Priority.P2
    poor = critical and kind in (Kind.LATENCY, Kind.JITTER, Kind.UTILISATION)
    if in_window and (kind in DEAD or poor or not touched.isdisjoint(used)):
        return Priority.P2
    return None


def _of(drive: Drive, at: SiteId) -> tuple[LinkId, ...]:
    return tuple(x.id for x in drive.state.inventory.links.values() if x.site == at)


def _is_down(drive: Drive, one: LinkId) -> bool:
    known = drive.state.incident((Family.QUALITY, Subject.of_link(one)))
    stands = known is not None and not known.status.is_closed and known.good_since is None
    believed = stands and known is not None and known.kind is Kind.DOWN
    return believed or drive.state.judges[one].state is LinkState.DOWN


Act = Callable[[Drive, dict[str, Answers]], None]


def falls_ill(one: LinkId, mood: str) -> Act:
    return lambda drive, moods: moods.update({one.replace("-", "_"): MOODS[mood]})


def time_jumps(minutes: int) -> Act:
    def act(drive: Drive, moods: dict[str, Answers]) -> None:
        drive.step_clock(minutes * 60)
        drive.run(61, **moods)  # a clock that is set is noticed within a minute

    return act


def is_reloaded(with_these: tuple[Conference, ...]) -> Act:
    def act(drive: Drive, _moods: dict[str, Answers]) -> None:
        drive.reload(province(*with_these))

    return act


acts = st.one_of(
    st.builds(falls_ill, st.sampled_from(LINKS), st.sampled_from(sorted(MOODS))),
    st.builds(time_jumps, st.sampled_from([1, 30, 60, 300, -60])),
    st.builds(is_reloaded, conferences()),
)


@settings(max_examples=250, deadline=None)
@given(conferences(), st.lists(st.tuples(acts, st.sampled_from([1, 8, 20, 90])), max_size=8))
def test_no_priority_is_other_than_the_tables(
    first: tuple[Conference, ...], acted: list[tuple[Act, int]]
) -> None:
    drive = Drive(province(*first), MORNING)
    moods: dict[str, Answers] = {}
    drive.run(30)
    for act, seconds in acted:
        act(drive, moods)
        drive.run(seconds, **moods)
        for incident in drive.state.open_incidents():
            assert incident.priority is expected(drive, incident), incident
