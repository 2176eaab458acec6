"""Agents and engines for the conformance suite: each engine against each kind of agent."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from linkwatch.model.topology import SnmpAccess
from support.snmp import Agent, SkewedClock, Snmpd, lab_agent, requires_snmpd

AgentFactory = Callable[[SnmpAccess, SkewedClock], AbstractAsyncContextManager[Agent]]


@pytest.fixture(params=["pysnmp", "gufo"])
def engine(request: pytest.FixtureRequest) -> str:
    """The library that asks."""
    return str(request.param)


@pytest.fixture(params=[pytest.param("snmpd", marks=requires_snmpd), "lab"])
def agent(request: pytest.FixtureRequest, tmp_path: Path) -> AgentFactory:
    """Start an agent that lets the given access in."""
    if request.param == "lab":
        return lab_agent

    @asynccontextmanager
    async def real(access: SnmpAccess, clock: SkewedClock) -> AsyncIterator[Agent]:
        daemon = Snmpd(tmp_path)
        try:
            daemon.start()
            yield Agent(daemon.port, daemon.restart)
        finally:
            daemon.stop()

    return real
