"""Preparing: keys are made before anything changes, and what is missing is named."""

import asyncio
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from linkwatch.model.measurement import PollOutcome
from linkwatch.model.secret import SecretRef
from linkwatch.model.topology import SnmpAccess
from linkwatch.probe import snmp_planning
from linkwatch.probe.snmp_keys import KeyMaker
from linkwatch.probe.snmp_outcome import SnmpSetupError
from linkwatch.probe.snmp_planning import plan_for
from support.snmp import (
    SECRETS,
    SkewedClock,
    config,
    free_port,
    lab_agents,
    poller_for,
    resolve,
    router,
    v2c,
    v3,
    watched,
)

ROOT = Path(__file__).parents[3]
SHORT = "hush"


def no_secrets(reference: SecretRef) -> str:
    if reference.name == "wrong":
        return SHORT
    return resolve(reference)


@pytest.mark.parametrize(
    ("access", "problem"),
    [
        (v3(auth=("SHA", "wrong")), "the authentication key has fewer than 8 characters"),
        (v3(privacy=("AES128", "wrong")), "the privacy key has fewer than 8 characters"),
        (v3(auth=None), "privacy needs authentication"),
        (v3(auth=("SHA3", "auth")), "unknown authentication protocol SHA3"),
        (v3(privacy=("ROT13", "privacy")), "unknown privacy protocol ROT13"),
        (replace(v3(), user=None), "SNMPv3 needs a user"),
        (replace(v2c(), community=None), "SNMPv2c needs a community"),
        (v3("ễ" * 11), "the user name has more than 32 bytes"),
    ],
)
def test_what_cannot_be_polled_with_is_named_and_no_secret_told(
    access: SnmpAccess, problem: str
) -> None:
    new = config([router(access, 161, "r1"), router(access, 161, "r2")], [])
    with pytest.raises(SnmpSetupError) as refused:
        plan_for(new, no_secrets)
    assert f"router r1: {problem}" in str(refused.value)
    assert f"router r2: {problem}" in str(refused.value)
    assert SHORT not in str(refused.value)


def test_an_engine_that_is_not_installed_is_named_with_the_command_that_does_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snmp_planning, "find_spec", lambda name: None)
    with pytest.raises(SnmpSetupError) as refused:
        plan_for(config([], [], engine="gufo"), resolve)
    assert str(refused.value) == (
        "snmp.engine is gufo, but gufo-snmp is not installed: "
        f"{sys.executable} -m pip install 'gufo-snmp>=0.13,<0.14'"
    )


def test_the_command_installs_what_the_project_was_tested_with() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    (fast,) = extras["fast"]
    assert fast in extras["dev"]
    assert f"'{fast}'" in snmp_planning._INSTALL


def test_a_refused_configuration_changes_nothing() -> None:
    async def run() -> None:
        clock = SkewedClock()
        r1 = router(v2c(), free_port())
        old = config([r1], [watched("wan", "Gi0/0")])
        async with lab_agents(old, clock):
            poller = await poller_for(old, clock)
            with pytest.raises(SnmpSetupError):
                await poller.prepare(config([router(replace(v3(), user=None), 161)], []))
            assert (await poller.poll(r1)).outcome is PollOutcome.OK

    asyncio.run(run())


def test_keys_of_the_standard() -> None:
    """RFC 3414, A.3: the pass phrase "maplesyrup" at engine 0...02."""
    engine = bytes.fromhex("000000000000000000000002")
    md5 = KeyMaker().keys(("MD5", "maplesyrup"), None)
    assert (md5.localize(engine).auth or b"").hex() == "526f5eed9fcce26f8964c2930787d82b"
    sha = KeyMaker().keys(("SHA", "maplesyrup"), None)
    assert (sha.localize(engine).auth or b"").hex() == "6695febc9288e36282235fc7151f128497b38f3f"


def test_credentials_are_equal_by_their_keys() -> None:
    maker = KeyMaker()
    pair = ("SHA", SECRETS["auth"])
    assert maker.keys(pair, None) == KeyMaker().keys(pair, None)
    assert maker.keys(pair, None) != maker.keys(("SHA", SECRETS["wrong"]), None)
    assert maker.keys(pair, None) != maker.keys(("SHA256", SECRETS["auth"]), None)
