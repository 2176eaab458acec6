"""The operator's manual as pages: what each alert means and what to do, without Internet.

Its text is Markdown, one folder a language, below `manual/`: read there or here, it is the same.
"""

import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from itertools import pairwise

from anyio.lowlevel import checkpoint
from markdown_it import MarkdownIt
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from linkwatch.message.phrases import Phrase, say
from linkwatch.model.words import Language
from linkwatch.web.htmlpage import PAGES, STYLE, headers

INDEX = "README"
"""The page that lists the others, by the name under which folders show it."""
_CONTENTS: Phrase = ("Mục lục", "Contents")
_OTHER: Phrase = ("English", "Tiếng Việt")
_STYLE = STYLE + (
    "h2{margin-top:2rem;border-top:1px solid #999;padding-top:.6rem}h3{font-size:1rem}"
    "table{display:block;overflow-x:auto;border-collapse:collapse}"
    "td,th{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "pre{overflow-x:auto;background:#eee;padding:.6rem;font-size:.9rem}code{font-size:.95em}"
    "a{color:#0b5a2b}li{margin:.3rem 0}"
)
_HEADERS = headers(_STYLE)
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


class Manual:
    """The endpoint; `language` gives the one in force, where a request names none."""

    def __init__(self, language: Callable[[], Language]) -> None:
        self._language = language
        self._texts = texts()
        self._pages: dict[tuple[Language, str], str] = {}

    def routes(self) -> list[Route]:
        """For the app that is reached from outside."""
        return [Route("/manual/", self.show), Route("/manual/{page}", self.show)]

    async def show(self, request: Request) -> Response:
        """200; 404 for no page of the manual."""
        language, name = self._asked_language(request), request.path_params.get("page", INDEX)
        if (language, name) not in self._texts:
            return PlainTextResponse("the manual has no such page\n", status_code=404)
        return HTMLResponse(await self._page(language, name), headers=dict(_HEADERS))

    def _asked_language(self, request: Request) -> Language:
        asked = request.query_params.get("lang")
        return Language(asked) if asked in set(Language) else self._language()

    async def _page(self, language: Language, name: str) -> str:
        """Made when first asked for, a section at a time: the probe loop runs in between."""
        known = self._pages.get((language, name))
        if known is not None:
            return known
        sections = []
        for section in _sections(self._texts[language, name]):
            sections.append(html(section, language))
            await checkpoint()
        page = PAGES.get_template("manual.html").render(
            lang=language.value,
            other=_other(language).value,
            other_name=say(_OTHER, language),
            contents=say(_CONTENTS, language),
            title=_title(self._texts[language, name]),
            style=_STYLE,
            sections=sections,
        )
        self._pages[language, name] = page
        return page


def texts() -> dict[tuple[Language, str], str]:
    """Every page as Markdown, by language and name."""
    root = files("linkwatch.web") / "manual"
    return {
        (language, page.name.removesuffix(".md")): page.read_text(encoding="utf-8")
        for language in Language
        for page in (root / language.value).iterdir()
        if page.name.endswith(".md")
    }


def anchor(heading: str) -> str:
    """The anchor of a heading, the same that code hosts give it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def html(markdown: str, language: Language) -> str:
    """Markdown as HTML; its own HTML is shown as text. Links to other pages keep the language."""
    tokens = _MARKDOWN.parse(markdown)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", anchor(inline.content))
    for link in (child for token in tokens for child in token.children or ()):
        if link.type == "link_open":
            link.attrSet("href", _served(str(link.attrGet("href")), language))
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _served(link: str, language: Language) -> str:
    """A link between files as one between pages."""
    file, mark, place = link.partition("#")
    if not file.endswith(".md"):
        return link
    page = file.removesuffix(".md")
    return f"{'./' if page == INDEX else page}?lang={language.value}{mark}{place}"


def _sections(text: str) -> Iterator[str]:
    yield from re.split(r"^(?=## )", text, flags=re.MULTILINE)


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ")


def _other(language: Language) -> Language:
    return Language.EN if language is Language.VI else Language.VI
