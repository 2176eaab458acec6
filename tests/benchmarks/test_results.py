"""Runs become results, verdicts and a page; a failure is never taken for a good figure."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.common.goal import Goal, Verdict, verdicts
from benchmarks.common.page import Page, Section, Table
from benchmarks.probe import goals, tables
from benchmarks.probe.contest import Result, typical
from benchmarks.probe.report import Report

GOOD = Result(
    wanted=1000.0,
    cpu=20e-6,
    rate=999.0,
    resident=50_000_000,
    sent=5000,
    lost=0,
    errors=(1e-6, 2e-6, 40e-6),
)
FAILED = Result(wanted=1000.0, failed="sent nothing")


@pytest.mark.parametrize(
    ("measured", "verdict"),
    [(None, "not measured"), (13.0, "missed"), (12.0, "met"), (8.1, "met"), (8.0, "moonshot")],
)
def test_a_cost_is_to_be_at_most(measured: float | None, verdict: str) -> None:
    assert Goal("CPU", measured, 12.0, "µs", 8.0).verdict == verdict


@pytest.mark.parametrize(
    ("measured", "verdict"), [(4e4, "missed"), (5e4, "met"), (2e5, "moonshot")]
)
def test_a_rate_is_to_be_at_least(measured: float, verdict: str) -> None:
    assert Goal("rate", measured, 5e4, "/s", 1.2e5, at_least=True).verdict == verdict


def test_without_a_gate_the_moonshot_is_met_or_missed() -> None:
    assert Goal("worst", 1000.0, None, "µs", 1000.0).verdict is Verdict.MOONSHOT
    assert Goal("worst", 1001.0, None, "µs", 1000.0).verdict is Verdict.MISSED


@pytest.mark.parametrize(
    "made",
    [
        goals.once_a_second("linkwatch", FAILED),
        goals.once_a_second("linkwatch", replace(FAILED, wanted=23_000.0)),
        goals.held_up("held up", FAILED),
        goals.confined("confined", FAILED),
        goals.scraped("scraped", FAILED),
        goals.flat_out(FAILED),
    ],
)
def test_what_failed_meets_nothing(made: list[Goal]) -> None:
    assert {goal.verdict for goal in made} == {Verdict.NOT_MEASURED}


def test_a_run_that_cannot_keep_up_misses_though_it_lost_nothing() -> None:
    slow = replace(GOOD, rate=949.0)
    by_name = {goal.what: goal.verdict for goal in goals.once_a_second("linkwatch", slow)}
    assert by_name["linkwatch: false loss"] is Verdict.MET
    assert by_name["linkwatch: pings that were to be sent"] is Verdict.MISSED


def test_one_lost_probe_misses() -> None:
    by_name = {g.what: g.verdict for g in goals.once_a_second("us", replace(GOOD, lost=1))}
    assert by_name["us: false loss"] is Verdict.MISSED


def test_only_a_country_has_a_gate_for_cpu() -> None:
    assert not [g for g in goals.once_a_second("us", GOOD) if "CPU" in g.what]
    (cpu,) = (
        g for g in goals.once_a_second("us", replace(GOOD, wanted=23_000.0)) if "CPU" in g.what
    )
    assert cpu.measured == pytest.approx(20.0)
    assert (cpu.gate, cpu.moonshot) == (12.0, 8.0)


def test_goals_stand_beside_each_other_by_place() -> None:
    section = verdicts(
        [
            Goal("error", 1.0, 5.0, "µs", 3.0, place="100"),
            Goal("error", 7.25, 5.0, "µs", 3.0, place="1,000"),
            Goal("rate", None, 5e4, at_least=True),
        ]
    )
    assert [table.lines() for table in section.tables] == [
        [
            "| goal | gate | moonshot | 100 | 1,000 |",
            "|---|---|---|---|---|",
            "| error, µs | ≤ 5 | ≤ 3 | 1 moonshot | 7.25 **missed** |",
        ],
        [
            "| goal | gate | moonshot |  |",
            "|---|---|---|---|",
            "| rate | ≥ 50,000 |  | **not measured** |",
        ],
    ]


def test_typical_is_the_run_of_median_cpu_with_the_losses_and_errors_of_all() -> None:
    runs = [
        replace(GOOD, cpu=30e-6, rate=1.0, lost=2, errors=(5e-6,), unknown=1),
        replace(GOOD, cpu=10e-6, rate=2.0, errors=(1e-6, 9e-6)),
        replace(GOOD, cpu=20e-6, rate=3.0, lost=1, errors=()),
    ]
    whole = typical(runs)
    assert (whole.cpu, whole.rate) == (20e-6, 3.0)
    assert (whole.sent, whole.lost, whole.unknown) == (15_000, 3, 1)
    assert whole.errors == (1e-6, 5e-6, 9e-6)


def test_typical_of_two_is_one_of_them() -> None:
    assert typical([replace(GOOD, cpu=2.0), replace(GOOD, cpu=1.0)]).cpu == 1.0


def test_one_failed_run_fails_all() -> None:
    assert typical([GOOD, FAILED, GOOD]) is FAILED


def test_a_loss_that_is_not_told_is_not_none() -> None:
    whole = typical([GOOD, replace(GOOD, lost=None)])
    assert whole.lost is None
    assert tables.loss(whole) == "?"


def test_the_table_gives_ratios_to_ours_and_says_who_fails() -> None:
    slow = replace(GOOD, cpu=50e-6, rate=500.0, sent=2500, lost=25, errors=(), note="slow")
    table = tables.table({"ours": GOOD, "slow": slow, "gone": FAILED}, "ours")
    assert table.lines()[2:] == [
        "| **ours** | 20.0 µs | 1.00 | 2.0% | 999 | 0 of 5,000 | 0 | 2 / 40 / 40 µs | 50 MB |  |",
        "| slow | 50.0 µs | 2.50 | 2.5% | 500 of 1,000: **cannot keep up** | 25 of 2,500 (1 %) "
        "| 0 | - | 50 MB | slow |",
        "| gone | - | - | - | - | - | - | - | - | sent nothing |",
    ]


def test_growth_brackets_who_cannot_keep_up() -> None:
    by_count = {
        100: {"ours": GOOD, "slow": GOOD},
        1000: {"ours": GOOD, "slow": replace(GOOD, rate=500.0)},
        5000: {"ours": GOOD, "slow": FAILED},
    }
    assert tables.growth(by_count, "ours")[0].lines() == [
        "| CPU µs a ping | 100 | 1,000 | 5,000 |",
        "|---|---|---|---|",
        "| **ours** | 20.0 | 20.0 | 20.0 |",
        "| slow | 20.0 | (20.0) | - |",
    ]


def test_the_page_is_written_as_markdown_and_told_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Page("Pings", {"on": "a machine"})
    page.sections = [
        Section("One", ("Words.",), [Table(("a", "b"), [("x|y", "1")])], [{"a": 1}]),
        Section("Two"),
    ]
    output = tmp_path / "page.md"
    page.deliver(output, as_json=True)
    assert output.read_text(encoding="utf-8") == (
        "# Pings\n\n- on: a machine\n\n## One\n\nWords.\n\n"
        "| a | b |\n|---|---|\n| x\\|y | 1 |\n\n## Two\n"
    )
    document = json.loads(capsys.readouterr().out)
    assert document["made"] == {"on": "a machine"}
    assert document["sections"] == {"One": [{"a": 1}], "Two": []}


def test_without_an_output_the_page_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    Page("Pings", {}).deliver(None, as_json=False)
    assert capsys.readouterr().out.startswith("# Pings\n")


def test_a_report_is_read_as_it_was_printed(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(3, 1, 1, {"127.1.0.0": [1e-6, None]}, {"late": 0.5}, "note")
    report.print()
    assert Report.read(capsys.readouterr().out) == report


@pytest.mark.parametrize("text", ["", "Traceback …", '{"words": 1}'])
def test_anything_else_is_no_report(text: str) -> None:
    with pytest.raises(ValueError, match="no report"):
        Report.read(text)
