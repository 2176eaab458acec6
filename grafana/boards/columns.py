"""Columns that several tables share."""

from typing import Final

from grafana.boards.states import BLUE, GREEN, GREY, LINK_STATES, ORANGE, RED, SITE_STATES
from grafana.boards.tables import Column
from grafana.boards.ways import CARRIER, CONFERENCE, LINK, SITE, column_link
from grafana.boards.words import Words

PRIORITY: Final = Words("Mức", "Priority")
AGE: Final = Words("Đã kéo dài", "For")
STATE: Final = Words("Trạng thái", "State")
LOSS: Final = Words("Mất gói", "Loss")

PRIORITIES: Final = {
    "P1": (Words("P1", "P1"), RED),
    "P2": (Words("P2", "P2"), ORANGE),
    "P3": (Words("P3", "P3"), BLUE),
    "P4": (Words("P4", "P4"), GREY),
}
STATUSES: Final = {
    "open": (Words("Chưa ai nhận", "Open"), RED),
    "acknowledged": (Words("Đã nhận", "Acknowledged"), GREEN),
    "flapping": (Words("Chập chờn", "Flapping"), ORANGE),
}
LOSS_STEPS: Final = ((0.01, ORANGE), (0.05, RED))
UTILISATION_STEPS: Final = ((0.8, ORANGE), (0.9, RED))


def site_name(width: int | None = None) -> Column:
    """The site by its name; leads to its board."""
    words = Words("Điểm cầu", "Site")
    return Column("site_name", words, width, link=column_link(SITE, "site", "site"))


def hidden(field: str) -> Column:
    """What a link needs and nobody reads."""
    return Column(field, Words(field, field), hidden=True)


def link_id(width: int | None = None) -> Column:
    """The link by its id; leads to its board."""
    words = Words("Kênh truyền", "Link")
    return Column("link", words, width, link=column_link(LINK, "link", "link"))


def carrier(width: int | None = None) -> Column:
    """The carrier by its id; leads to its board."""
    words = Words("Nhà mạng", "Carrier")
    return Column("carrier", words, width, link=column_link(CARRIER, "carrier", "carrier"))


def conference_name(width: int | None = None) -> Column:
    """The conference by its name; leads to its board."""
    way = column_link(CONFERENCE, "conference", "conference")
    return Column("conference_name", Words("Hội nghị", "Conference"), width, link=way)


def link_state(field: str, width: int | None = None) -> Column:
    """A link's code."""
    return Column(field, STATE, width, unit="none", states=LINK_STATES)


def site_state(field: str, width: int | None = None) -> Column:
    """A site's code."""
    return Column(field, STATE, width, unit="none", states=SITE_STATES)


def loss(field: str, width: int | None = None) -> Column:
    """A share of probes lost."""
    return Column(field, LOSS, width, unit="percentunit", decimals=1, steps=LOSS_STEPS)


def incident_columns(*, wall: bool = False) -> list[Column]:
    """Open incidents: how urgent, for how long, what, where, whose, who has it; few for a wall."""
    few = [
        Column("priority", PRIORITY, 100, texts=PRIORITIES),
        Column("Value", AGE, 120, unit="dtdurations", decimals=0),
        site_name(),
        hidden("site"),
        Column("kind", Words("Loại", "Kind"), 120),
        carrier(130),
        Column("holder", Words("Người nhận", "Holder"), 150),
        Column("incident", Words("Số", "Number"), 110),
    ]
    status = Column("status", Words("Tình trạng", "Status"), 200, texts=STATUSES)
    return few if wall else [*few[:4], link_id(160), *few[4:6], status, *few[6:]]
