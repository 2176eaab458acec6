"""Every short message the sample province could send: one part, whole, and to the point."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from linkwatch.config import load
from linkwatch.message.gsm import ONE_PART, STANDS_ALONE
from linkwatch.message.short import CHANNEL
from linkwatch.message.view import View
from linkwatch.message.widths import measure, widest
from linkwatch.message.wording import BUILT_IN, Wording
from linkwatch.model.conference import Phase
from linkwatch.model.coverage import duty_subject
from linkwatch.model.finding import Direction, Kind
from linkwatch.model.ids import ChannelId
from linkwatch.model.incident import IncidentEvent, Status
from linkwatch.model.inventory import Inventory
from linkwatch.model.subject import Subject
from linkwatch.model.thresholds import Metric
from linkwatch.model.topology import Link
from linkwatch.model.words import Form, Language
from support.gsm0338 import septets
from support.words import ROUTER_KINDS, incident

SAMPLE = Path(__file__).parents[2] / "config" / "sites.yaml"
FORBIDDEN = set("%#&[]{}\\<@^~|€\n\r")
EVENTS = [event for event in IncidentEvent if event.value not in ("digest", "test")]
DIRECTED = {Kind.UTILISATION, Kind.BANDWIDTH_NOT_EXPANDED, Kind.BANDWIDTH_NOT_REVERTED}
UNHELPFUL = {"incident", "hotline", "site", "sites", "line"}
"""Without one of these a message leaves its reader helpless."""


@pytest.fixture(scope="module")
def province() -> Inventory:
    config = load(SAMPLE).config
    assert config is not None
    return config.inventory


@pytest.mark.parametrize("language", list(Language))
def test_no_template_loses_what_is_needed_with_the_longest_names(
    province: Inventory, language: Language
) -> None:
    for (form, name), template in BUILT_IN[language].items():
        if form is Form.SMS:
            found = measure(template, widest(province, name))
            assert found.left_out.isdisjoint(UNHELPFUL), name
            assert found.beginning <= ONE_PART, name
            assert found.stands_alone or name == "test", name


def at_worst(province: Inventory, link: Link, kind: Kind, event: IncidentEvent) -> View:
    """A fault of yesterday, close to its threshold, that nobody has taken, in a conference."""
    of_router, of_duty = kind in ROUTER_KINDS, kind is Kind.ROSTER_GAP
    of_channel = kind is Kind.CHANNEL_FAILED
    of_site = kind is Kind.SITE_DOWN
    on_link = not (of_router or of_duty or of_channel or of_site)
    reference = link.interface.router if link.interface else next(iter(province.routers))
    limits = {metric: link.thresholds.of(metric).critical or 0.0 for metric in Metric}
    [meeting, *_] = province.conferences.values()
    now = meeting.start + timedelta(hours=1)
    began = now - timedelta(hours=15, minutes=59)
    closed = event is IncidentEvent.RESOLVED
    rate = float(link.contract(now).receive or 0)
    subject = Subject.of_router(reference) if of_router else Subject.of_link(link.id)
    if of_site:
        subject = Subject.of_site(link.site)
    if of_duty:
        subject = duty_subject(link.carrier, province.sites[link.site].level)
    if of_channel:
        subject = Subject.of_channel(ChannelId("w" * CHANNEL))
    one = incident(
        kind,
        subject=subject,
        status=Status.RESOLVED if closed else Status.OPEN,
        site=link.site,
        circuit=link.circuit if on_link else None,
        started_at=began,
        announced_at=began,
        restored_at=now - timedelta(hours=2) if closed else None,
        measured={metric: value * 0.99996 for metric, value in limits.items()},
        threshold=limits,
        direction=Direction.RECEIVE if kind in DIRECTED else None,
        evidence={"contracted": rate, "promised": rate, "normal": rate, "peak": rate * 0.99996},
    )
    return View(
        incident=one,
        event=event,
        now=now,
        timezone=province.timezone,
        carrier=province.carriers[link.carrier] if on_link or of_duty else None,
        site=province.sites[link.site],
        link=link if on_link else None,
        router=province.routers[reference] if of_router else None,
        conference=meeting,
        phase=Phase.WINDOW,
        neighbours=(),
        told=(),
        on_site=(),
        hotline=province.operators.hotline,
        organisation=province.organisation,
    )


def every_message(province: Inventory) -> Iterator[View]:
    for link in province.links.values():
        for kind in Kind:
            yield from (at_worst(province, link, kind, event) for event in EVENTS)


@pytest.mark.parametrize("language", list(Language))
def test_closed_by_hand(province: Inventory, language: Language) -> None:
    for link in province.links.values():
        said = at_worst(province, link, Kind.DOWN, IncidentEvent.RESOLVED)
        closed = replace(said.incident, closed_by="W" * 40, closed_why="x" * 500)
        text = Wording(language, {}).incident(replace(said, incident=closed)).short
        assert septets(text) == len(text) <= ONE_PART, text
        assert not FORBIDDEN & set(text), text
        assert {"LW-000123", link.circuit} <= set(re.split(r"[ ,.]+", text)), text


@pytest.mark.parametrize("language", list(Language))
def test_every_site_every_kind_every_event(province: Inventory, language: Language) -> None:
    wording = Wording(language, {})
    count = 0
    for said in every_message(province):
        text, site = wording.incident(said).short, said.site
        assert site is not None
        assert septets(text) == len(text) <= ONE_PART, text
        assert not FORBIDDEN & set(text), text
        assert site.short[:12] in text[:STANDS_ALONE], text
        assert said.incident.id in text, text
        quiet = said.event in (IncidentEvent.RESOLVED, IncidentEvent.ACKNOWLEDGED)
        assert quiet or "0000000099" in text, text
        assert said.incident.circuit is None or said.event in (
            IncidentEvent.ESCALATED, IncidentEvent.REMINDER, IncidentEvent.ACKNOWLEDGED
        ) or said.incident.circuit in text, text  # fmt: skip
        count += 1
    assert count == len(province.links) * len(Kind) * len(EVENTS)
