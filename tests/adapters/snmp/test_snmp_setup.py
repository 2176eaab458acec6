"""Preparing: keys are made before anything changes, and what is missing is named."""

import asyncio
from dataclasses import replace

import pytest

from linkwatch.model.ids import RouterId
from linkwatch.model.measurement import PollOutcome
from linkwatch.model.secret import SecretRef
from linkwatch.model.topology import SnmpAccess
from linkwatch.probe.snmp import SnmpPoller
from linkwatch.probe.snmp_keys import KeyMaker
from linkwatch.probe.snmp_outcome import SnmpSetupError
from linkwatch.wire.usm import AUTH_PROTOCOLS, PRIVACY_PROTOCOLS
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
        asyncio.run(SnmpPoller(SkewedClock(), no_secrets).prepare(new))
    assert f"router r1: {problem}" in str(refused.value)
    assert f"router r2: {problem}" in str(refused.value)
    assert SHORT not in str(refused.value)


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


def test_every_pair_of_protocols_is_understood_by_the_other_end() -> None:
    async def run() -> None:
        clock = SkewedClock()
        routers = [
            router(v3(f"{auth}-{privacy}", (auth, "auth"), (privacy, "privacy")), free_port())
            for auth in AUTH_PROTOCOLS
            for privacy in PRIVACY_PROTOCOLS
        ]
        routers = [replace(one, id=RouterId(f"r{n}")) for n, one in enumerate(routers)]
        new = config(routers, [])
        async with lab_agents(new, clock):
            poller = await poller_for(new, clock)
            for one in routers:
                result = await poller.poll(one)
                assert result.outcome is PollOutcome.OK, (one.snmp, result.detail)

    asyncio.run(run())


def test_keys_of_the_standard() -> None:
    """RFC 3414, A.3: the pass phrase "maplesyrup" at engine 0...02."""
    engine = bytes.fromhex("000000000000000000000002")
    md5 = KeyMaker().keys(("MD5", "maplesyrup"), None)
    assert bytes(md5.localize(engine).auth).hex() == "526f5eed9fcce26f8964c2930787d82b"
    sha = KeyMaker().keys(("SHA", "maplesyrup"), None)
    assert bytes(sha.localize(engine).auth).hex() == "6695febc9288e36282235fc7151f128497b38f3f"


def test_credentials_are_equal_by_their_keys() -> None:
    maker = KeyMaker()
    pair = ("SHA", SECRETS["auth"])
    assert maker.keys(pair, None) == KeyMaker().keys(pair, None)
    assert maker.keys(pair, None) != maker.keys(("SHA", SECRETS["wrong"]), None)
    assert maker.keys(pair, None) != maker.keys(("SHA256", SECRETS["auth"]), None)
