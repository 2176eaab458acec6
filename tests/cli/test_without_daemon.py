"""Commands that read the configuration only, and the command line's manners."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from linkwatch import __version__
from linkwatch.cli.root import app


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_a_good_configuration_is_summed_up(sites_yaml: Path) -> None:
    result = run("check-config", str(sites_yaml))
    assert result.exit_code == 0
    assert "sites 1, links 2, routers 1, contacts 2, conferences 0" in result.stdout


def test_an_error_is_told_with_its_place(sites_yaml: Path) -> None:
    edit(sites_yaml, "level: district\n    routers", "level: planet\n    routers")
    result = run("check-config", str(sites_yaml))
    assert result.exit_code == 2
    line = next(i for i, t in enumerate(sites_yaml.read_text().splitlines(), 1) if "planet" in t)
    assert result.stdout.startswith(f"{sites_yaml}:{line}:12: sites")
    assert result.stderr.startswith("errors: 1,")


def test_a_warning_counts_only_when_strict(sites_yaml: Path) -> None:
    assert run("check-config", "--strict", str(sites_yaml)).exit_code == 0
    snmp_v2c = "{id: chu-se-r1, snmp: {version: 2c, community: {env: X}}, "
    edit(sites_yaml, "{id: chu-se-r1, ", snmp_v2c)
    result = run("check-config", str(sites_yaml))
    assert result.exit_code == 0
    warnings = [line for line in result.stdout.splitlines() if line.endswith("[warning]")]
    assert warnings, "SNMP v2c sends its community in clear: a warning"
    assert run("check-config", "--strict", str(sites_yaml)).exit_code == 1
    problems = json.loads(run("check-config", "--json", str(sites_yaml)).stdout)
    assert {problem["gravity"] for problem in problems} == {"warning"}


def test_the_configuration_is_found_by_the_environment(
    sites_yaml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKWATCH_CONFIG", str(sites_yaml))
    assert run("check-config").exit_code == 0
    assert run("oncall").exit_code == 0


def test_the_configuration_else_is_config_sites_yaml(
    sites_yaml: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    sites_yaml.rename(tmp_path / "config" / "sites.yaml")
    assert run("check-config").stdout.splitlines()[-1].startswith("config/sites.yaml: sites 1")


@pytest.mark.parametrize("command", [("check-config",), ("oncall", "-c"), ("lab", "agents", "-c")])
def test_a_missing_file_is_bad_input(tmp_path: Path, command: tuple[str, ...]) -> None:
    result = run(*command, str(tmp_path / "none.yaml"))
    assert result.exit_code == 2
    assert "none.yaml" in result.output
    assert "Traceback" not in result.output


def test_oncall_lists_every_roster(sites_yaml: Path) -> None:
    document = json.loads(
        run("oncall", "-c", str(sites_yaml), "--at", "2021-05-15T08:00", "--json").stdout
    )
    assert document["at"] == "2021-05-15T08:00:00+07:00"
    assert document["gaps"] == []
    district = next(e for e in document["duty"] if e["roster"] == "vnpt-district")
    assert district == {
        "carrier": "vnpt",
        "level": "district",
        "areas": [],
        "roster": "vnpt-district",
        "contact": "duty",
        "name": "Trực VNPT huyện",
        "phones": ["+84000000017"],
        "until": "2021-05-15T19:00:00+07:00",
        "inherited": False,
    }


def test_a_gap_is_exit_1(sites_yaml: Path) -> None:
    # The rotation begins on 10 May.
    result = run("oncall", "-c", str(sites_yaml), "--at", "2021-05-09")
    assert result.exit_code == 1
    assert "NOBODY" in result.stdout
    assert "gap: vnpt has nobody of its own on duty at district level" in result.stdout


def test_oncall_for_one_link_climbs_the_levels(sites_yaml: Path) -> None:
    arguments = ("oncall", "-c", str(sites_yaml), "--link", "chu-se-wan", "--json", "--at")
    covered = run(*arguments, "2021-05-15T08:00")
    assert covered.exit_code == 0
    levels = [(e["level"], e["contact"]) for e in json.loads(covered.stdout)["duty"]]
    assert levels == [("district", "duty"), ("province", "province"), ("leader", "province")]
    gap = run(*arguments, "2021-05-09")
    assert gap.exit_code == 1
    first = json.loads(gap.stdout)["duty"][0]
    assert (first["contact"], first["inherited"]) == ("province", True)


def test_coverage_without_a_gap_is_exit_0(sites_yaml: Path) -> None:
    result = run("coverage", "-c", str(sites_yaml))
    assert result.exit_code == 0
    assert result.stdout.startswith("no gap from ")


def test_coverage_lists_gaps_and_weak_spots_apart(sites_yaml: Path) -> None:
    edit(sites_yaml, "  vnpt-leader: {carrier: vnpt, level: leader, standing: province}\n", "")
    edit(sites_yaml, 'phones: ["+84000000018"], ', "")
    result = run("coverage", "-c", str(sites_yaml), "--days", "2")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Gaps from ")
    vacancy = next(line for line in lines if line.startswith("vnpt     leader"))
    assert "chu-se" in vacancy
    assert "nobody of this level is on duty" in vacancy
    assert any("nobody to tell at P1 step 2, P1 step 4, P2 step 3" in line for line in lines)
    weak = lines[lines.index("Weak spots") :]
    assert any("province has no phone number to call" in line for line in weak)


def test_coverage_of_a_conference_is_within_its_window(sites_yaml: Path) -> None:
    conference = """\
conferences:
  - {id: hop, start: "2021-05-09T08:00", end: "2021-05-09T10:00", sites: all}
"""
    sites_yaml.write_text(sites_yaml.read_text(encoding="utf-8") + conference, encoding="utf-8")
    result = run("coverage", "-c", str(sites_yaml), "--conference", "hop", "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["since"] == "2021-05-09T07:00:00+07:00"
    # The rotation begins on 10 May.
    assert document["shortfalls"] == [
        {
            "what": "nobody",
            "gap": True,
            "carrier": "vnpt",
            "level": "district",
            "sites": ["chu-se"],
            "rosters": ["vnpt-district"],
            "contact": None,
            "conference": "hop",
            "since": "2021-05-09T07:00:00+07:00",
            "until": "2021-05-09T11:00:00+07:00",
            "detail": "nobody of this level is on duty",
        }
    ]
    unknown = run("coverage", "-c", str(sites_yaml), "--conference", "x")
    assert (unknown.exit_code, unknown.stderr) == (
        2,
        "linkwatch: --conference: no conference is called 'x'\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--at", "tomorrow"), "--at: 'tomorrow' is not a date and time"),
        (("--link", "nowhere"), "--link: no link is called 'nowhere'"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    sites_yaml: Path, arguments: tuple[str, ...], message: str
) -> None:
    result = run("oncall", "-c", str(sites_yaml), *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"linkwatch: {message}")
    assert len(result.stderr.splitlines()) == 1


def test_the_schema_is_json() -> None:
    result = run("schema")
    assert result.exit_code == 0
    assert "properties" in json.loads(result.stdout)


def test_version() -> None:
    assert run("--version").stdout == f"linkwatch {__version__}\n"


@pytest.mark.parametrize("arguments", [("no-such-command",), ("status", "--no-such-option")])
def test_wrong_usage_is_exit_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_every_command_is_explained() -> None:
    for command in (
        "run",
        "check-config",
        "status",
        "incidents",
        "oncall",
        "coverage",
        "reload",
        "schema",
    ):
        result = run(command, "--help")
        assert result.exit_code == 0
        assert f"{command} [OPTIONS]" in result.stdout
    overview = run("--help").stdout
    assert "..." not in overview.split("Commands:")[1].split("The configuration is")[0]


def test_help_brings_in_no_heavy_part() -> None:
    heavy = ("pydantic", "sqlalchemy", "pysnmp", "httpx", "uvicorn", "starlette", "structlog")
    probe = (
        "import sys, linkwatch.cli.root\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "[]\n"


def test_it_runs_as_a_module_and_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "linkwatch", "--version"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert (done.returncode, done.stdout) == (0, f"linkwatch {__version__}\n")
