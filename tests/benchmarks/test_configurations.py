"""Configurations of any size for the benchmarks: valid, of that size, on the targets of all."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from benchmarks.common.exposition import totals_in
from benchmarks.common.kept import Kept, take
from benchmarks.common.province import Size, write
from benchmarks.probe.targets import addresses
from linkwatch.config import load

NOW = datetime(2021, 5, 15, tzinfo=UTC)


@pytest.mark.parametrize("links", [1, 2, 31])
@pytest.mark.parametrize("snmp", ["2c", "3"])
def test_each_link_has_one_target_and_each_site_a_router(
    tmp_path: Path, links: int, snmp: Literal["2c", "3"]
) -> None:
    loaded = load(write(Size(links, snmp=snmp), tmp_path), NOW)
    assert loaded.config is not None, loaded.problems
    warned = [problem.message for problem in loaded.problems if "SNMP v2c" not in str(problem)]
    assert warned == []
    inventory = loaded.config.inventory
    targets = [link.targets[0].address for link in inventory.links.values()]
    assert targets == addresses(links)
    assert {link.probing.interval for link in inventory.links.values()} == {1.0}
    assert len(inventory.routers) == len(inventory.sites) == (links + 1) // 2
    assert all(link.interface is not None for link in inventory.links.values())


def test_the_secrets_it_names_are_private(tmp_path: Path) -> None:
    write(Size(2), tmp_path)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("snmp-*")}
    assert modes == {"snmp-community": 0o600, "snmp-auth": 0o600, "snmp-priv": 0o600}


def test_what_is_kept_is_what_was_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = Kept(tmp_path)
    whole, bare = take(kept.whole(5)), take(kept.bare(5))
    assert whole.inventory.links == bare.inventory.links
    assert (len(whole.inventory.sites), len(bare.inventory.sites)) == (3, 0)
    assert capsys.readouterr().err == "a configuration of 5 links\n"


def test_an_exposition_is_summed_over_links_and_routers() -> None:
    totals = totals_in(
        b"# HELP linkwatch_probes_sent_total Probes.\n"
        b'linkwatch_probes_sent_total{link="a"} 10.0\n'
        b'linkwatch_probes_sent_total{link="b"} 1.2e+01\n'
        b'linkwatch_probes_lost_total{link="a"} 1.0\n'
        b'linkwatch_probe_errors_total{link="a",reason="EPERM"} 2.0\n'
        b'linkwatch_probe_errors_total{link="a",reason="unknown"} 3.0\n'
        b'linkwatch_snmp_polls_total{outcome="ok",router="r"} 7.0\n'
        b'linkwatch_snmp_polls_total{outcome="ok",router="s"} 1.0\n'
        b'linkwatch_snmp_polls_total{outcome="timeout",router="r"} 4.0\n'
    )
    assert (totals.sent, totals.lost, totals.unknown) == (22, 1, 5)
    assert totals.polls == {"ok": 8, "timeout": 4}
    assert totals.series == 8
