"""`lab agents --list`: the agents there would be, without any of them."""

from collections.abc import Sequence
from typing import NamedTuple

from linkwatch.cli.output import NOTHING, show, show_json, table
from linkwatch.config.settings import Config
from linkwatch.host.clock import SystemClock
from linkwatch.lab.agent_clock import LabClock
from linkwatch.lab.agent_model import AgentScript
from linkwatch.lab.agents import simulate
from linkwatch.lab.router import SimulatedRouter


class _Interface(NamedTuple):
    link: str
    if_index: int
    name: str
    alias: str


class _Listed(NamedTuple):
    router: str
    address: str
    port: int
    version: str
    user: str | None
    protocols: Sequence[str]
    engine_id: str | None
    scripted: bool
    interfaces: Sequence[_Interface]


def show_agents(config: Config, script: AgentScript, *, as_json: bool) -> None:
    """Print them; engine ids and ifIndex as they are at the start."""
    routers = simulate(config, LabClock(SystemClock()), script)
    listed = [_listed(router, script) for router in routers]
    if as_json:
        show_json(
            [
                {**one._asdict(), "interfaces": [row._asdict() for row in one.interfaces]}
                for one in listed
            ]
        )
        return
    columns = ("router", "address", "port", "version", "user", "engine id", "interfaces", "script")
    show(table("Simulated SNMP agents", columns, [_cells(one) for one in listed]))


def _listed(router: SimulatedRouter, script: AgentScript) -> _Listed:
    access = router.access
    protocols = (access.auth_protocol, access.privacy_protocol)
    return _Listed(
        router=router.router.id,
        address=router.router.address,
        port=access.port,
        version=access.version,
        user=access.user,
        protocols=[protocol for protocol in protocols if protocol],
        engine_id=router.engine_id.hex() if access.user else None,
        scripted=router.router.id in script.routers,
        interfaces=[
            _Interface(row.link.id, row.index, row.name, row.alias) for row in router.interfaces
        ],
    )


def _cells(one: _Listed) -> Sequence[str]:
    user = " ".join([one.user, *one.protocols]) if one.user else NOTHING
    rows = ", ".join(f"{row.if_index} {row.name}" for row in one.interfaces)
    return (
        one.router,
        one.address,
        str(one.port),
        one.version,
        user,
        one.engine_id or NOTHING,
        rows or NOTHING,
        "yes" if one.scripted else NOTHING,
    )
