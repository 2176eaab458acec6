"""linkwatch itself: whether it probes, judges, writes and sends as it should."""

from grafana_foundation_sdk.builders import timeseries

from grafana.boards.board import Board, one
from grafana.boards.daemon_figures import (
    age,
    channels,
    configuration,
    duty,
    heartbeat,
    process,
    store,
    waiting,
)
from grafana.boards.panels import graph
from grafana.boards.promql import LOST, SENT, quantile
from grafana.boards.targets import over_time
from grafana.boards.ways import DAEMON
from grafana.boards.words import Words

LATE = 0.25
"""s that a tick of the probe loop may be late before rounds are."""


def board() -> Board:
    """For the administrator."""
    return Board(
        DAEMON,
        Words("Chính linkwatch", "linkwatch itself"),
        Words(
            "linkwatch có đang đo, ghi và gửi như phải thế không; ai giám sát người giám sát.",
            "Whether linkwatch probes, writes and sends as it should: the watcher watched.",
        ),
        [],
        [
            [
                one(4, 4, process()),
                one(4, 4, age()),
                one(4, 4, store()),
                one(4, 4, configuration()),
                one(4, 4, waiting()),
                one(4, 4, heartbeat()),
            ],
            [one(12, 8, probes()), one(12, 8, lag())],
            [one(8, 8, speed()), one(8, 8, deliveries()), one(8, 8, outbox())],
            [one(14, 7, channels()), one(10, 7, duty())],
            [one(8, 8, polls()), one(8, 8, traps()), one(8, 8, failures())],
            [one(8, 8, processor()), one(8, 8, memory()), one(8, 8, scrapes())],
        ],
    )


def probes() -> timeseries.Panel:
    """Progress: a line at 0 is the worst that can be seen here."""
    return graph(
        Words("Gói đo", "Probes"),
        Words(
            "Gói đã có kết quả, gói mất và gói hỏng do ta, mỗi giây, toàn tỉnh.",
            "Probes settled, lost, and failed here, a second, in the whole province.",
        ),
        "pps",
        over_time(f"sum(rate({SENT}[$__rate_interval]))", Words("Có kết quả", "Settled").title),
        over_time(f"sum(rate({LOST}[$__rate_interval]))", Words("Mất", "Lost").title),
        over_time(
            "sum(rate(linkwatch_probe_errors_total[$__rate_interval]))",
            Words("Hỏng do ta", "Failed here").title,
        ),
    ).min(0)


def lag() -> timeseries.Panel:
    """Whether this machine can keep up."""
    return graph(
        Words("Trễ nhịp đo", "Scheduler lag"),
        Words(
            "Nhịp của vòng đo trễ nhất bao nhiêu trong 60 giây; cao mãi là máy quá tải.",
            "How late a tick of the probe loop came within 60 s; always high: machine overloaded.",
        ),
        "s",
        over_time("linkwatch_probe_scheduler_lag_seconds", Words("Trễ", "Lag").title),
    ).min(0)


def speed() -> timeseries.Panel:
    """What it is all for."""
    return graph(
        Words("Từ sự cố đến tin báo", "From fault to message"),
        Words(
            "Chín phần mười sự cố được phát hiện, và tin được kênh nhận, trong thời gian này.",
            "Nine of ten faults were detected, and messages accepted by a channel, within this.",
        ),
        "s",
        *(
            over_time(
                quantile(0.9, f"linkwatch_{histogram}", "job", "$__range"),
                words.title,
            )
            for histogram, words in (
                ("incident_detection_seconds", Words("Phát hiện", "Detected")),
                ("time_to_notify_seconds", Words("Đã báo", "Told")),
            )
        ),
    ).min(0)


def deliveries() -> timeseries.Panel:
    """By channel and what became of it."""
    return graph(
        Words("Lượt gửi", "Deliveries"),
        Words(
            "Số lượt gửi tin theo kênh và kết quả, trong mỗi khoảng của đồ thị.",
            "Attempts to deliver by channel and outcome, in each interval of the graph.",
        ),
        "none",
        over_time(
            "sum by (channel, outcome) (increase(linkwatch_notifications_total[$__rate_interval]))",
            "{{channel}} {{outcome}}",
        ),
    ).min(0)


def outbox() -> timeseries.Panel:
    """What waits."""
    return graph(
        Words("Tin đang chờ", "Messages waiting"),
        Words(
            "Tin chưa gửi xong, và việc chờ vào tin gộp kế tiếp.",
            "Messages not settled, and events that wait for a contact's next digest.",
        ),
        "none",
        over_time("linkwatch_outbox_pending", Words("Tin", "Messages").title),
        over_time("linkwatch_digest_waiting", Words("Chờ gộp", "For a digest").title),
    ).min(0)


def polls() -> timeseries.Panel:
    """Routers asked."""
    return graph(
        Words("Hỏi SNMP", "SNMP polls"),
        Words(
            "Lượt hỏi router mỗi giây, theo kết quả.",
            "Polls of routers a second, by their outcome.",
        ),
        "ops",
        over_time(
            "sum by (outcome) (rate(linkwatch_snmp_polls_total[$__rate_interval]))", "{{outcome}}"
        ),
    ).min(0)


def traps() -> timeseries.Panel:
    """What routers send by themselves."""
    return graph(
        Words("Trap SNMP", "SNMP traps"),
        Words(
            "Trap nhận được theo kết quả, và số lần tiến trình SNMP tự chết.",
            "Traps received by outcome, and ends of the SNMP process nobody asked for.",
        ),
        "none",
        over_time(
            "sum by (outcome) (increase(linkwatch_snmp_traps_total[$__rate_interval]))",
            "{{outcome}}",
        ),
        over_time(
            "increase(linkwatch_snmp_process_restarts_total[$__rate_interval])",
            Words("Khởi động lại", "Restarts").title,
        ),
    ).min(0)


def failures() -> timeseries.Panel:
    """Our own, by reason."""
    return graph(
        Words("Phép đo hỏng do ta", "Probes that failed here"),
        Words(
            "Theo lý do của hệ điều hành; tăng vọt là uplink hoặc máy của ta có vấn đề.",
            "By the operating system's reason; a jump means our own line or machine.",
        ),
        "pps",
        over_time(
            "sum by (reason) (rate(linkwatch_probe_errors_total[$__rate_interval]))", "{{reason}}"
        ),
    ).min(0)


def processor() -> timeseries.Panel:
    """Of one core."""
    return graph(
        Words("Bộ xử lý", "Processor"),
        Words("Phần của một nhân mà tiến trình dùng.", "The share of one core the process uses."),
        "percentunit",
        over_time(
            'rate(process_cpu_seconds_total{job="linkwatch"}[$__rate_interval])', "linkwatch"
        ),
    ).min(0)


def memory() -> timeseries.Panel:
    """What it holds."""
    return graph(
        Words("Bộ nhớ", "Memory"),
        Words("Bộ nhớ thường trú của tiến trình.", "Resident memory of the process."),
        "bytes",
        over_time('process_resident_memory_bytes{job="linkwatch"}', "linkwatch"),
    ).min(0)


def scrapes() -> timeseries.Panel:
    """Seen from Prometheus."""
    return graph(
        Words("Thời gian đọc số liệu", "Scrape duration"),
        Words(
            "Prometheus đọc /metrics mất bao lâu.",
            "How long Prometheus takes to read /metrics.",
        ),
        "s",
        over_time('scrape_duration_seconds{job="linkwatch"}', "/metrics"),
    ).min(0)
