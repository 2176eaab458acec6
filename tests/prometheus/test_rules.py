"""deploy/prometheus: what Prometheus' own tool says of it, and that no rule goes untried."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.promtool import promtool, requires_promtool
from support.series import offered

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
SHIPPED = ROOT / "deploy" / "prometheus"
RULES = SHIPPED / "linkwatch.rules.yml"
CASES = sorted(HERE.glob("*.test.yml"))
MANUAL = "https://linkwatch.example/manual/alerts#"
PROMETHEUS_OWN = {"up", "process_start_time_seconds"}
LABELS_ADDED = {"job", "instance"}
"""By Prometheus, to all that it scrapes."""
Rule = dict[str, Any]
_NAMES = re.compile(r"\b(?:(?:\w+:)?linkwatch_\w+(?::\w+)?|process_\w+|up)\b")


def rules() -> list[Rule]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> list[Rule]:
    return [rule for rule in rules() if "alert" in rule]


def name(rule: Rule) -> str:
    return str(rule.get("alert") or rule["record"])


def cases() -> Iterator[tuple[str, bool]]:
    """Each case as (the rules it speaks of, whether it expects anything of them)."""
    for path in CASES:
        for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]:
            for one in test.get("alert_rule_test", ()):
                yield one["alertname"], bool(one["exp_alerts"])
            for one in test.get("promql_expr_test", ()):
                yield one["expr"], bool(one["exp_samples"])


@requires_promtool
def test_the_configuration_and_its_rules_are_valid() -> None:
    checked = promtool("check", "config", SHIPPED / "prometheus.yml")
    assert checked.returncode == 0, checked.stdout
    assert "1 rule files found" in checked.stdout
    checked = promtool("check", "rules", "--lint=all", "--lint-fatal", RULES)
    assert checked.returncode == 0, checked.stdout


@requires_promtool
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_case_comes_out_as_expected(path: Path) -> None:
    tried = promtool("test", "rules", path)
    assert tried.returncode == 0, tried.stdout


@pytest.mark.parametrize("rule", rules(), ids=name)
def test_every_rule_has_a_case_where_it_speaks_and_one_where_it_is_silent(rule: Rule) -> None:
    spoken_of = {expects for asked, expects in cases() if name(rule) in asked}
    assert spoken_of == {True, False}


@pytest.mark.parametrize("rule", alerts(), ids=name)
def test_an_alert_says_in_two_languages_what_to_do(rule: Rule) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning", "none")
    told = rule["annotations"]
    assert told.keys() == {"summary", "summary_en", "description", "description_en", "runbook_url"}
    assert told["runbook_url"] == MANUAL + name(rule).lower()
    for text in ("summary", "description"):
        assert re.search(r"[ăâđêôơưạảấầậắặẹếềệỉịọốồộớờợụứừựỳ]", told[text]), told[text]
        assert told[f"{text}_en"].isascii()


def test_no_alert_has_the_name_of_one_of_linkwatchs_own() -> None:
    names = [name(rule) for rule in alerts()]
    assert len(set(names)) == len(names)
    assert set(names).isdisjoint({f"Linkwatch{kind}" for kind in ("Test", "Quality", "Roster")})


def test_every_rule_asks_for_series_and_labels_that_there_are() -> None:
    series = offered(ROOT / "tests" / "config" / "every-key.yaml")
    recorded = {name(rule) for rule in rules() if "record" in rule}
    for rule in rules():
        expr = re.sub(r'"[^"]*"', '""', rule["expr"])
        asked = set(_NAMES.findall(expr))
        assert asked <= {*series, *recorded, *PROMETHEUS_OWN}, name(rule)
        assert asked or name(rule) == "Watchdog"
        lists = re.findall(r"(?:by|on|group_left) \(([^)]*)\)", expr)
        wanted = {label.strip() for label in chain.from_iterable(x.split(",") for x in lists)}
        wanted |= set(re.findall(r"(\w+)=", expr))
        known = set().union(*(series[one] for one in asked & series.keys()))
        assert wanted <= known | LABELS_ADDED, name(rule)
