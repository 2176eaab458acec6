"""docs/messages.md names every section, kind and field of the templates."""

import re
from pathlib import Path

from linkwatch.message.sections import fields, names
from linkwatch.message.template import parse
from linkwatch.model.finding import Kind
from linkwatch.model.words import Form

PAGE = (Path(__file__).parents[2] / "docs" / "messages.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"`\{?([a-z_]+)\}?`", PAGE))


def test_it_names_every_section_kind_and_field() -> None:
    sections = {name.partition(".")[0] for form in Form for name in names(form)}
    known = {field for form in Form for name in names(form) for field in fields(form, name)}
    assert sections | known | {kind.value for kind in Kind} <= WORDS


def test_its_example_is_a_template() -> None:
    [example] = re.findall(r"```\n(# A comment\..*?)```", PAGE, re.DOTALL)
    sections, faults = parse(example)
    assert (list(sections), faults) == (["opened.down"], [])
    used = {field for clause in sections["opened.down"].clauses for field in clause.fields}
    assert used <= fields(Form.LONG, "opened.down")
