"""`boost`: vouch for a raised rate, and see what is known of those in force."""

import json
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
from typer.testing import CliRunner, Result

from linkwatch.cli.output import megabits
from linkwatch.cli.root import app
from linkwatch.judge.boost import Refusal
from linkwatch.model.boost import Boost, Evidence, EvidenceKind, Proof, Word
from linkwatch.model.finding import Direction
from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import Metering
from linkwatch.model.moment import Span
from linkwatch.model.topology import BoostState, ContractedRate
from linkwatch.ports import Vouching

NOW = datetime(2021, 5, 15, 1, 0, tzinfo=UTC)
INET = LinkId("chu-se-inet")
PROMISED = ContractedRate(
    100_000_000,
    None,
    Span(NOW, NOW + timedelta(days=16)),
    "675/STTTT-BCVT",
    BoostState.PROMISED,
)
BOOST = Boost(
    ContractedRate(20_000_000, 10_000_000),
    PROMISED,
    {Direction.RECEIVE: Proof.PROVEN, Direction.TRANSMIT: Proof.UNPROVEN},
    (
        Evidence(INET, EvidenceKind.PEAK, NOW, 41_250_000, Direction.RECEIVE),
        Evidence(
            INET, EvidenceKind.CONFIRMED, NOW, 50_000_000, None, "đo\x1b[2J tốc độ", "Trực TT"
        ),
    ),
)


class Control(Protocol):
    """What the `daemon` fixture lets a test set."""

    vouching: Vouching
    words: list[Word]
    boost: Boost | None
    metering: Metering


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def confirm(*more: str, rate: str = "100Mbps") -> Result:
    told = ("--rate", rate, "--evidence", "đo tốc độ 14/05", "--by", "Trực TT", *more)
    return run("boost", "confirm", "chu-se-inet", *told)


def test_a_word_is_handed_to_the_daemon_and_written(daemon: Control) -> None:
    result = confirm()
    assert (result.exit_code, result.stdout) == (0, "chu-se-inet: confirmed at 100Mbps\n")
    assert daemon.words == [Word(INET, 100_000_000, "đo tốc độ 14/05", "Trực TT")]


def test_it_may_be_of_one_direction_only(daemon: Control) -> None:
    assert confirm("--direction", "receive").exit_code == 0
    assert daemon.words[0].direction is Direction.RECEIVE
    assert confirm("--direction", "up").exit_code == 2


def test_a_store_that_is_down_is_said(daemon: Control) -> None:
    daemon.vouching = Vouching(None, written=False)
    assert "not yet written, the store is down" in confirm().stdout


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Refusal.UNKNOWN_LINK, "the configuration in force has no such link"),
        (Refusal.NO_BOOST, "no boost of that link is in force now (linkwatch boost list)"),
        (Refusal.NOT_ABOVE_NORMAL, "that rate is not above the normal one, so it proves no boost"),
    ],
)
def test_a_refusal_says_why(daemon: Control, refusal: Refusal, words: str) -> None:
    daemon.vouching = Vouching(refusal, written=False)
    result = confirm()
    assert (result.exit_code, result.stderr) == (1, f"linkwatch: not confirmed: {words}\n")


def test_a_rate_without_unit_does_not_reach_the_daemon(daemon: Control) -> None:
    result = confirm(rate="100")
    assert result.exit_code == 2
    assert result.stderr.startswith("linkwatch: --rate: ")
    assert daemon.words == []


def test_what_the_daemon_does_not_understand_is_told(daemon: Control) -> None:
    result = confirm("--by", " ")
    assert result.exit_code == 2
    assert result.stderr.startswith("linkwatch: by: ")


def test_without_a_daemon_there_is_nobody_to_tell(sites_yaml: object) -> None:
    assert confirm().exit_code == 3


def test_boosts_are_listed_by_direction_with_what_proves_them(daemon: Control) -> None:
    daemon.boost = BOOST
    lines = run("boost", "list").stdout.splitlines()
    (receive,) = [line for line in lines if " receive " in line]
    (transmit,) = [line for line in lines if " transmit " in line]
    for word in ("20 Mbit/s", "100 Mbit/s", "proven", "peak 41.25 Mbit/s", "675/STTTT-BCVT"):
        assert word in receive
    for word in ("10 Mbit/s", "max", "unproven", "by Trực TT: đo", "promised"):
        assert word in transmit
    assert "peak" not in transmit
    assert "\x1b" not in "".join(lines)


def test_boosts_as_json(daemon: Control) -> None:
    daemon.boost = BOOST
    (entry,) = json.loads(run("boost", "list", "--json").stdout)
    assert entry["link"] == "chu-se-inet"
    assert entry["proofs"] == {"receive": "proven", "transmit": "unproven"}


def test_no_boost_at_all(daemon: Control) -> None:
    assert run("boost", "list").stdout == "no boost is in force\n"


def test_status_shows_both_rates_until_all_is_proven(daemon: Control) -> None:
    daemon.boost = BOOST
    line = next(x for x in run("status", "--all").stdout.splitlines() if "chu-se-inet" in x)
    assert "20 Mbit/s / 10 Mbit/s; boost 100 Mbit/s / max unproven" in line


def test_status_says_why_a_load_is_not_measured(daemon: Control) -> None:
    daemon.metering = Metering.CARRIERS_ROUTER
    line = next(x for x in run("status", "--all").stdout.splitlines() if "chu-se-inet" in x)
    assert "not measured (the carrier's router)" in line


@pytest.mark.parametrize(
    ("bits", "shown"),
    [
        (20_000_000, "20 Mbit/s"),
        (41_259_999, "41.25 Mbit/s"),
        (512_000, "0.51 Mbit/s"),
        (None, "-"),
    ],
)
def test_rates_are_cut_not_rounded(bits: float | None, shown: str) -> None:
    assert megabits(bits) == shown
