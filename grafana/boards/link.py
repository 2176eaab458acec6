"""A link: delay, loss, jitter and traffic, each with the line that it is judged by."""

from grafana_foundation_sdk.builders import heatmap, timeseries
from grafana_foundation_sdk.builders.prometheus import Dataquery

from grafana.boards.board import Board, one
from grafana.boards.lines import below, coloured, ruled
from grafana.boards.link_figures import (
    IT,
    availability,
    load_now,
    loss_now,
    over,
    state,
    what_it_is,
)
from grafana.boards.panels import graph, smoke
from grafana.boards.promql import (
    BITS,
    BOOSTED,
    COUNTED,
    RECEIVED,
    TRANSMITTED,
    UTILISATION,
    arrows,
    bits,
    chosen,
    loss,
)
from grafana.boards.states import PURPLE
from grafana.boards.targets import buckets, over_time
from grafana.boards.variables import carrier as carrier_variable
from grafana.boards.variables import level, site
from grafana.boards.variables import link as link_variable
from grafana.boards.ways import LINK
from grafana.boards.words import CONTRACTED, CRITICAL, PROMISED, WARNING, Words

RTT = "linkwatch_probe_rtt_seconds"
COUNTED_LOSS = Words("Mất trong khoảng", "Lost in the interval")


def board() -> Board:
    """For whoever has to say what is wrong with it."""
    return Board(
        LINK,
        Words("Kênh truyền", "Link"),
        Words(
            "Một kênh truyền: trễ, mất gói, jitter, lưu lượng, lỗi cổng, mỗi thứ cùng ngưỡng "
            "hoặc mức hợp đồng của nó.",
            "One link: delay, loss, jitter, traffic and errors, each with its threshold or "
            "contracted rate.",
        ),
        [
            carrier_variable(),
            level("carrier"),
            site("carrier", "level"),
            link_variable("carrier", "level", "site"),
        ],
        [
            [
                one(4, 4, state()),
                one(4, 4, availability()),
                one(4, 4, loss_now()),
                one(4, 4, load_now()),
                one(8, 4, what_it_is()),
            ],
            [one(24, 4, over())],
            [one(12, 9, percentiles()), one(12, 9, smoky())],
            [one(12, 8, lost()), one(12, 8, jitter())],
            [one(12, 9, traffic()), one(12, 9, utilisation())],
            [one(12, 7, errors()), one(12, 7, our_own())],
        ],
    )


def limits(metric: str) -> list[Dataquery]:
    """Both thresholds of a metric, as lines."""
    return [
        over_time(
            chosen("linkwatch_link_threshold", link="$link", metric=metric, severity=severity),
            words.title,
        )
        for severity, words in (("warning", WARNING), ("critical", CRITICAL))
    ]


def percentiles() -> timeseries.Panel:
    """How long packets take: most, nearly all, and the slowest."""
    each = f"sum by (le) (increase({RTT}_bucket{IT}[$__rate_interval]))"
    shown = [
        over_time(f"histogram_quantile({q}, {each})", name)
        for q, name in ((0.5, "P50"), (0.9, "P90"), (0.99, "P99"))
    ]
    panel = graph(
        Words("Trễ khứ hồi và ngưỡng", "Round-trip percentiles and thresholds"),
        Words(
            "P50, P90, P99 của các gói được trả lời trong mỗi khoảng; nét đứt là ngưỡng đang "
            "dùng. Gói mất không có trễ, không bao giờ tính là 0.",
            "P50, P90 and P99 of the probes answered in each interval; dashed: the thresholds in "
            "force. A lost probe has no delay, and never counts as 0.",
        ),
        "s",
        *shown,
        *limits("latency"),
    )
    return ruled(panel, WARNING, CRITICAL)


def smoky() -> heatmap.Panel:
    """Every probe that was answered, as SmokePing draws it."""
    return smoke(
        Words("Khói: phân bố trễ", "Smoke: how delays are spread"),
        Words(
            "Càng đậm càng nhiều gói có trễ đó; vệt rộng là jitter, khoảng trống là không ai trả "
            "lời.",
            "The denser, the more probes took so long; a wide band is jitter, a gap is silence.",
        ),
        "s",
        buckets(f"sum by (le) (increase({RTT}_bucket{IT}[$__rate_interval]))"),
    )


def lost() -> timeseries.Panel:
    """As counted, and as judged."""
    panel = graph(
        Words("Mất gói và ngưỡng", "Loss and thresholds"),
        Words(
            "Nền: tỷ lệ mất trong mỗi khoảng. Nét: mất gói dùng để xét, chậm mà chắc.",
            "Filled: the share lost in each interval. Line: the loss it is judged by, slow and "
            "sure.",
        ),
        "percentunit",
        over_time(loss("$__rate_interval", IT), COUNTED_LOSS.title),
        over_time(f"linkwatch_link_loss_ratio{IT}", Words("Xét", "Judged").title),
        *limits("loss"),
    )
    return ruled(coloured(panel, COUNTED_LOSS.title, PURPLE), WARNING, CRITICAL).min(0)


def jitter() -> timeseries.Panel:
    """By RFC 3550."""
    panel = graph(
        Words("Biến thiên trễ và ngưỡng", "Jitter and thresholds"),
        Words(
            "Độ biến thiên trễ theo RFC 3550, chỉ giữa các gói liền nhau được trả lời.",
            "Variation of the delay as in RFC 3550, between answered neighbours only.",
        ),
        "s",
        over_time(f"linkwatch_link_jitter_seconds{IT}", "Jitter"),
        *limits("jitter"),
    )
    return ruled(panel, WARNING, CRITICAL)


def traffic() -> timeseries.Panel:
    """Both ways, with both rates."""
    panel = graph(
        Words("Lưu lượng và hợp đồng", "Traffic and contract"),
        Words(
            "Chiều xuống ở trên, chiều lên ở dưới; nét đứt: mức đang tính và mức mở rộng đã hứa.",
            "Received above, transmitted below; dashed: the rate that counts and the boost that "
            "was promised.",
        ),
        "bps",
        over_time(bits(RECEIVED, IT), "↓"),
        over_time(bits(TRANSMITTED, IT), "↑"),
        over_time(arrows(f"{BITS} * {COUNTED}{IT}"), f"{CONTRACTED.title} {{{{way}}}}"),
        over_time(arrows(f"{BITS} * {BOOSTED}{IT}"), f"{PROMISED.title} {{{{way}}}}"),
    )
    return below(ruled(panel, CONTRACTED, PROMISED))


def utilisation() -> timeseries.Panel:
    """As judged."""
    panel = graph(
        Words("Tải so với hợp đồng", "Load against contract"),
        Words(
            "Tỷ lệ so với mức hợp đồng đang tính của chiều đó; nét đứt là ngưỡng.",
            "The share of the contracted rate that counts in that direction; dashed: thresholds.",
        ),
        "percentunit",
        over_time(arrows(f"{UTILISATION}{IT}"), "{{way}}"),
        *limits("utilisation"),
    )
    return ruled(panel, WARNING, CRITICAL)


def errors() -> timeseries.Panel:
    """Of the router's interface: a bad cable, a full queue."""
    kinds = (("errors", Words("Lỗi", "Errors")), ("discards", Words("Bỏ", "Discards")))
    return graph(
        Words("Lỗi cổng", "Interface errors"),
        Words(
            "Gói lỗi và gói bị bỏ mỗi giây trên cổng, mỗi chiều.",
            "Packets with errors and packets discarded a second on the interface, each way.",
        ),
        "pps",
        *(
            over_time(
                arrows(f"rate(linkwatch_interface_{kind}_total{IT}[$__rate_interval])"),
                f"{words.title} {{{{way}}}}",
            )
            for kind, words in kinds
        ),
    ).min(0)


def our_own() -> timeseries.Panel:
    """Never the carrier's."""
    rate = f"rate(linkwatch_probe_errors_total{IT}[$__rate_interval])"
    return graph(
        Words("Phép đo hỏng do ta", "Probes that failed here"),
        Words(
            "Gói không gửi được hoặc bị ta làm rơi: không bao giờ tính là mất gói của kênh.",
            "Probes that we could not send, or whose answer we dropped: never loss of the link.",
        ),
        "pps",
        over_time(rate, "{{reason}}"),
    ).min(0)
