"""The manual as pages: in the language asked for, whole, and with nothing from elsewhere."""

import asyncio
import re
from collections.abc import Callable
from html.parser import HTMLParser

import httpx
import pytest
from starlette.applications import Starlette

from linkwatch.message.runbook import PAGE, page_url, runbook_url
from linkwatch.model.finding import Kind
from linkwatch.model.words import Language
from linkwatch.web.manualpage import Manual, anchor, html, texts
from support.province import MORNING, incident

TEXTS = texts()
EACH = pytest.mark.parametrize(("language", "name"), sorted(TEXTS))


def ask(
    *paths: str, language: Callable[[], Language] = lambda: Language.VI
) -> list[httpx.Response]:
    """One request after the other, nothing followed."""
    app = Starlette(routes=list(Manual(language).routes()))

    async def all_of_them() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return [await client.get(path) for path in paths]

    return asyncio.run(all_of_them())


class Page(HTMLParser):
    """The ids, the links and the tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if tag == "a" else []


def test_the_language_is_the_configurations_unless_another_is_asked_for() -> None:
    pages = ask("/manual/alerts", "/manual/alerts?lang=en", "/manual/alerts?lang=de")
    assert ["MẤT KẾT NỐI." in page.text for page in pages] == [True, False, True]
    assert [re.findall(r'<html lang="(..)">', page.text) for page in pages] == [
        ["vi"],
        ["en"],
        ["vi"],
    ]
    assert "LINK DOWN." in ask("/manual/alerts", language=lambda: Language.EN)[0].text


def test_a_reload_may_change_the_language() -> None:
    languages = iter([Language.VI, Language.EN])
    first, second = ask("/manual/day", "/manual/day", language=lambda: next(languages))
    assert ("Ngày hội nghị" in first.text, "The day of a conference" in second.text) == (True, True)


def test_every_address_in_a_message_leads_to_its_place() -> None:
    [answer] = ask(PAGE)
    page = Page(answer.text)
    for kind in Kind:
        url = runbook_url("http://x", incident(MORNING, kind=kind))
        assert url is not None
        assert url.partition("#")[2] in page.ids
    assert page_url("http://x") == str(answer.url)


@EACH
def test_each_page_is_whole_and_needs_nothing_but_itself(language: Language, name: str) -> None:
    path = "/manual/" if name == "README" else f"/manual/{name}"
    first, again = ask(f"{path}?lang={language.value}", f"{path}?lang={language.value}")
    assert (first.status_code, first.text) == (200, again.text)
    page = Page(first.text)
    headings = re.findall(
        r"^##? (.+)$",
        re.sub(r"```.*?```", "", TEXTS[language, name], flags=re.DOTALL),
        re.MULTILINE,
    )
    assert page.ids == [anchor(heading) for heading in headings]
    assert page.tags & {"script", "img", "iframe", "form", "object"} == set()
    assert 'name="viewport" content="width=device-width' in first.text
    policy = first.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'none'" in policy


@EACH
def test_each_link_of_a_page_is_answered(language: Language, name: str) -> None:
    [answer] = ask(f"/manual/{name}?lang={language.value}")
    links = [str(answer.url.join(link)) for link in Page(answer.text).links]
    assert all(link.startswith("http://x/manual/") for link in links)
    for link, found in zip(links, ask(*links), strict=True):
        assert found.status_code == 200
        assert f'<html lang="{language.value}">' in found.text or link == links[1]
        assert httpx.URL(link).fragment in ("", *Page(found.text).ids)


@EACH
def test_cut_in_sections_it_says_what_it_says_in_one(language: Language, name: str) -> None:
    [answer] = ask(f"/manual/{name}?lang={language.value}")
    shown = re.sub(r"\s*</?section>\s*", "\n", answer.text.partition("</nav>")[2]).strip()
    whole = html(TEXTS[language, name], language).strip()
    assert re.sub(r"\n+", "\n", shown).startswith(re.sub(r"\n+", "\n", whole))


@pytest.mark.parametrize(
    "path",
    [
        "/manual/nothing",
        "/manual/README.md",
        "/manual/..%2Fackpage",
        "/manual/%2e%2e",
        "/manual/alerts/x",
    ],
)
def test_what_is_no_page_is_not_found(path: str) -> None:
    assert ask(path)[0].status_code == 404


def test_html_in_the_text_is_shown_and_not_made() -> None:
    shown = html("a <script>alert(1)</script> [x](javascript:alert(1))", Language.EN)
    assert Page(shown).tags == {"p"}


def test_code_hosts_give_the_same_anchors() -> None:
    assert [
        anchor(words) for words in ("no_data", "T-24 h: is all there", "Đường báo thứ hai")
    ] == [
        "no_data",
        "t-24-h-is-all-there",
        "đường-báo-thứ-hai",
    ]
