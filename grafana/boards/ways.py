"""The boards, and the ways from one to another: they keep the time shown and what was chosen."""

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
    LINK: Words("Mở bảng đường truyền", "Open the link"),
    DAEMON: Words("Mở bảng linkwatch", "Open linkwatch itself"),
}
_KEPT = "${__url_time_range}&${datasource:queryparam}"


def to_board(uid: str, variable: str = "", value: str = "") -> DashboardLink:
    """A link from data; `value` is what the variable becomes there."""
    return DashboardLink(_NAMES[uid].title).url(url(uid, variable, value))


def column_link(uid: str, variable: str, field: str) -> dict[str, object]:
    """The same from a table's row, whose field of that name has the value."""
    value = f"${{__data.fields.{field}}}"
    return {"title": _NAMES[uid].title, "url": url(uid, variable, value)}


def url(uid: str, variable: str = "", value: str = "") -> str:
    """Where it leads."""
    return f"/d/{uid}?{_KEPT}" + (f"&var-{variable}={value}" if variable else "")


def label(name: str) -> str:
    """A series' label, for `to_board`."""
    return f"${{__field.labels.{name}}}"


def navigation() -> DashboardLink:
    """From every board to every other, at its head."""
    return (
        DashboardLink("linkwatch")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .include_vars(True)
        .keep_time(True)
    )
