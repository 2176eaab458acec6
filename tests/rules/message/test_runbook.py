"""Where a message sends its reader: to what stands on its kind, or on faults of no single site."""

from dataclasses import replace

import pytest

from linkwatch.message.runbook import page_url, runbook_url
from linkwatch.message.wording import Wording
from linkwatch.model.finding import Kind
from linkwatch.model.ids import CarrierId
from linkwatch.model.incident import IncidentEvent
from linkwatch.model.subject import Subject
from linkwatch.model.words import Language
from support.words import digest, incident, over, view

BASE = "https://linkwatch.example"
PAGE = f"{BASE}/manual/alerts"


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_has_its_place_on_the_page(kind: Kind) -> None:
    assert runbook_url(f"{BASE}/", incident(kind)) == f"{PAGE}#{kind.value}"


@pytest.mark.parametrize(
    "subject", [Subject.of_carrier(CarrierId("vnpt"), None), Subject.of_risk("tuyen-quang")]
)
def test_what_is_of_no_single_site_has_one_of_its_own(subject: Subject) -> None:
    assert runbook_url(BASE, incident(subject=subject)) == f"{PAGE}#wide"


def test_without_an_address_there_is_no_page() -> None:
    assert (page_url(None), runbook_url(None, incident())) == (None, None)


@pytest.mark.parametrize(
    ("language", "line"),
    [(Language.VI, f"Hướng dẫn: {PAGE}#down"), (Language.EN, f"What to do: {PAGE}#down")],
)
def test_the_long_form_says_it_on_a_line_of_its_own_and_the_short_one_not_at_all(
    language: Language, line: str
) -> None:
    shown = view(runbook_url=f"{PAGE}#down")
    words = Wording(language, {}).incident(shown)
    assert line in words.text.splitlines()
    assert PAGE not in words.short + words.subject


@pytest.mark.parametrize("event", [IncidentEvent.ACKNOWLEDGED, IncidentEvent.RESOLVED])
def test_news_that_ask_for_nothing_send_nobody_there(event: IncidentEvent) -> None:
    words = Wording(Language.VI, {}).incident(view(event=event, runbook_url=PAGE))
    assert PAGE not in words.text


def test_several_at_once_have_the_page_as_long_as_one_is_open() -> None:
    several = replace(digest(incident(), over(incident())), runbook_url=PAGE)
    assert f"What to do: {PAGE}" in Wording(Language.EN, {}).digest(several).text.splitlines()
    ended = replace(digest(over(incident())), runbook_url=PAGE)
    assert PAGE not in Wording(Language.EN, {}).digest(ended).text
