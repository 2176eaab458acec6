"""Every query of every panel, mark and choice, asked of a Prometheus that scrapes a daemon.

In the province an incident is open that nobody has, another is taken, a third is over. One line
loses every third probe, one site cannot be probed by ourselves; a conference runs, one comes.
"""

import math
import re
import time  # noqa: TID251 Prometheus goes by this machine's clock
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from linkwatch.model.inventory import Inventory
from linkwatch.model.topology import Level
from support.asking import ALL, Answers, Asked, ask_everything, legend_labels, offered
from support.boards import Variable, boards, english, variables
from support.netns import requires_root
from support.prometheus import Labels, Prometheus, Series, requires_prometheus
from support.watched import CONFERENCE, NEXT, PLAIN, UNREAD, Watched, watched

pytestmark = [requires_root, requires_prometheus]

SCRAPES, PATIENCE = 25, 90.0
OPERATOR = "ttcntt-ca-1"
MENDED_NOTHING = {"vnpt"}
"""The one incident that is sure to be over is the other carrier's."""
OVER, THIN, TAKEN = "dak-po-inet", "krong-pa-wan", "an-khe-inet"
DOWN = {"chu-se-wan", "chu-se-inet", TAKEN}
BLIND = {"phu-thien-wan", "phu-thien-inet"}
SITES = {"chu-se": "cut_off", "an-khe": "degraded", "krong-pa": "degraded", "phu-thien": "unknown"}
CARRIERS = {"vnpt", "viettel"}
UPLINKS = {"ttcntt-wan", "ttcntt-inet"}

Key = tuple[str, str, str]

EMPTY: Mapping[Key, str] = {
    ("linkwatch-carrier", "Bandwidth compliance", "C"): "minutes of load make the first mean",
    ("linkwatch-itself", "Heartbeat", "A"): "no checker outside is configured",
}
"""What has no figure in this run, and why; it must have none."""
IN_PART: Mapping[Key, tuple[set[str], str]] = {
    ("linkwatch-wall", "Sites over time, worst first", "A"): ({"chu-se"}, "cut off now"),
    ("linkwatch-wall", "Sites over time, worst first", "B"): ({"an-khe", "krong-pa"}, "degraded"),
    ("linkwatch-wall", "Sites over time, worst first", "C"): ({"phu-thien"}, "unknown now"),
    ("linkwatch-wall", "Sites over time, worst first", "D"): ({"dak-po"}, "was bad, is up"),
    ("linkwatch-conference", "Its links over time, worst first", "A"): (DOWN, "down now"),
    ("linkwatch-conference", "Its links over time, worst first", "B"): ({THIN}, "degraded now"),
    ("linkwatch-conference", "Its links over time, worst first", "C"): (BLIND, "unknown now"),
    ("linkwatch-conference", "Its links over time, worst first", "D"): ({OVER}, "was bad, is up"),
}
"""What has series for some sites or links only: for which, and why."""
READ = re.compile(r"linkwatch_(?:interface_|link_utilisation|link_month)")
"""Metrics of lines that a router is asked about."""
COUNTED_LATER = "linkwatch_link_availability_ratio"
"""Each line's availability is there within the hour, at once where its state has changed."""
FIRST = re.compile(r"topk\((\d+),")


@dataclass(frozen=True)
class Played:
    """The run, and what it was asked."""

    prometheus: Prometheus
    inventory: Inventory
    answers: Answers


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """All that happens, then all that is asked."""
    with watched(tmp_path_factory.mktemp("watched")) as province:
        at = play(province)
        answers = ask_everything(province.prometheus, province.inventory, at)
        yield Played(province.prometheus, province.inventory, answers)


def play(province: Watched) -> float:
    """When (s since the epoch) Prometheus had seen it all."""
    began = time.time()
    with province.cut_for_a_while(OVER):
        province.cut(TAKEN)
        over, taken = province.incident(OVER), province.incident(TAKEN)
        for incident in (over, taken):
            province.take(incident, OPERATOR)
    province.cut(*DOWN - {TAKEN})
    province.thin(THIN)
    province.blind(*BLIND)
    wanted = [
        *(f'linkwatch_link_state{{link="{link}",state="down"}} == 1' for link in sorted(DOWN)),
        *(f'linkwatch_site_state{{site="{s}",state="{state}"}} == 1' for s, state in SITES.items()),
        f'linkwatch_link_state{{link="{OVER}",state="up"}} == 1',
        f'linkwatch_incident_info{{incident="{taken}",holder="{OPERATOR}"}}',
        "sum(linkwatch_incident_restore_seconds_count) > 0",
        "linkwatch_channel_last_test_timestamp_seconds > 0",
        f"count_over_time(up[10m]) >= {SCRAPES}",
    ]

    missing = wanted
    while missing:
        now = time.time()
        assert now - began < PATIENCE, missing
        missing = [one for one in wanted if not province.prometheus.now(one, now)]
        time.sleep(0.2)
    return now


def has_figure(series: Iterable[Series]) -> bool:
    """Whether any of it is a number."""
    return any(not math.isnan(value) for one in series for _, value in one.samples)


def subjects(series: Iterable[Series], label: str) -> set[str]:
    """What the series are about; a table's key begins with it."""
    return {one.labels[label].split()[0] for one in series if one.labels.get(label)}


def expected_links(asked: Asked) -> set[str]:
    """The links that it should have something to say of."""
    expression, links = asked.query.expression, asked.choice.link_ids
    if asked.query.key in IN_PART:
        return links & IN_PART[asked.query.key][0]
    if "uplink_info" in expression:
        return UPLINKS
    if "_promised_bytes" in expression:
        links -= {PLAIN}
    return links - {UNREAD} if READ.search(expression) else links


def expected_sites(asked: Asked, inventory: Inventory) -> set[str]:
    """The same for sites."""
    sites = asked.choice.sites
    if asked.query.key in IN_PART:
        return sites & IN_PART[asked.query.key][0]
    if 'level="district"' in asked.query.expression:
        return {str(s.id) for s in inventory.sites.values() if s.level is Level.DISTRICT}
    return sites


def of_panels(played: Played) -> list[Asked]:
    """All but the marks."""
    return [one for one in played.answers.asked if one.query.key[2] != "annotation"]


def about(asked: Asked) -> str | None:
    """The label that says what each series is about."""
    for label in ("incident", "key", "link", "site"):
        if any(label in one.labels for one in asked.series):
            return label
    return None


def test_every_query_has_a_figure_for_some_choice_or_is_known_to_have_none(played: Played) -> None:
    by_key: dict[Key, list[Series]] = defaultdict(list)
    for one in played.answers.asked:
        by_key[one.query.key] += one.series
    without = {key for key, series in by_key.items() if not has_figure(series)}
    assert without == set(EMPTY)


def test_there_is_something_for_every_link_there_should_be(played: Played) -> None:
    told = 0
    for one in of_panels(played):
        label = about(one)
        links = subjects(one.series, label) if label in ("link", "key") else set()
        if links & CARRIERS:
            assert links == one.choice.carriers, one.query.key
            continue
        if not links:
            continue
        told += 1
        expected = expected_links(one)
        if first := FIRST.search(one.query.expression):
            assert links <= expected, one.query.key
            assert len(one.series) == min(int(first[1]), 2 * len(expected)), one.query.key
            continue
        # Of what we cannot send ourselves nothing is counted that could be lost.
        silent = BLIND if "_lost_total" in one.query.expression else set()
        assert links | silent == expected | silent, one.query.key
    assert told > 0


def test_there_is_something_for_every_site_there_should_be(played: Played) -> None:
    told = 0
    for one in of_panels(played):
        if about(one) == "site" and "incident_info" not in one.query.expression:
            told += 1
            expected = expected_sites(one, played.inventory)
            assert subjects(one.series, "site") == expected, one.query.key
    assert told > 0


def test_every_open_incident_is_listed_where_it_belongs(played: Played) -> None:
    at = played.answers.at
    rows = [one.labels for one in played.prometheus.now("linkwatch_incident_info", at)]
    assert {row["status"] for row in rows} == {"open", "acknowledged"}
    tables = [one for one in of_panels(played) if one.query.key[1].lower().endswith("incidents")]
    tables = [one for one in tables if "sort_desc" in one.query.expression]
    assert {one.query.key[0] for one in tables} == {
        *("linkwatch-wall", "linkwatch-conference", "linkwatch-carrier", "linkwatch-site")
    }
    for table in tables:
        expected = {row["incident"] for row in rows if belongs(row, table)}
        assert {one.labels["incident"] for one in table.series} == expected, table.query.key
        assert len(table.series) == len(expected)


def belongs(row: Labels, table: Asked) -> bool:
    """Whether an incident is one for this table."""
    board, chosen = table.query.key[0], table.choice.values
    if board == "linkwatch-conference":
        return row.get("conference") == chosen["conference"]
    if board == "linkwatch-site":
        return row.get("site") == chosen["site"]
    return board == "linkwatch-wall" or row.get("carrier") in chosen_carriers(table)


def chosen_carriers(table: Asked) -> set[str]:
    """Those chosen at the board's head, whatever else is."""
    carrier = table.choice.values["carrier"]
    return CARRIERS if carrier == ALL["carrier"] else {carrier}


def test_a_choice_that_has_no_series_is_one_that_should_have_none(played: Played) -> None:
    for one in of_panels(played):
        if has_figure(one.series) or one.query.key in EMPTY:
            continue
        key, expression = one.query.key, one.query.expression
        fine = (
            (
                key in IN_PART
                and not expected_links(one)
                and not expected_sites(one, played.inventory)
            )
            or "incident_info" in expression
            or COUNTED_LATER in expression
            or ("histogram_quantile" in expression and one.choice.carriers == MENDED_NOTHING)
            or one.choice.link_ids <= DOWN | BLIND
            or (one.choice.link_ids == {PLAIN} and "_promised_bytes" in expression)
            or (READ.search(expression) and one.choice.link_ids == {UNREAD})
        )
        assert fine, (key, one.choice.values)


def test_legends_name_what_the_series_have(played: Played) -> None:
    for one in played.answers.asked:
        for series in one.series:
            missing = legend_labels(one.query) - set(series.labels)
            # Prometheus knows no empty label: an incident may have no link of its own.
            assert missing <= ({"link", "site", "carrier"} if about(one) == "incident" else set())


def test_tables_show_fields_that_there_are_and_join_by_one_that_is_unique(played: Played) -> None:
    answered: dict[tuple[str, ...], dict[str, list[Asked]]] = defaultdict(lambda: defaultdict(list))
    for one in of_panels(played):
        *panel_key, ref = one.query.key
        answered[tuple(panel_key)][ref].append(one)
    for uid, board in boards().items():
        for panel in (panel for panel in board["panels"] if panel["type"] == "table"):
            title = english(panel["title"])
            refs = answered[uid, title]
            figures = {f"Value #{ref}" for ref in refs} if len(refs) > 1 else {"Value"}
            every = [one for each in refs.values() for one in each]
            known = figures.union(*(s.labels for one in every for s in one.series))
            steps = {step["id"]: step["options"] for step in panel["transformations"]}
            assert set(steps["filterFieldsByName"]["include"]["names"]) <= known, title
            assert ("joinByField" in steps) == (len(refs) > 1)
            if "joinByField" in steps:
                by = steps["joinByField"]["byField"]
                for one in every:
                    values = [series.labels[by] for series in one.series]
                    assert len(set(values)) == len(values), (one.query.key, by)


def test_links_take_their_values_from_what_there_is(played: Played) -> None:
    seen = 0
    for uid, board in boards().items():
        for panel in board["panels"]:
            title = english(panel["title"])
            mine = [one for one in of_panels(played) if one.query.key[:2] == (uid, title)]
            for way in panel["fieldConfig"]["defaults"].get("links") or []:
                for label in re.findall(r"\$\{__field\.labels\.(\w+)\}", way["url"]):
                    seen += 1
                    assert all(label in s.labels for one in mine for s in one.series), title
            for override in panel["fieldConfig"]["overrides"] or []:
                for way in (
                    w for p in override["properties"] if p["id"] == "links" for w in p["value"]
                ):
                    for label in re.findall(r"\$\{__data\.fields\.(\w+)\}", way["url"]):
                        seen += 1
                        assert any(label in s.labels for one in mine for s in one.series), title
    assert seen > 0


def test_choices_are_the_provinces_own_by_their_names(played: Played) -> None:
    at, inventory = played.answers.at, played.inventory
    names = {
        "carrier": {str(c.id): c.name for c in inventory.carriers.values()},
        "level": {"province": "Tỉnh / Province", "district": "Huyện / District"},
        "site": {str(s.id): s.name for s in inventory.sites.values()},
        "link": {str(link): str(link) for link in inventory.links},
        "conference": {str(c.id): c.name for c in inventory.conferences.values()},
    }
    names["level"]["commune"] = "Xã / Commune"
    for board in boards().values():
        for variable in variables(board):
            found = offered(played.prometheus, variable, ALL, at)
            assert dict(found) == names[variable.name], variable
            assert len(found) == len(dict(found))


def test_choices_narrow_those_after_them(played: Played) -> None:
    _, level, site, link = variables(boards()["linkwatch-link"])
    chosen = {"carrier": "(vnpt|none)", "level": "district", "site": "chu-se"}

    def values(of: Variable) -> set[str]:
        found = offered(played.prometheus, of, chosen, played.answers.at)
        return {value for value, _ in found}

    districts = {str(s.id) for s in played.inventory.sites.values() if s.level is Level.DISTRICT}
    assert values(level) == {"province", "district", "commune"}
    assert values(site) == districts
    assert values(link) == {"chu-se-wan"}


def test_the_conference_that_runs_is_offered_before_the_one_to_come(played: Played) -> None:
    [variable] = variables(boards()["linkwatch-conference"])
    found = offered(played.prometheus, variable, {}, played.answers.at)
    assert [value for value, _ in found] == [CONFERENCE, NEXT]
