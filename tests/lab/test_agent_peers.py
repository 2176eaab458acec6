"""The simulated agents by the judgement of others: net-snmp's commands, pysnmp's own engine."""

import asyncio
import os
import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config as known
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import ntfrcv
from pysnmp.proto.rfc1902 import OctetString

from linkwatch.lab.agent_happening import SNMP_TRAP_OID, Trap
from linkwatch.lab.agent_objects import IF_ADMIN_STATUS, IF_INDEX
from linkwatch.lab.router import SimulatedRouter
from linkwatch.model.ids import RouterId
from linkwatch.model.topology import SnmpAccess
from linkwatch.wire.ifmib import IF_OPER_STATUS, SYS_UP_TIME
from linkwatch.wire.usm import AUTH_PROTOCOLS, PRIVACY_PROTOCOLS
from support.lab import lab
from support.snmp import SECRETS, config, free_port, router, v2c, v3, watched
from support.waiting import Changes

WAN, INET = watched("wan", "Gi0/0"), watched("inet", "Gi0/1")
SNMPGET = shutil.which("snmpget")
requires_snmp_commands = pytest.mark.skipif(
    SNMPGET is None and os.environ.get("CI") != "true",
    reason="needs Debian's snmp (in CI it fails instead)",
)
_IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
_SYS_NAME = "1.3.6.1.2.1.1.5.0"
_THEIR_NAMES = {"SHA512": "SHA-512", "AES256": "AES-256", "AES128": "AES"}


def credentials(access: SnmpAccess) -> list[str]:
    """Options of net-snmp's commands."""
    if access.community is not None:
        return ["-v2c", "-c", SECRETS["community"]]
    options = ["-v3", "-u", access.user or "", "-n", access.context]
    auth, privacy = access.auth_protocol, access.privacy_protocol
    level = {(False, False): "noAuthNoPriv", (True, False): "authNoPriv", (True, True): "authPriv"}
    if auth and access.auth_key:
        options += ["-a", _THEIR_NAMES.get(auth, auth), "-A", SECRETS[access.auth_key.name]]
    if privacy and access.privacy_key:
        options += ["-x", _THEIR_NAMES.get(privacy, privacy), "-X", SECRETS["privacy"]]
    if access.engine_id is not None:
        options += ["-e", access.engine_id.hex()]
    return [*options, "-l", level[bool(auth), bool(privacy)]]


def ask(
    access: SnmpAccess,
    command: str,
    *arguments: str,
    script: str = "{}",
    asked_as: SnmpAccess | None = None,
    more: Sequence[str] = (),
) -> str:
    """What a command of net-snmp's prints of a simulated router that lets `access` in."""

    async def run() -> str:
        r1 = router(access, free_port())
        async with lab(config([r1], [WAN, INET]), f"routers: {{r1: {script}}}"):
            process = await asyncio.create_subprocess_exec(
                *(command, *credentials(asked_as or access), "-t5", "-r1", "-On", *more),
                *(f"127.0.0.1:{r1.snmp.port if r1.snmp else 0}", *arguments),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env={"MIBS": "", "SNMP_PERSISTENT_DIR": "/nonexistent", **os.environ},
            )
            out, _ = await asyncio.wait_for(process.communicate(), 30)
            return out.decode()

    return asyncio.run(run())


@requires_snmp_commands
@pytest.mark.parametrize(
    "access",
    [
        pytest.param(v2c(), id="v2c"),
        pytest.param(v3(auth=None, privacy=None), id="noAuthNoPriv"),
        pytest.param(v3(auth=("MD5", "auth"), privacy=None), id="authNoPriv MD5"),
        pytest.param(v3(auth=("SHA", "auth"), privacy=("AES", "privacy")), id="SHA AES"),
        pytest.param(
            v3(auth=("SHA512", "auth"), privacy=("AES256", "privacy")), id="SHA512 AES256"
        ),
    ],
)
def test_net_snmp_reads_and_walks(access: SnmpAccess) -> None:
    assert ask(access, "snmpget", _SYS_NAME) == f'.{_SYS_NAME} = STRING: "r1"\n'
    assert ask(access, "snmpbulkwalk", _IF_NAME) == (
        f'.{_IF_NAME}.1 = STRING: "Gi0/0"\n.{_IF_NAME}.2 = STRING: "Gi0/1"\n'
    )
    assert ask(access, "snmpgetnext", _IF_NAME) == f'.{_IF_NAME}.1 = STRING: "Gi0/0"\n'


@requires_snmp_commands
@pytest.mark.parametrize("access", [pytest.param(v2c(), id="v2c"), pytest.param(v3(), id="v3")])
def test_net_snmp_walks_the_whole_of_it_to_its_end(access: SnmpAccess) -> None:
    lines = ask(access, "snmpbulkwalk", ".1").splitlines()
    assert len(lines) == 4 + 2 * 21 + 1
    assert lines[0] == '.1.3.6.1.2.1.1.1.0 = STRING: "linkwatch lab: a simulated router"'
    assert lines[-1].endswith(
        "No more variables left in this MIB View (It is past the end of the MIB tree)"
    )


@requires_snmp_commands
def test_net_snmp_is_refused_in_words_it_knows() -> None:
    assert "notWritable" in ask(v2c(), "snmpset", _SYS_NAME, "s", "owned")
    assert "No Such Instance" in ask(v2c(), "snmpget", "1.3.6.1.2.1.1.9.0")
    assert "(tooBig)" in ask(v2c(), "snmpget", *[_SYS_NAME] * 3, script="{max_objects: 2}")
    assert "(genError)" in ask(v3(), "snmpget", _SYS_NAME, script="{lie: error}")
    assert "Timeout" in ask(v3(), "snmpget", "-t0.2", _SYS_NAME, script="{agent: silent}")


AGENT = v3(auth=("SHA", "auth"), privacy=("DES", "privacy"))


@requires_snmp_commands
@pytest.mark.parametrize(
    ("asked_as", "words"),
    [
        (v3("nobody"), "Unknown user name"),
        (v3(auth=("SHA", "wrong")), "Authentication failure"),
        (v3(auth=("MD5", "auth")), "Authentication failure"),
        (v3(auth=("SHA", "auth"), privacy=None), "authorizationError"),
        (v3(auth=None, privacy=None), "authorizationError"),
        (v3(auth=("SHA", "auth"), privacy=("AES128", "privacy")), "Decryption error"),
        (replace(AGENT, context="elsewhere"), "Bad context"),
        (replace(AGENT, engine_id=b"\x80\0\x1f\x88\x04elsewhere"), "Unknown engine ID"),
    ],
)
def test_net_snmp_hears_why_it_is_not_let_in(asked_as: SnmpAccess, words: str) -> None:
    assert words in ask(AGENT, "snmpget", _SYS_NAME, asked_as=asked_as)


@requires_snmp_commands
def test_net_snmp_hears_that_a_level_is_not_there() -> None:
    signed = v3(auth=("SHA", "auth"), privacy=None)
    both = v3(auth=("SHA", "auth"), privacy=("AES128", "privacy"))
    assert "Unsupported security level" in ask(signed, "snmpget", _SYS_NAME, asked_as=both)


@requires_snmp_commands
def test_net_snmp_puts_its_clock_right_by_the_agents() -> None:
    access, told = v3(), f'.{_SYS_NAME} = STRING: "r1"\n'
    behind = ("-Z", "3,400")
    assert ask(access, "snmpget", _SYS_NAME, script="{boots: 7}", more=behind) == told
    assert ask(access, "snmpget", _SYS_NAME, script="{uptime_to_wrap: 3d}") == told


class Notification(NamedTuple):
    """What somebody was told, from where."""

    source: tuple[str, int]
    objects: dict[tuple[int, ...], Any]

    @property
    def trap(self) -> Trap:
        return Trap(tuple(self.objects[SNMP_TRAP_OID]))


@contextmanager
def receiver(
    sock: socket.socket, sender: SimulatedRouter, changes: Changes
) -> Iterator[list[Notification]]:
    """pysnmp's own engine, as it takes notifications in; `sender` is whom it knows."""
    engine = SnmpEngine()
    transport = udp.UdpTransport().open_server_mode(sock=sock)
    known.add_transport(engine, udp.DOMAIN_NAME, transport)
    access = sender.access
    if access.community is not None:
        known.add_v1_system(engine, "area", SECRETS["community"])
    else:
        known.add_v3_user(
            engine,
            access.user,
            AUTH_PROTOCOLS[access.auth_protocol or ""],
            SECRETS["auth"],
            PRIVACY_PROTOCOLS[access.privacy_protocol or ""],
            SECRETS["privacy"],
            securityEngineId=OctetString(sender.engine_id),
        )
    heard: list[Notification] = []

    def hear(
        engine: Any, reference: Any, _id: Any, _name: Any, objects: Any, _context: Any
    ) -> None:
        source = engine.message_dispatcher.get_transport_info(reference)[1]
        heard.append(Notification(tuple(source), {tuple(name): value for name, value in objects}))
        changes.tell()

    ntfrcv.NotificationReceiver(engine, hear)
    try:
        yield heard
    finally:
        engine.close_dispatcher()


@pytest.mark.parametrize("access", [pytest.param(v2c(), id="v2c"), pytest.param(v3(), id="v3")])
def test_links_and_starts_are_told_by_traps(access: SnmpAccess) -> None:
    async def run() -> None:
        r1 = router(access, free_port("127.0.0.2"), address="127.0.0.2")
        listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listening.setblocking(False)
        listening.bind(("127.0.0.1", 0))
        script = (
            f"traps_to: 127.0.0.1:{listening.getsockname()[1]}\n"
            "routers: {r1: {uptime: 1m, changes: [{at: 30s, reboot: 10s}], interfaces:"
            " {inet: {changes: [{at: 5s, oper: down}, {at: 9s, oper: up},"
            " {at: 33s, oper: down}, {at: 50s, admin: down}]}}}}"
        )
        async with lab(config([r1], [WAN, INET]), script) as there:
            changes = there.changes
            with receiver(listening, there.routers[RouterId("r1")], changes) as heard:
                for seconds, count in ((6, 1), (4, 2), (35, 3)):
                    await there.pass_time(seconds)
                    await changes.until(lambda count=count: len(heard) >= count)  # type: ignore[misc]
                down, up, start = heard
        assert [one.trap for one in heard] == [Trap.LINK_DOWN, Trap.LINK_UP, Trap.COLD_START]
        assert {one.source for one in heard} == {("127.0.0.2", r1.snmp.port if r1.snmp else 0)}
        assert int(down.objects[SYS_UP_TIME]) == 6_500
        assert list(down.objects)[2:] == [
            (*IF_INDEX, 2),
            (*IF_ADMIN_STATUS, 2),
            (*IF_OPER_STATUS, 2),
        ]
        assert [int(value) for value in list(down.objects.values())[2:]] == [2, 1, 2]
        assert [int(value) for value in list(up.objects.values())[2:]] == [2, 1, 1]
        assert int(start.objects[SYS_UP_TIME]) == 0

    asyncio.run(run())
