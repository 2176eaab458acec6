"""The words, Vietnamese and English side by side, so that neither is forgotten."""

from collections.abc import Mapping

from linkwatch.model.finding import Direction, Kind, LinkState
from linkwatch.model.maintenance import Bearing
from linkwatch.model.measurement import PollOutcome
from linkwatch.model.notification import DeliveryOutcome
from linkwatch.model.path import Confidence, Segment
from linkwatch.model.subject import SubjectKind
from linkwatch.model.topology import BoostState, InterfaceKey, Level, LinkKind
from linkwatch.model.uplink import Ground
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
    Kind.BANDWIDTH_NOT_EXPANDED: ("CHƯA MỞ RỘNG BĂNG THÔNG", "BANDWIDTH NOT EXPANDED"),
    Kind.BANDWIDTH_NOT_REVERTED: ("CHƯA TRẢ BĂNG THÔNG VỀ MỨC CŨ", "BANDWIDTH NOT REVERTED"),
    Kind.INTERFACE_MISSING: ("KHÔNG TÌM THẤY CỔNG", "INTERFACE MISSING"),
    Kind.INTERFACE_AMBIGUOUS: ("TRÙNG TÊN CỔNG", "INTERFACE AMBIGUOUS"),
    Kind.SNMP_UNREACHABLE: ("KHÔNG ĐỌC ĐƯỢC ROUTER", "ROUTER NOT READABLE"),
    Kind.ROSTER_GAP: ("THIẾU NGƯỜI TRỰC", "TOO FEW ON DUTY"),
    Kind.CHANNEL_FAILED: ("KÊNH NHẮN TIN HỎNG", "CHANNEL FAILED"),
    Kind.MAINTENANCE_CONFLICT: ("BẢO TRÌ TRÙNG GIỜ HỌP", "WORK DURING A CONFERENCE"),
    Kind.ROUTER_DOWN: ("ROUTER NGỪNG HOẠT ĐỘNG", "ROUTER DOWN"),
    Kind.SITE_DOWN: ("MẤT CẢ ĐIỂM CẦU", "SITE CUT OFF"),
    Kind.UPLINK_DOWN: ("MẤT UPLINK GIÁM SÁT", "OWN UPLINK DOWN"),
    Kind.UPLINK_DEGRADED: ("UPLINK GIÁM SÁT KÉM", "OWN UPLINK POOR"),
    Kind.RESOLVER_DOWN: ("LỖI PHÂN GIẢI TÊN MIỀN", "NAMES NOT RESOLVED"),
}
NEWS: Mapping[str, Phrase] = {
    "opened": ("", ""),
    "raised": ("nặng hơn", "worse"),
    "escalated": ("chưa ai nhận", "nobody has it"),
    "reminder": ("nhắc lại", "reminder"),
    "acknowledged": ("đã có người nhận", "taken"),
    "handed_over": ("giao ca", "handed over"),
    "flapping": ("chập chờn", "flapping"),
    "updated": ("cập nhật", "update"),
    "resolved": ("đã khôi phục", "restored"),
    "closed": ("đóng bằng tay", "closed by hand"),
    "withdrawn": ("không còn theo dõi", "no longer followed"),
}
"""What is new of an incident among others, by the section that would tell it alone."""
WIDE: Phrase = ("DIỆN RỘNG", "WIDESPREAD OUTAGE")
"""The headline of what is of no single site."""
LINK_KIND: Mapping[LinkKind, Phrase] = {
    LinkKind.WAN: ("WAN", "WAN"),
    LinkKind.INTERNET: ("Internet", "Internet"),
}
SUBJECT: Mapping[SubjectKind, Phrase] = {
    SubjectKind.LINK: ("kênh", "link"),
    SubjectKind.ROUTER: ("router", "router"),
    SubjectKind.DUTY: ("lịch trực", "duty"),
    SubjectKind.CHANNEL: ("kênh tin", "channel"),
    SubjectKind.WORK: ("đợt bảo trì", "work"),
    SubjectKind.SITE: ("điểm cầu", "site"),
    SubjectKind.RISK: ("tuyến chung", "shared line"),
    SubjectKind.CARRIER: ("mạng của nhà mạng", "the carrier's network"),
    SubjectKind.UPLINK: ("uplink", "uplink"),
    SubjectKind.RESOLVER: ("tên miền", "names"),
}
LEVEL: Mapping[Level, Phrase] = {
    Level.LEADER: ("lãnh đạo", "leader"),
    Level.PROVINCE: ("cấp tỉnh", "province"),
    Level.DISTRICT: ("cấp huyện", "district"),
    Level.COMMUNE: ("cấp xã", "commune"),
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
NEIGHBOUR: Phrase = (
    "{kind} {carrier} tại điểm cầu: {state}.",
    "{kind} {carrier} at the site: {state}.",
)
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
PLATEAU: Phrase = (
    "{direction} chỉ đạt {peak} Mbit/s rồi mất gói; cần {promised}{reference}",
    "{direction} {peak} Mbit/s, then losses; {promised} is due{reference}",
)
CLAIMED: Phrase = (
    "chưa có bằng chứng đã mở rộng từ {normal} lên {promised}{reference}; tình trạng ghi nhận: "
    "{state}",
    "no evidence of an expansion from {normal} to {promised}{reference}; on record: {state}",
)
EXCESS: Phrase = (
    "{direction} {peak} Mbit/s, hợp đồng {normal}; đợt mở rộng hết hạn lúc {until}{reference}",
    "{direction} {peak} Mbit/s, the contract is {normal}; the expansion ended at {until}"
    "{reference}",
)
RATE: Phrase = ("{rate} Mbit/s", "{rate} Mbit/s")
MOST: Phrase = ("mức tối đa", "the maximum")
MOST_BRIEFLY: Phrase = ("toi da", "most")
BOOST_STATE: Mapping[str, Phrase] = {
    BoostState.REQUESTED: ("đã yêu cầu", "requested"),
    BoostState.PROMISED: ("đã hứa", "promised"),
    BoostState.DELIVERED: ("đã thực hiện", "delivered"),
    BoostState.REFUSED: ("bị từ chối", "refused"),
}
ROUTER_DOWN: Phrase = (
    "router {address} không trả lời cả ping lẫn SNMP, trong khi đầu phía nhà mạng vẫn trả lời",
    "the router at {address} answers neither pings nor SNMP, while the carrier's end answers",
)
SNMP_UNREACHABLE: Phrase = (
    "router {address}: {why}; không đo được lưu lượng của kênh",
    "the router at {address}: {why}; its links' load is not measured",
)
NOT_POLLED: Mapping[str, Phrase] = {
    PollOutcome.OK: ("SNMP trả lời", "SNMP answers"),
    PollOutcome.TIMEOUT: ("SNMP không trả lời", "no answer to SNMP"),
    PollOutcome.PORT_CLOSED: ("cổng SNMP đóng", "its SNMP port is closed"),
    PollOutcome.UNKNOWN_USER: ("SNMP không biết người dùng này", "unknown SNMP user"),
    PollOutcome.WRONG_KEY: ("SNMP báo sai khóa", "wrong SNMP key"),
    PollOutcome.NOT_IN_TIME_WINDOW: ("SNMP báo sai thời gian", "SNMP clocks disagree"),
    PollOutcome.AUTHORIZATION: ("SNMP không cho phép đọc", "SNMP does not permit reading"),
    PollOutcome.BAD_RESPONSE: ("SNMP trả lời sai quy cách", "its SNMP answers make no sense"),
    PollOutcome.LOCAL_FAILURE: ("linkwatch không hỏi được SNMP", "linkwatch could not ask it"),
}
INTERFACE_MISSING: Phrase = (
    "router {router} không có cổng nào có {key} {value}; không đo được lưu lượng của kênh",
    "router {router} has no interface whose {key} is {value}; the link's load is not measured",
)
INTERFACE_AMBIGUOUS: Phrase = (
    "router {router} có nhiều cổng cùng {key} {value}; không đo được lưu lượng của kênh",
    "router {router} has several interfaces whose {key} is {value}; the link's load is not "
    "measured",
)
INTERFACE_KEY: Mapping[InterfaceKey, Phrase] = {
    InterfaceKey.NAME: ("tên (ifName)", "name (ifName)"),
    InterfaceKey.ALIAS: ("mô tả (ifAlias)", "alias (ifAlias)"),
    InterfaceKey.INDEX: ("số (ifIndex)", "index (ifIndex)"),
}
REACH: Mapping[bool, Phrase] = {
    True: ("còn tới {hop}", "replies as far as {hop}"),
    False: ("tốt tới {hop}", "well as far as {hop}"),
}
"""How far the way is well: when nothing gets to its end, and when something does."""
NO_REACH: Phrase = ("không chặng nào trả lời", "no hop replies")
SEGMENT: Mapping[Segment, Phrase] = {
    Segment.PROVINCE_SIDE: ("phía tỉnh", "the province's own side"),
    Segment.CARRIER_CORE: ("mạng lõi {carrier}", "{carrier}'s core"),
    Segment.CARRIER_ACCESS: ("đoạn truy nhập {carrier}", "{carrier}'s access"),
    Segment.SITE: ("tại điểm cầu", "at the site"),
}
CONFIDENCE: Mapping[Confidence, Phrase] = {
    Confidence.LIKELY: ("khả năng", "likely"),
    Confidence.POSSIBLE: ("có thể", "possibly"),
}
UPLINK_DOWN: Phrase = (
    "không gói nào quay về qua kênh này, {links} kênh của {carriers} nhà mạng cùng im lặng; "
    "{ground}. Các kênh đo qua đây tạm là không rõ, chưa báo nhà mạng của chúng",
    "nothing comes back through this link, {links} links of {carriers} carriers fell silent "
    "together; {ground}. What is measured through it is unknown, no carrier is told of it",
)
UPLINK_DEGRADED: Phrase = (
    "{links}/{asked} kênh được hỏi của {carriers} nhà mạng {ground}. Chưa báo nhà mạng của chúng",
    "{links} of {asked} links asked, of {carriers} carriers, {ground}. No carrier is told of it",
)
GROUND: Mapping[str, Phrase] = {
    Ground.INTERFACE_DOWN: (
        "cổng mạng của máy giám sát mất tín hiệu",
        "the monitoring host's interface is down",
    ),
    Ground.CANNOT_SEND: ("máy giám sát không gửi đi được", "the monitoring host cannot send"),
    Ground.GATEWAY_SILENT: ("gateway không trả lời", "the gateway is silent"),
    Ground.ACCESS: (
        "gateway trả lời, đầu kênh phía nhà mạng và mạng của nhà mạng khác thì không → khả năng "
        "đoạn truy nhập của nhà mạng",
        "the gateway answers, the carrier's end and other carriers' networks do not: likely the "
        "carrier's access",
    ),
    Ground.COMMON: ("chưa rõ ở đoạn nào", "it is not known where"),
    Ground.LOSS: ("cùng mất gói", "lose packets together"),
    Ground.DELAY: ("cùng trễ cao", "are late together"),
    Ground.FULL: ("cùng kém trong khi kênh này đầy tải", "are poor while this link is full"),
}
RESOLVER_DOWN: Phrase = (
    "máy giám sát không tra được địa chỉ của tên nào; đo và gửi tin theo tên có thể ngừng",
    "no name has an address any more; what is probed or told by name may stop",
)
GAP: Phrase = (
    "{on_duty}/{wanted} người trực từ {start} đến {end}, {sites} điểm cầu",
    "{on_duty} of {wanted} on duty from {start} to {end}, {sites} sites",
)
MUTE: Phrase = (
    "{tries} lần gửi liên tiếp không được: {why}; lần cuối gửi được lúc {last}",
    "{tries} attempts in a row without success: {why}; the last success was at {last}",
)
MUTE_SINCE_START: Phrase = (
    "{tries} lần gửi liên tiếp không được: {why}",
    "{tries} attempts in a row without success: {why}",
)
MUTE_STILL: Phrase = ("chưa gửi lại được: {why}", "still no success: {why}")
NOT_ACCEPTED: Mapping[str, Phrase] = {
    DeliveryOutcome.FAILED: ("không kết nối được hoặc máy chủ báo lỗi", "no connection, or errors"),
    DeliveryOutcome.IN_DOUBT: ("máy chủ không trả lời", "the server does not answer"),
    DeliveryOutcome.REFUSED: ("máy chủ từ chối", "the server refuses"),
    DeliveryOutcome.DEFERRED: ("máy chủ hẹn gửi lại sau", "the server puts it off"),
}
CONFLICT: Phrase = (
    "bảo trì trùng giờ họp từ {start} đến {end}, {links} kênh; chưa ai chấp thuận",
    "work from {start} to {end} within the conference's window, {links} links; nobody has agreed",
)
UNDER_WORK: Mapping[Bearing, Phrase] = {
    Bearing.MUTED: (
        "theo thông báo {work}, đến {until}",
        "as announced in {work}, until {until}",
    ),
    Bearing.OVER_CONFERENCE: (
        "theo thông báo {work}, đến {until}, trùng giờ họp và chưa ai chấp thuận",
        "as announced in {work}, until {until}, over a conference and agreed to by nobody",
    ),
    Bearing.OUTLASTED: (
        "{work} đã hết lúc {until} mà lỗi vẫn còn",
        "{work} was over at {until}, the fault is not",
    ),
}
ALL_LINKS: Phrase = ("mọi kênh", "all links")
NO_POWER: Phrase = (
    "{count}/{count} kênh mất cùng lúc, nghi mất điện",
    "{count} of {count} links lost at once, perhaps there is no power",
)
TOGETHER: Phrase = (
    "{count} kênh mất trong vài giây",
    "{count} links lost within seconds",
)
SITES: Phrase = ("{count} điểm cầu", "{count} sites")
AFFECTED: Phrase = (
    "{count} điểm cầu bị ảnh hưởng theo: {names}",
    "{count} more sites suffer from it: {names}",
)
AMONG: Phrase = ("Gồm {names}", "They are {names}")
MEETING: Phrase = ("; {count} điểm cầu đang họp", "; {count} of them in a conference")
ONE_CAUSE: Phrase = ("{sure} cùng một nguyên nhân", "{sure} one cause")
AND_MORE: Phrase = ("{names} và {more} nơi khác", "{names} and {more} more")


def say(phrase: Phrase, language: Language, **values: str) -> str:
    """The phrase in the language, with its values put in; values are never read as templates."""
    return phrase[0 if language is Language.VI else 1].format(**values)
