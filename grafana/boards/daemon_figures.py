"""The figures of the board of linkwatch itself: well or not, and since when."""

from grafana_foundation_sdk.builders import stat, table

from grafana.boards.panels import figure
from grafana.boards.promql import channel_code
from grafana.boards.states import CHANNELS, DUTY, ORANGE, RED, WELL
from grafana.boards.tables import Column, listing
from grafana.boards.targets import now
from grafana.boards.words import Words


def process() -> stat.Panel:
    """Prometheus gets through to it."""
    return figure(
        Words("Tiến trình", "Process"),
        Words(
            "Prometheus có đọc được linkwatch không.",
            "Whether Prometheus gets through to linkwatch.",
        ),
        "none",
        now('up{job="linkwatch"}'),
        states=WELL,
    )


def age() -> stat.Panel:
    """Since its start."""
    return figure(
        Words("Đã chạy", "Up for"),
        Words(
            "Từ lần khởi động gần nhất, và phiên bản.",
            "Since the last start, and which version.",
        ),
        "dtdurations",
        now(
            "(time() - process_start_time_seconds) * on (job, instance) group_left (version) "
            "linkwatch_build_info",
            "{{version}}",
        ),
    ).decimals(0)


def store() -> stat.Panel:
    """The last commit."""
    return figure(
        Words("Kho dữ liệu", "Store"),
        Words(
            "Lần ghi gần nhất có thành công không; P1, P2 vẫn được gửi khi không ghi được.",
            "Whether the last commit succeeded; P1 and P2 go out even when it did not.",
        ),
        "none",
        now("linkwatch_store_writable"),
        states=WELL,
    )


def configuration() -> stat.Panel:
    """The last reload."""
    return figure(
        Words("Cấu hình", "Configuration"),
        Words(
            "Lần nạp gần nhất được nhận hay bị từ chối; khi bị từ chối thì cấu hình cũ vẫn dùng.",
            "Whether the last reload was taken or refused; when refused the old one stays.",
        ),
        "none",
        now("linkwatch_config_last_reload_successful"),
        states=WELL,
    )


def waiting() -> stat.Panel:
    """The oldest message."""
    return figure(
        Words("Tin chờ lâu nhất", "Oldest message"),
        Words(
            "Tin chưa gửi xong đã chờ bao lâu; 0 khi không có tin nào.",
            "For how long the oldest unsettled message has been waiting; 0 if there is none.",
        ),
        "s",
        now("linkwatch_outbox_oldest_age_seconds"),
        steps=[(60, ORANGE), (300, RED)],
    ).decimals(0)


def heartbeat() -> stat.Panel:
    """The checker outside."""
    return figure(
        Words("Nhịp báo ra ngoài", "Heartbeat"),
        Words(
            "Bao lâu rồi bên giám sát ngoài chưa nhận nhịp; gạch ngang nếu không dùng.",
            "Since when the checker outside has taken no beat; a dash where there is none.",
        ),
        "s",
        now("time() - linkwatch_heartbeat_last_success_timestamp_seconds"),
        steps=[(180, ORANGE), (600, RED)],
    ).decimals(0)


def channels() -> table.Panel:
    """Each channel: failed or well, and its last daily test."""
    return listing(
        Words("Các kênh tin", "Alert channels"),
        Words(
            "Kênh có thông không, và lần thử hằng ngày gần nhất cách đây bao lâu.",
            "Whether each channel is well, and how long ago its last daily test was.",
        ),
        [
            Column("channel", Words("Kênh", "Channel")),
            Column("Value #A", Words("Tình trạng", "State"), 220, "none", states=CHANNELS),
            Column("Value #B", Words("Lần thử cách đây", "Last test"), 200, "dtdurations", 0),
        ],
        [
            f"sum by (channel) ({channel_code()})",
            "sum by (channel) (time() - linkwatch_channel_last_test_timestamp_seconds)",
        ],
        key="channel",
        sort=[(Words("Tình trạng", "State"), True)],
    )


def duty() -> stat.Panel:
    """Where nobody can be told."""
    return figure(
        Words("Trực theo nhà mạng và cấp", "Duty by carrier and level"),
        Words(
            "Đỏ: không ai trực; sự cố báo lên cấp trên.",
            "Red: nobody on duty; the next level up is told.",
        ),
        "none",
        now("sort_desc(linkwatch_roster_gap)", "{{carrier}} {{level}}"),
        states=DUTY,
    )
