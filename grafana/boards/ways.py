"""The boards, and the ways from one to another: they keep the time shown and what was chosen."""

import re
from typing import Final

from grafana_foundation_sdk.builders.dashboard import DashboardLink
from grafana_foundation_sdk.models.dashboard import DashboardLinkType

from grafana.boards.words import Words

TAG = "linkwatch"
WALL: Final = "linkwatch-wall"
CONFERENCE: Final = "linkwatch-conference"
CARRIER: Final = "linkwatch-carrier"
SITE: Final = "linkwatch-site"
LINK: Final = "linkwatch-link"
DAEMON: Final = "linkwatch-itself"

_NAMES = {
    CONFERENCE: Words("Mở bảng hội nghị", "Open the conference"),
    CARRIER: Words("Mở bảng nhà mạng", "Open the carrier"),
    SITE: Words("Mở bảng điểm cầu", "Open the site"),
    LINK: Words("Mở bảng kênh truyền", "Open the link"),
    DAEMON: Words("Mở bảng linkwatch", "Open linkwatch itself"),
}
CHOICES: Final = {
    WALL: (),
    CONFERENCE: ("conference",),
    CARRIER: ("carrier", "level", "site"),
    SITE: ("carrier", "level", "site"),
    LINK: ("carrier", "level", "site", "link"),
    DAEMON: (),
}
"""The variables at each board's head, each narrowed by those before it."""
_KEPT = "${__url_time_range}&${datasource:queryparam}${kept}"
_TO_KEEP = re.compile(r"/d/(?P<to>[a-z-]+)\?[^\"]*?(?P<kept>\$\{kept\})(?:&var-(?P<given>\w+))?")


def to_board(uid: str, variable: str = "", label: str = "") -> DashboardLink:
    """A link from a series, whose label of that name the variable becomes there."""
    way = series_link(uid, variable, label)
    return DashboardLink(str(way["title"])).url(str(way["url"]))


def series_link(uid: str, variable: str = "", label: str = "") -> dict[str, object]:
    """The same, for some of a panel's series only."""
    return {"title": _NAMES[uid].title, "url": _url(uid, variable, f"__field.labels.{label}")}


def column_link(uid: str, variable: str, field: str) -> dict[str, object]:
    """The same from a table's row, whose field of that name has the value."""
    return {"title": _NAMES[uid].title, "url": _url(uid, variable, f"__data.fields.{field}")}


def _url(uid: str, variable: str, source: str) -> str:
    # What else is kept depends on the board it stands on: see `resolved`.
    return f"/d/{uid}?{_KEPT}" + (f"&var-{variable}=${{{source}}}" if variable else "")


def resolved(text: str, board: str) -> str:
    """A board's text, whose links keep what both boards let people choose."""

    def with_kept(found: re.Match[str]) -> str:
        shared = [name for name in CHOICES[board] if name in CHOICES[found["to"]]]
        kept = "".join(f"&${{{name}:queryparam}}" for name in shared if name != found["given"])
        return found[0].replace(found["kept"], kept)

    return _TO_KEEP.sub(with_kept, text)


def navigation() -> DashboardLink:
    """From every board to every other, at its head."""
    return (
        DashboardLink("linkwatch")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .include_vars(True)
        .keep_time(True)
    )
