"""The operator's manual: alike in both languages, each kind of alert in it, each command real."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from markdown_it import MarkdownIt

from linkwatch.cli.root import app
from linkwatch.message.phrases import HEADLINE, WIDE, say
from linkwatch.message.spread import WIDE as WIDE_ANCHOR
from linkwatch.model.finding import Kind
from linkwatch.model.words import Language
from linkwatch.web.manualpage import anchor, texts

ROOT = Path(__file__).parents[2]
TEXTS = texts()
PAGES = sorted({name for _, name in TEXTS})
EACH = pytest.mark.parametrize("language", list(Language))
FENCED = "fence"
INLINE = "code_inline"
SECOND_ROAD = {
    "Watchdog",
    "LinkwatchDown",
    "LinkwatchRestarts",
    "LinkwatchProbesStalled",
    "LinkwatchSchedulerLag",
    "LinkwatchOutboxStuck",
    "LinkwatchChannelsFailed",
    "LinkwatchStoreUnwritable",
    "LinkwatchReloadFailed",
    "LinkwatchRosterGap",
}
"""The alerts that Prometheus raises."""


def headings(text: str) -> list[tuple[str, str]]:
    """Level and words of each, as a reader of Markdown sees them."""
    tokens = MarkdownIt("commonmark").parse(text)
    pairs = zip(tokens, tokens[1:], strict=False)
    return [(one.tag, words.content) for one, words in pairs if one.type == "heading_open"]


def alerts(language: Language) -> dict[str, str]:
    """What stands on the page of alerts, by the words of its heading."""
    parts = re.split(r"^## (.+)\n", TEXTS[language, "alerts"], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_each_page_stands_in_every_language_with_the_same_sections() -> None:
    assert {(language, name) for language in Language for name in PAGES} == TEXTS.keys()
    for name in PAGES:
        [vietnamese, english] = [headings(TEXTS[language, name]) for language in Language]
        assert [tag for tag, _ in vietnamese] == [tag for tag, _ in english], name
        assert vietnamese[0][1] != english[0][1], f"{name} is translated"


def test_each_page_says_as_much_in_every_language() -> None:
    marks = ("code_block", FENCED, INLINE, "link_open", "tr_open", "list_item_open")
    for name in PAGES:
        [vietnamese, english] = [
            {mark: sum(kind == mark for kind, _ in tokens(TEXTS[language, name])) for mark in marks}
            for language in Language
        ]
        assert vietnamese == english, name


@EACH
def test_every_kind_of_alert_is_on_the_page_under_its_headline(language: Language) -> None:
    found = alerts(language)
    named = {kind.value: HEADLINE[kind] for kind in Kind} | {WIDE_ANCHOR: WIDE}
    for kind, phrase in named.items():
        assert found[kind].startswith(f"\n**{say(phrase, language)}.** "), kind
    index = re.findall(
        r"^\| (.+?) \| \[(\w+)\]\(#\2\) \|$", TEXTS[language, "alerts"], re.MULTILINE
    )
    assert dict(index) == {say(phrase, language): kind for kind, phrase in named.items()}


@EACH
def test_each_says_what_was_measured_who_knows_what_to_do_when_it_ends(language: Language) -> None:
    asked = {
        Language.VI: (
            "Đã đo",
            "Đã báo",
            "Nhà mạng",
            "Điểm cầu",
            "Phòng trực",
            "Kết thúc",
            "Dễ nhầm",
        ),
        Language.EN: ("Measured", "Told", "carrier", "site", "room", "Ends", "False leads"),
    }[language]
    found = alerts(language)
    for kind in (*(kind.value for kind in Kind), WIDE_ANCHOR):
        points = " ".join(re.findall(r"^- \*\*(.+?):\*\*", found[kind], re.MULTILINE)).lower()
        assert [point for point in asked if point.lower() not in points] == [], kind


@EACH
def test_every_alert_of_the_second_road_is_on_the_page(language: Language) -> None:
    known = {kind.value for kind in Kind} | {WIDE_ANCHOR}
    assert {
        each for each in alerts(language) if each not in known and " " not in each
    } == SECOND_ROAD
    rules = (ROOT / "deploy" / "prometheus").glob("*.rules.yml")
    assert {name for file in rules for name in raised(file)} <= SECOND_ROAD


def raised(rules: Path) -> Iterator[str]:
    """The alerts of a file of Prometheus rules."""
    for group in yaml.safe_load(rules.read_text(encoding="utf-8"))["groups"]:
        yield from (rule["alert"] for rule in group["rules"] if "alert" in rule)


@EACH
def test_no_link_leads_out_of_the_manual_or_to_nothing(language: Language) -> None:
    for name in PAGES:
        text = TEXTS[language, name]
        for link in re.findall(r"\]\(([^)]+)\)", text):
            file, _, place = link.partition("#")
            page = file.removesuffix(".md") or name
            assert (language, page) in TEXTS, link
            places = [anchor(words) for _, words in headings(TEXTS[language, page])]
            assert len(places) == len(set(places)), page
            assert not place or place in places, link


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """Kind and content of each token, those within a paragraph too."""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        for each in (token, *(token.children or ())):
            yield each.type, each.content


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The command lines of linkwatch on a page, and whether each is to be typed as it stands."""
    for kind, content in tokens(text):
        lines = content.splitlines() if kind == FENCED else [f"$ {content}"]
        if kind in (FENCED, INLINE):
            yield from ((kind, line[2:]) for line in lines if line.startswith("$ linkwatch "))


def parsed(line: str) -> str:
    """The command that a line names; an error of the command line's own where it is none."""
    root: Any = typer.main.get_command(app)
    command, context = root, None
    _, *left = shlex.split(line)
    while True:
        context = command.make_context(command.name, list(left), parent=context)
        left = [*getattr(context, "_protected_args", ()), *context.args]
        if not hasattr(command, "commands") or not left:
            return str(context.command_path)
        _, command, left = command.resolve_command(context, left)


@EACH
def test_every_command_can_be_typed_as_it_stands(language: Language) -> None:
    count = 0
    for name in PAGES:
        for kind, line in commands(TEXTS[language, name]):
            count += 1
            try:
                parsed(line)
            except typer.Exit:
                assert line == "linkwatch --version"
            except typer.BadParameter as error:
                # In a sentence only the command's name and options stand.
                assert kind == INLINE, f"{name}: {line}: {error}"  # noqa: PT017
    assert count > 40


@pytest.mark.parametrize("line", ["linkwatch stat", "linkwatch status --al", "linkwatch ack"])
def test_a_command_that_is_none_is_seen(line: str) -> None:
    with pytest.raises(Exception, match="No such|Missing"):
        parsed(line)


def test_both_show_the_same_commands() -> None:
    for name in PAGES:
        [vietnamese, english] = [list(commands(TEXTS[language, name])) for language in Language]
        assert vietnamese == english, name
