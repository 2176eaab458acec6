"""A boost somebody vouches for: over the socket file, onto the disk, and back after a kill."""

import json
from pathlib import Path
from typing import Any

from support.field import Field, laid_out
from support.netns import requires_root
from support.snmp import requires_snmpd

pytestmark = [requires_root, requires_snmpd]

FIRST = "contracted: [{rate: 20Mbps}]"
BOOSTED = (
    'contracted: [{rate: 20Mbps}, {rate: 100Mbps, from: "2021-05-09", until: "2121-05-31",'
    " reference: 675/STTTT-BCVT, state: promised}]"
)


def boost(field: Field) -> dict[str, Any]:
    (entry,) = json.loads(field.daemon.cli("boost", "list", "--json").stdout)
    assert isinstance(entry, dict)
    return entry


def contracted(field: Field) -> float | None:
    return field.daemon.metric(
        "linkwatch_link_contracted_bytes_per_second", link="chu-se-wan", direction="receive"
    )


def test_a_word_on_a_boost_counts_at_once_and_survives_kill_9(tmp_path: Path) -> None:
    with laid_out(tmp_path, {FIRST: BOOSTED}) as field:
        assert boost(field)["proofs"] == {"receive": "unproven", "transmit": "unproven"}
        field.daemon.wait(5, lambda: contracted(field) == 2_500_000)
        told = ("--rate", "80Mbps", "--evidence", "đo tốc độ", "--by", "Trực TTCNTT")
        confirmed = field.daemon.cli("boost", "confirm", "chu-se-wan", *told)
        assert (confirmed.returncode, confirmed.stdout) == (0, "chu-se-wan: confirmed at 80Mbps\n")
        refused = field.daemon.cli("boost", "confirm", "chu-se-inet", *told)
        assert refused.returncode == 1
        assert "no boost of that link is in force" in refused.stderr
        field.daemon.wait(5, lambda: contracted(field) == 10_000_000)

        field.daemon.kill()
        field.daemon.start()

        entry = boost(field)
        assert entry["proofs"] == {"receive": "proven", "transmit": "proven"}
        (evidence,) = entry["evidence"]
        assert (evidence["text"], evidence["by"], evidence["rate"]) == (
            "đo tốc độ",
            "Trực TTCNTT",
            80_000_000,
        )
        field.daemon.wait(5, lambda: contracted(field) == 10_000_000)
