"""States as numbers, colours and words: what differs in meaning differs in both of the latter.

Grafana paints numbers, so a state becomes a code; the higher it is, the sooner somebody must look.
Red, orange, green and blue are told apart by brightness too, for eyes that cannot see red.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from grafana_foundation_sdk.models.dashboard import (
    DashboardSpecialValueMapOptions,
    SpecialValueMap,
    SpecialValueMatch,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from grafana.boards.words import Words

GREEN, ORANGE, RED = "semi-dark-green", "orange", "dark-red"
BLUE, PURPLE, GREY, DIM = "semi-dark-blue", "dark-purple", "#9aa0a6", "#4a5a6a"
QUIET = "#30363d"
"""Of a number that is 0 and would stand out otherwise."""


class State(NamedTuple):
    """A state's label in the metrics, its code, and how it is shown."""

    label: str
    code: int
    colour: str
    words: Words


UP: Final = State("up", 0, GREEN, Words("Tốt", "Up"))
CLOSED: Final = State("closed", 1, DIM, Words("Ngoài giờ", "Closed"))
UNVERIFIED: Final = State("unverified", 2, PURPLE, Words("Chưa kiểm chứng", "Unverified"))
UNKNOWN: Final = State("unknown", 3, GREY, Words("Không rõ", "Unknown"))
DEGRADED: Final = State("degraded", 4, ORANGE, Words("Kém", "Degraded"))
CUT_OFF: Final = State("cut_off", 5, RED, Words("Mất kết nối", "Cut off"))
DOWN: Final = State("down", 5, RED, Words("Mất", "Down"))

SITE_STATES = (CUT_OFF, DEGRADED, UNKNOWN, UNVERIFIED, CLOSED, UP)
"""Worst first."""
LINK_STATES = (DOWN, DEGRADED, UNKNOWN, UNVERIFIED, UP)

PHASES = (
    State("running", 3, BLUE, Words("Đang họp", "Running")),
    State("window", 2, PURPLE, Words("Sắp họp", "About to begin")),
    State("ended", 1, DIM, Words("Đã hết giờ", "Past its end")),
    State("to come", 0, GREY, Words("Sắp tới", "To come")),
)
PATHS = (
    State("primary", 2, GREEN, Words("Kênh chính", "Primary")),
    State("backup", 1, ORANGE, Words("Chỉ còn dự phòng", "Backup only")),
    State("none", 0, RED, Words("Không còn kênh", "None")),
)
WELL = (
    State("well", 1, GREEN, Words("Tốt", "Well")),
    State("failed", 0, RED, Words("Hỏng", "Failed")),
)
CHANNELS = (
    State("well", 0, GREEN, Words("Thông", "Well")),
    State("refused", 1, ORANGE, Words("Thử không được", "Test refused")),
    State("failed", 2, RED, Words("Hỏng", "Failed")),
)
PROVEN = (
    State("proven", 1, GREEN, Words("Đã chứng minh", "Proven")),
    State("unproven", 0, ORANGE, Words("Chưa chứng minh", "Not proven")),
)
DUTY = (
    State("manned", 0, GREEN, Words("Có người trực", "Manned")),
    State("gap", 1, RED, Words("Không ai trực", "Nobody")),
)
WORK = (
    State("none", 0, GREEN, Words("Không", "None")),
    State("work", 1, BLUE, Words("Đang bảo trì", "Under way")),
)

BESIDE = (
    State("work", 6, BLUE, Words("Đang bảo trì", "Work under way")),
    State("no work", 7, DIM, Words("Không bảo trì", "No work")),
)
"""What a timeline of a link shows beside its states."""


def mapped(states: Sequence[State]) -> list[ValueMapping]:
    """Codes to words and colours; what is no number is a dash."""
    options = {
        str(state.code): ValueMappingResult(
            text=state.words.title, color=state.colour, index=len(states) - index
        )
        for index, state in enumerate(states)
    }
    return [ValueMap(options=options), *DASH]


DASH: list[ValueMapping] = [
    SpecialValueMap(
        options=DashboardSpecialValueMapOptions(
            match=SpecialValueMatch.NULL_AND_NAN,
            result=ValueMappingResult(text="–", color=GREY, index=99),
        )
    )
]
