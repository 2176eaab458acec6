"""The words, Vietnamese and English side by side, so that neither is forgotten."""

from collections.abc import Mapping

from linkwatch.model.finding import Direction, Kind, LinkState
from linkwatch.model.topology import LinkKind
from linkwatch.model.words import Language

Phrase = tuple[str, str]
"""Vietnamese, English."""

HEADLINE: Mapping[Kind, Phrase] = {
    Kind.DOWN: ("MẤT KẾT NỐI", "LINK DOWN"),
    Kind.LOSS: ("MẤT GÓI", "PACKET LOSS"),
    Kind.LATENCY: ("TRỄ CAO", "HIGH LATENCY"),
    Kind.JITTER: ("BIẾN THIÊN TRỄ CAO", "HIGH JITTER"),
    Kind.UTILISATION: ("ĐẦY TẢI", "LINK FULL"),
    Kind.NO_DATA: ("KHÔNG CÓ SỐ LIỆU ĐO", "NO DATA"),
}
LINK_KIND: Mapping[LinkKind, Phrase] = {
    LinkKind.WAN: ("WAN", "WAN"),
    LinkKind.INTERNET: ("Internet", "Internet"),
}
STATE: Mapping[LinkState, Phrase] = {
    LinkState.UP: ("tốt", "good"),
    LinkState.DEGRADED: ("kém", "degraded"),
    LinkState.DOWN: ("mất", "down"),
    LinkState.UNKNOWN: ("không rõ", "unknown"),
    LinkState.UNVERIFIED: ("chưa kiểm chứng", "unverified"),
}
DIRECTION: Mapping[Direction, Phrase] = {
    Direction.RECEIVE: ("chiều xuống", "receive"),
    Direction.TRANSMIT: ("chiều lên", "transmit"),
}
RESTORED: Phrase = ("ĐÃ KHÔI PHỤC", "RESTORED")
WITHDRAWN: Phrase = ("NGỪNG THEO DÕI", "NO LONGER WATCHED")
RAISED: Phrase = ("NẶNG HƠN", "WORSE")
FLAPPING: Phrase = ("CHẬP CHỜN", "FLAPPING")
SINCE: Phrase = ("Từ {since}.", "Since {since}.")
RUNNING: Phrase = ("{name} đang họp đến {end}.", "{name} is on until {end}.")
COMING: Phrase = ("{name} họp lúc {start}.", "{name} starts at {start}.")
NEIGHBOUR: Phrase = (
    "{kind} {carrier} tại điểm cầu: {state}.",
    "{kind} {carrier} at the site: {state}.",
)
LASTED: Phrase = (
    "Lúc {at}, kéo dài {length} từ {since}. Không cần làm gì thêm.",
    "At {at}, lasted {length} since {since}. Nothing more to do.",
)
UNWATCHED: Phrase = (
    "Theo cấu hình mới từ {at}, kênh không còn được đo về mặt này; sự cố từ {since} không được "
    "theo dõi nữa.",
    "Since {at} the configuration measures this no more; the fault since {since} is no longer "
    "followed.",
)
LEFT: Phrase = (
    "Kênh đã được gỡ khỏi cấu hình lúc {at}; sự cố từ {since} không được theo dõi nữa.",
    "The link left the configuration at {at}; the fault since {since} is no longer followed.",
)
MEASURED: Phrase = ("Đo: {figures}.", "Measured: {figures}.")
LOST_ALL: Phrase = ("mất {lost}/{sent} gói liên tiếp", "lost {lost}/{sent} probes in a row")
LOSS: Phrase = (
    "mất gói {value} % trong {span} ({lost}/{sent}), ngưỡng {limit} %",
    "loss {value} % within {span} ({lost}/{sent}), threshold {limit} %",
)
LATENCY: Phrase = (
    "trễ khứ hồi (trung vị) {value} ms, ngưỡng {limit} ms",
    "round-trip time (median) {value} ms, threshold {limit} ms",
)
JITTER: Phrase = (
    "biến thiên trễ {value} ms, ngưỡng {limit} ms",
    "jitter {value} ms, threshold {limit} ms",
)
UTILISATION: Phrase = (
    "{direction} {used}/{contracted} Mbit/s ({value} %), ngưỡng {limit} %",
    "{direction} {used}/{contracted} Mbit/s ({value} %), threshold {limit} %",
)
NO_DATA: Phrase = (
    "linkwatch không đo được kênh này (lỗi phía hệ thống giám sát, không kết luận về nhà mạng)",
    "linkwatch could not measure this link (a fault on our side, nothing is said of the carrier)",
)
TOLD: Phrase = ("Đã báo: {names}.", "Told: {names}.")
ON_SITE: Phrase = (
    "Điểm cầu: {people} (hỏi điện, đèn modem trước).",
    "Site: {people} (ask for power and the modem's lights first).",
)
FALLBACK: Phrase = ("Dự phòng: {what}.", "Fallback: {what}.")
CALL: Phrase = ("NHẬN VIỆC: gọi {hotline} · {id}", "TO TAKE IT: call {hotline} · {id}")
CLOSING: Phrase = ("{id}", "{id}")


def say(phrase: Phrase, language: Language, **values: str) -> str:
    """The phrase in the language, with its values put in; values are never read as templates."""
    return phrase[0 if language is Language.VI else 1].format(**values)
