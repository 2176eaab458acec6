"""One conference: which of its sites can take part, by which path, and what was lost so far."""

from grafana_foundation_sdk.builders import statetimeline, table, timeseries

from grafana.boards.board import Board, one
from grafana.boards.columns import (
    AGE,
    PRIORITIES,
    PRIORITY,
    hidden,
    incident_columns,
    loss,
    site_name,
    site_state,
)
from grafana.boards.conference_figures import (
    CARRIED,
    LOST_TIME,
    OF_IT,
    SITES,
    backups_gone,
    minutes,
    phase,
    sites_cut_off,
    sites_well,
    time_left,
)
from grafana.boards.panels import graph, timeline
from grafana.boards.promql import (
    INCIDENT_INFO,
    LINK_INFO,
    LINK_STATE,
    LOST,
    OPENED_AT,
    SENT,
    SITE_INFO,
    chosen,
    incidents,
    link_code,
    of_links,
    only,
    site_code,
    worst,
)
from grafana.boards.promql import loss as loss_ratio
from grafana.boards.states import LINK_STATES, ORANGE, PATHS, RED
from grafana.boards.tables import Column, listing
from grafana.boards.targets import over_time
from grafana.boards.variables import conference
from grafana.boards.ways import CONFERENCE, LINK, to_board
from grafana.boards.words import Words

PATH = Words("Kênh dùng được", "Usable path")
CUT = Words("Phút mất", "Minutes lost")


def board() -> Board:
    """For those who sit in the room while it runs."""
    return Board(
        CONFERENCE,
        Words("Hội nghị", "Conference"),
        Words(
            "Một hội nghị: mỗi điểm cầu một dòng, còn họp được bằng kênh nào, mất bao nhiêu phút, "
            "ai đang xử lý.",
            "One conference: a row for each site, by which path it can take part, the minutes it "
            "lost, and who is on it.",
        ),
        [conference()],
        [
            [
                one(4, 4, phase()),
                one(4, 4, time_left()),
                one(4, 4, sites_well()),
                one(4, 4, sites_cut_off()),
                one(4, 4, backups_gone()),
                one(4, 4, minutes()),
            ],
            [one(24, 11, site_rows())],
            [one(12, 9, links_over_time()), one(12, 9, loss_over_time())],
            [one(24, 7, its_incidents())],
        ],
        since="now-3h",
        refresh="10s",
    )


def carried(use: str, expression: str) -> str:
    """What is known by link, of the conference's links in this use."""
    selected = chosen(CARRIED, conference="$conference", use=use)
    return f"{selected} * on (link) group_left () ({expression})"


def site_rows() -> table.Panel:
    """A row a site."""
    usable = f'sum by (link) ({LINK_STATE}{{state=~"up|degraded"}})'
    path = (
        f"max by (site) (2 * {carried('primary', usable)} or {carried('backup', usable)} "
        f"or 0 * {CARRIED}{OF_IT})"
    )
    lost, sent = (
        f"sum by (site) ({carried('primary', f'increase({c}[1m])')})" for c in (LOST, SENT)
    )
    age = f"on (incident) group_left () (time() - {OPENED_AT})"
    oldest = f"topk by (site) (1, {chosen(INCIDENT_INFO, conference='$conference')} * {age})"
    state = f"{site_code()} * on (site) group_left (site_name) {SITE_INFO}"
    return listing(
        Words("Từng điểm cầu", "Site by site"),
        Words(
            "Kênh dùng được, kênh dự phòng, mất gói trong 60 giây trên kênh chính, số phút mất, "
            "và ai đang giữ sự cố lâu nhất của điểm cầu. Nặng nhất trước.",
            "Usable path, backup, loss over 60 s on the primary, minutes lost, and who holds the "
            "site's oldest incident. Worst first.",
        ),
        [
            site_name(),
            hidden("site"),
            site_state("Value #A", 160),
            Column("Value #B", PATH, 200, unit="none", states=PATHS),
            Column("Value #C", Words("Kênh chính", "Primary"), 170, "none", states=LINK_STATES),
            Column("Value #D", Words("Dự phòng", "Backup"), 170, "none", states=LINK_STATES),
            loss("Value #E", 120),
            Column("Value #F", CUT, 130, "m", 1, steps=[(0.1, ORANGE), (5, RED)]),
            Column("priority", PRIORITY, 110, texts=PRIORITIES),
            Column("holder", Words("Người nhận", "Holder"), 170),
            Column("Value #G", AGE, 130, "dtdurations", 0),
        ],
        [
            only(state, "site", SITES),
            path,
            f"max by (site) ({carried('primary', link_code())})",
            f"min by (site) ({carried('backup', link_code())})",
            f"{lost} / {sent}",
            f"sum by (site) ({LOST_TIME}) / 60",
            only(f"max by (site, priority, holder) ({oldest})", "site", SITES),
        ],
        key="site",
        sort=[(Words("Trạng thái", "State"), True), (CUT, True)],
    )


def links_over_time() -> statetimeline.Panel:
    """Its links; the worst stand on top."""
    shown = of_links(link_code(), LINK_INFO, "site_name", "kind")
    its = only(shown, "link", f"{CARRIED}{OF_IT}")
    parts = worst(LINK_STATE, "link", LINK_STATES, its)
    return timeline(
        Words("Kênh truyền của hội nghị, nặng nhất trước", "Its links over time, worst first"),
        Words(
            "Kênh đang mất, kém, không rõ, rồi những kênh vừa có sự cố.",
            "Links down, degraded, unknown now, then those that were within the time shown.",
        ),
        LINK_STATES,
        *(over_time(part, "{{site_name}} {{kind}}") for part in parts),
        per_page=10,
        link=to_board(LINK, "link", "link"),
    )


def loss_over_time() -> timeseries.Panel:
    """The ten links that lose most now."""
    its = chosen(CARRIED, conference="$conference")
    named = f"{its} * on (link) group_left () ({loss_ratio('1m')})"
    most = "max_over_time(linkwatch_link_loss_ratio[$__range] @ end()) >= 0"
    worst_ten = f"topk(10, {its} * on (link) group_left () ({most}))"
    panel = graph(
        Words("Mất gói trong 60 giây, mười kênh nặng nhất", "Loss over 60 s, the ten worst"),
        Words(
            "Mười kênh mất gói nhiều nhất trong thời gian đang xem.",
            "The ten links that lost most within the time shown.",
        ),
        "percentunit",
        over_time(only(named, "link", worst_ten), "{{link}}"),
    )
    return panel.min(0).max(1)


def its_incidents() -> table.Panel:
    """What is open at its sites."""
    its = chosen(INCIDENT_INFO, conference="$conference")
    return listing(
        Words("Sự cố của hội nghị", "Its incidents"),
        Words(
            "Sự cố đang mở liên quan đến hội nghị này.",
            "Open incidents that concern this conference.",
        ),
        incident_columns(),
        [incidents(its)],
        sort=[(PRIORITY, False), (AGE, True)],
    )
