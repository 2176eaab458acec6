"""A site: its links beside each other, its incidents, and the conferences it takes part in."""

from grafana_foundation_sdk.builders import statetimeline, table, timeseries
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from grafana.boards.board import Board, one
from grafana.boards.columns import (
    AGE,
    LOSS,
    PRIORITY,
    STATE,
    UTILISATION_STEPS,
    carrier,
    conference_name,
    hidden,
    incident_columns,
    link_id,
    link_state,
    loss,
)
from grafana.boards.lines import below, ruled
from grafana.boards.panels import graph, timeline
from grafana.boards.promql import (
    BITS,
    COUNTED,
    INCIDENT_INFO,
    RECEIVED,
    SITE_INFO,
    TRANSMITTED,
    UTILISATION,
    arrows,
    bits,
    chosen,
    incidents,
    link_code,
    of_links,
    of_sites,
    only,
    site_code,
)
from grafana.boards.promql import loss as loss_ratio
from grafana.boards.site_figures import HERE, LINKS, links_usable, open_now, state, work
from grafana.boards.states import PHASES, SITE_STATES
from grafana.boards.tables import Column, listing
from grafana.boards.targets import over_time
from grafana.boards.variables import carrier as carrier_variable
from grafana.boards.variables import level
from grafana.boards.variables import site as site_variable
from grafana.boards.ways import LINK, SITE, series_link
from grafana.boards.words import CONTRACTED, Words

STARTS = "linkwatch_conference_start_timestamp_seconds"
ENDS = "linkwatch_conference_end_timestamp_seconds"


def board() -> Board:
    """For whoever is on the phone with the site."""
    return Board(
        SITE,
        Words("Điểm cầu", "Site"),
        Words(
            "Một điểm cầu: các kênh của nó cạnh nhau, sự cố, hội nghị tham dự.",
            "One site: its links beside each other, its incidents, its conferences.",
        ),
        [carrier_variable(), level("carrier"), site_variable("carrier", "level", one=True)],
        [
            [
                one(6, 4, state()),
                one(6, 4, links_usable()),
                one(6, 4, open_now()),
                one(6, 4, work()),
            ],
            [one(24, 6, its_links())],
            [one(12, 7, over()), one(12, 7, traffic())],
            [one(8, 8, round_trip()), one(8, 8, losses()), one(8, 8, jitter())],
            [one(14, 7, its_incidents()), one(10, 7, its_conferences())],
        ],
    )


def its_links() -> table.Panel:
    """A row a link."""
    named = of_links(link_code(), LINKS, "carrier", "kind", "circuit")

    def figures(metric: str) -> str:
        return only(f"max by (link) ({metric})", "link", LINKS)

    return listing(
        Words("Các kênh truyền", "Its links"),
        Words(
            "Số đo hiện thời của từng kênh; bấm vào kênh để xem kỹ.",
            "What is measured of each link now; a click leads to the link's own board.",
        ),
        [
            link_state("Value #A", 170),
            link_id(),
            carrier(),
            Column("kind", Words("Loại", "Kind"), 100),
            Column("circuit", Words("Mã kênh", "Circuit")),
            loss("Value #B", 120),
            Column("Value #C", Words("RTT 50 %", "RTT median"), 120, "s", 1),
            Column("Value #D", Words("Biến thiên trễ", "Jitter"), 110, "s", 1),
            Column(
                *("Value #E", Words("Tải", "Load"), 110, "percentunit", 0), steps=UTILISATION_STEPS
            ),
            Column("Value #F", Words("Hợp đồng đang tính", "Contracted"), 180, "bps", 0),
        ],
        [
            named,
            figures("linkwatch_link_loss_ratio"),
            figures('linkwatch_link_rtt_seconds{quantile="0.5"}'),
            figures("linkwatch_link_jitter_seconds"),
            figures(UTILISATION),
            figures(f"{BITS} * {COUNTED}"),
        ],
        key="link",
        sort=[(STATE, True), (LOSS, True)],
    )


def over() -> statetimeline.Panel:
    """The site on top, its links below."""
    panel = timeline(
        Words("Diễn biến", "Over time"),
        Words(
            "Dòng đầu là cả điểm cầu, bên dưới là từng kênh.",
            "The first row is the whole site, below it each of its links.",
        ),
        # Of the codes a link has, "down" alone is called otherwise.
        SITE_STATES,
        over_time(
            of_sites(site_code(site="$site"), chosen(SITE_INFO, site="$site")), "{{site_name}}"
        ),
        over_time(only(link_code(), "link", LINKS), "{{link}}"),
        per_page=8,
    )
    ways = [series_link(LINK, "link", "link")]
    return panel.override_by_query("B", [DynamicConfigValue(id_val="links", value=ways)])


def traffic() -> timeseries.Panel:
    """Both ways, with what is contracted."""
    received, transmitted = (
        only(bits(metric), "link", LINKS) for metric in (RECEIVED, TRANSMITTED)
    )
    contracted = arrows(only(f"{BITS} * {COUNTED}", "link", LINKS))
    panel = graph(
        Words("Lưu lượng", "Traffic"),
        Words(
            "Chiều xuống ở trên, chiều lên ở dưới; nét đứt là mức hợp đồng đang tính.",
            "What the site receives above, what it transmits below; dashed: the contracted rate.",
        ),
        "bps",
        over_time(received, "{{link}} ↓"),
        over_time(transmitted, "{{link}} ↑"),
        over_time(contracted, f"{CONTRACTED.title} {{{{link}}}} {{{{way}}}}"),
    )
    return below(ruled(panel, CONTRACTED))


def round_trip() -> timeseries.Panel:
    """Both links in one graph: a difference is seen at once."""
    median = 'linkwatch_link_rtt_seconds{quantile="0.5"}'
    return graph(
        Words("Thời gian khứ hồi", "Round-trip time"),
        Words("Trung vị của từng kênh.", "The median of each link."),
        "s",
        over_time(only(median, "link", LINKS), "{{link}}"),
    )


def losses() -> timeseries.Panel:
    """Counted, not judged."""
    return graph(
        Words("Mất gói", "Loss"),
        Words(
            "Tỷ lệ gói mất trong mỗi khoảng của đồ thị.",
            "The share of probes lost within each interval of the graph.",
        ),
        "percentunit",
        over_time(only(loss_ratio("$__rate_interval"), "link", LINKS), "{{link}}"),
    ).min(0)


def jitter() -> timeseries.Panel:
    """By RFC 3550."""
    return graph(
        Words("Biến thiên trễ", "Jitter"),
        Words(
            "Độ biến thiên trễ của từng kênh, theo RFC 3550.",
            "Variation of the delay of each link, as in RFC 3550.",
        ),
        "s",
        over_time(only("linkwatch_link_jitter_seconds", "link", LINKS), "{{link}}"),
    )


def its_incidents() -> table.Panel:
    """What is open here."""
    return listing(
        Words("Sự cố của điểm cầu", "Its incidents"),
        Words("Sự cố đang mở tại điểm cầu này.", "Open incidents at this site."),
        incident_columns(),
        [incidents(f"{INCIDENT_INFO}{HERE}")],
        sort=[(PRIORITY, False), (AGE, True)],
    )


def its_conferences() -> table.Panel:
    """When it must hold."""
    its = f"linkwatch_conference_site_active{HERE}"
    phase = f"2 * linkwatch_conference_active + on (conference) ({STARTS} <= bool time())"
    named = (
        f"1000 * {STARTS} * on (conference) group_left (conference_name) linkwatch_conference_info"
    )
    return listing(
        Words("Hội nghị tham dự", "Its conferences"),
        Words(
            "Các hội nghị mà điểm cầu tham dự, gần nhất trước.",
            "The conferences that the site takes part in, the next first.",
        ),
        [
            conference_name(),
            hidden("conference"),
            Column("Value #B", Words("Giai đoạn", "Phase"), 150, "none", states=PHASES),
            Column("Value #A", Words("Bắt đầu", "Start"), 170, "dateTimeAsLocal"),
            Column("Value #C", Words("Kết thúc", "End"), 170, "dateTimeAsLocal"),
        ],
        [
            only(named, "conference", its),
            only(phase, "conference", its),
            only(f"1000 * sum by (conference) ({ENDS})", "conference", its),
        ],
        key="conference",
        sort=[(Words("Kết thúc", "End"), True)],
    )
