"""Template files: what they may say, and what becomes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwatch.message.template import Fault, parse, render, render_short
from linkwatch.model.words import Template

NAMES = ["site", "line", "incident", "hotline"]
TWICE = "write {field}; for the brace itself write it twice"
VALUES = {"site": "Chu Se", "line": "WAN", "incident": "LW-1", "none": ""}


def template(*lines: str) -> Template:
    sections, faults = parse("\n".join(("[opened]", *lines)))
    assert faults == []
    return sections["opened"]


def shown(*lines: str) -> str:
    return render(template(*lines), VALUES)


def test_clauses_are_one_line_and_an_empty_line_begins_another() -> None:
    assert shown("MAT {site}", "tren {line}", "", "", "# not this", "{incident}") == (
        "MAT Chu Se tren WAN\nLW-1"
    )


def test_a_clause_is_left_out_where_a_field_is_empty() -> None:
    assert shown("{site}", "goi {hotline}", "{none} {line}", "", "{none}", "", "{incident}") == (
        "Chu Se\nLW-1"
    )


def test_a_line_begins_also_where_its_first_clause_is_left_out() -> None:
    assert shown("{site}", "", "{none}", "{line}", "", "{incident}") == "Chu Se\nWAN\nLW-1"


def test_an_alternative_stands_in_for_what_is_left_out() -> None:
    lines = ("{site} {none}", "| {site} {hotline}", "| {site} {line}", "| {site}", "{incident}")
    assert shown(*lines) == "Chu Se WAN LW-1"


def test_a_clause_that_begins_with_a_mark_is_put_on() -> None:
    assert shown("{site}", ", {line}", ", {none}", ". Goi", "{incident}", ".") == (
        "Chu Se, WAN. Goi LW-1."
    )


def test_braces_that_mean_themselves_are_written_twice() -> None:
    assert shown("{{site}} {site}") == "{site} Chu Se"


def test_what_fills_a_hole_is_not_read_again() -> None:
    hostile = {"site": "{incident} {{ | [opened] # {0.__class__}", "incident": "LW-1"}
    assert render(template("{site}"), hostile) == hostile["site"]


def test_sections_end_where_the_next_begins() -> None:
    sections, faults = parse("[opened]\n{site}\n\n[opened.down]\n\n{line}\n{site}\n\n")
    assert faults == []
    assert {name: render(each, VALUES) for name, each in sections.items()} == {
        "opened": "Chu Se",
        "opened.down": "WAN Chu Se",
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{site}", Fault(1, 1, "words before the first section", "begin with [opened]")),
        ("[opened]", Fault(1, 1, "the section [opened] is empty")),
        ("[opened]\n# only this", Fault(1, 1, "the section [opened] is empty")),
        ("[opened]\nx\n[opened]\ny", Fault(3, 1, "the section [opened] stands here twice")),
        ("[opened]\n| x", Fault(2, 1, "an alternative to nothing", "begin without |")),
        *(
            (
                f"[opened]\n  MAT {wrong}",
                Fault(2, 7 + at, f"a lone {brace}", TWICE),
            )
            for wrong, at, brace in (
                ("{site", 0, "{"),
                ("{site }", 0, "{"),
                ("{Site}", 0, "{"),
                ("{site!r}", 0, "{"),
                ("{0}", 0, "{"),
                ("{a.b}", 0, "{"),
                ("}", 0, "}"),
                ("{site}}", 6, "}"),
            )
        ),
    ],
)  # fmt: skip
def test_a_mistake_has_its_place(text: str, fault: Fault) -> None:
    assert fault in parse(text)[1]


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    sections, _ = parse(text)
    for each in sections.values():
        render(each, VALUES)


clauses = st.lists(
    st.tuples(
        st.text("ABC ,.:", max_size=20),
        st.sampled_from(NAMES),
        st.text("abc", min_size=1, max_size=9),
    ),
    min_size=1,
    max_size=8,
)


@given(clauses, st.integers(1, 80))
def test_a_short_message_loses_whole_clauses_from_its_end_and_nothing_else(
    parts: list[tuple[str, str, str]], limit: int
) -> None:
    lines = [f"{words}x{{{field}}}{more}" for words, field, more in parts]
    made, values = template(*lines), dict.fromkeys(NAMES, "W" * 7)
    whole, text = render(made, values), render_short(made, values, limit)

    assert whole.startswith(text)
    assert len(text) <= limit or text == render(template(lines[0]), values)
    if text != whole:
        longer = next(
            full
            for count in range(2, len(lines) + 1)
            if len(full := render(template(*lines[:count]), values)) > len(text)
        )
        assert len(longer) > limit
