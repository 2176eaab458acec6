"""The figures of a site: the upper row of its board."""

from grafana_foundation_sdk.builders import stat

from grafana.boards.panels import figure
from grafana.boards.promql import (
    INCIDENT_INFO,
    LINK_INFO,
    LINK_STATE,
    SITE_INFO,
    chosen,
    of_sites,
    only,
    site_code,
)
from grafana.boards.states import RED, SITE_STATES, WORK
from grafana.boards.targets import now
from grafana.boards.words import Words

HERE = '{site="$site"}'
LINKS = f"{LINK_INFO}{HERE}"


def state() -> stat.Panel:
    """Now."""
    shown = of_sites(site_code(site="$site"), chosen(SITE_INFO, site="$site"))
    return figure(
        Words("Trạng thái", "State"),
        Words(
            "Mất kết nối khi mọi kênh đang dùng đều mất; ngoài giờ khi điểm cầu không phải mở.",
            "Cut off when all links in use are down; closed outside its hours.",
        ),
        "none",
        now(shown, "{{site_name}}"),
        states=SITE_STATES,
    )


def links_usable() -> stat.Panel:
    """Of so many."""
    usable = only(f'{LINK_STATE}{{state=~"up|degraded"}}', "link", LINKS)
    return figure(
        Words("Kênh dùng được", "Usable links"),
        Words(
            "Số kênh còn dùng được trên tổng số kênh.",
            "How many of its links can be used, and of how many.",
        ),
        "none",
        now(f"sum({usable})", Words("Dùng được", "Usable").title),
        now(f"count({LINKS})", Words("Tổng số", "All").title),
    )


def open_now() -> stat.Panel:
    """Incidents here."""
    return figure(
        Words("Sự cố đang mở", "Open incidents"),
        Words("Số sự cố chưa đóng tại điểm cầu.", "Incidents at the site that are not closed."),
        "none",
        now(f"count({INCIDENT_INFO}{HERE}) or vector(0)"),
        steps=[(1, RED)],
    )


def work() -> stat.Panel:
    """Whether somebody has announced it."""
    return figure(
        Words("Bảo trì đã báo", "Announced work"),
        Words(
            "Có kênh nào đang trong giờ bảo trì đã báo không.",
            "Whether announced work is under way on any of its links.",
        ),
        "none",
        now(f"max({only('linkwatch_maintenance_active', 'link', LINKS)})"),
        states=WORK,
    )
