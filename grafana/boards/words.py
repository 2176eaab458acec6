"""Words of the boards: Vietnamese first, for the room; English beside it, for the engineers."""

from typing import NamedTuple


class Words(NamedTuple):
    """The same in both languages."""

    vi: str
    en: str

    @property
    def title(self) -> str:
        """On one line, as a panel's or a column's heading."""
        return f"{self.vi} / {self.en}"

    @property
    def text(self) -> str:
        """As a description: a paragraph each."""
        return f"{self.vi}\n\n{self.en}"


NO_DATA = Words("Không có số liệu", "No data")
WARNING = Words("Ngưỡng cảnh báo", "Warning")
CRITICAL = Words("Ngưỡng nghiêm trọng", "Critical")
CONTRACTED = Words("Hợp đồng đang tính", "Contracted, as counted")
PROMISED = Words("Mức mở rộng đã hứa", "Promised boost")
TARGET = Words("Mục tiêu", "Target")
LEVELS = {
    "province": Words("Tỉnh", "Province"),
    "district": Words("Huyện", "District"),
    "commune": Words("Xã", "Commune"),
}
