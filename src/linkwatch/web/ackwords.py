"""The words of the page behind a signed link, Vietnamese and English side by side."""

from collections.abc import Mapping

from linkwatch.message.phrases import Phrase
from linkwatch.model.acts import Refusal

NOT_OURS: Phrase = ("Liên kết không đúng", "This link is not valid")
NOT_OURS_WHY: Phrase = (
    "Hãy mở lại liên kết trong tin báo, hoặc gọi cho phòng trực.",
    "Open the link in the message again, or call the operations room.",
)
OVER: Phrase = ("Sự cố {id} đã đóng", "Incident {id} is closed")
OVER_WHY: Phrase = ("Không cần làm gì thêm.", "There is nothing left to do.")
SINCE: Phrase = ("Từ {since}.", "Since {since}.")
NOBODY: Phrase = ("Chưa ai nhận việc.", "Nobody has it in hand.")
HELD: Phrase = ("{name} đang xử lý, đến {until}.", "{name} has it in hand until {until}.")
CALL: Phrase = ("Phòng trực: {hotline}", "Operations room: {hotline}")
YOU: Phrase = ("Trả lời: {name}", "Answer as {name}")
ETA: Phrase = ("Dự kiến xong sau", "Done within")
NO_ETA: Phrase = ("chưa rõ", "not known yet")
NOTE: Phrase = ("Ghi chú", "Note")
TAKE: Phrase = ("Tôi nhận việc", "I have it")
DECLINE: Phrase = ("Không phải việc của tôi", "Not mine")
TAKEN: Phrase = ("Đã ghi nhận: bạn nhận việc.", "Noted: you have it.")
DECLINED: Phrase = (
    "Đã ghi nhận: không phải việc của bạn. Người tiếp theo được báo.",
    "Noted: it is not yours. The next in line are told.",
)
UNRECORDED: Phrase = (
    "Đã có hiệu lực nhưng chưa ghi được vào kho dữ liệu.",
    "It is in force, but the store has not written it yet.",
)
NOT_UNDERSTOOD: Phrase = ("Không hiểu yêu cầu: {why}", "Not understood: {why}")
REFUSED: Mapping[Refusal, Phrase] = {
    Refusal.ETA_OUT_OF_RANGE: (
        "Thời gian dự kiến phải trong vòng 24 giờ tới.",
        "The time must lie within the next 24 hours.",
    ),
    Refusal.NOT_TOLD: ("Chưa báo ai về sự cố này.", "Nobody has been told of it yet."),
}
MINUTES: Phrase = ("{n} phút", "{n} minutes")
HOURS: Phrase = ("{n} giờ", "{n} h")
