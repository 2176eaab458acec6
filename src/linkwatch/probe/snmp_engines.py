"""Which library asks: by `snmp.engine` of the configuration."""

from linkwatch.ports import Clock
from linkwatch.probe.snmp_keys import KeyMaker
from linkwatch.probe.snmp_patience import waits
from linkwatch.probe.snmp_peer import Peer
from linkwatch.probe.snmp_plan import GUFO, Plan, Planned
from linkwatch.probe.snmp_pysnmp import PysnmpPeer, security_for
from linkwatch.probe.snmp_router import WatchedRouter


class EngineRoom:
    """Makes the routers of one plan; a pass phrase they share is worked on once."""

    def __init__(self, plan: Plan, clock: Clock) -> None:
        self._plan = plan
        self._clock = clock
        self._maker = KeyMaker()

    def router(self, planned: Planned) -> WatchedRouter:
        """A router, nothing of which is known yet."""
        return WatchedRouter(planned, self._peer(planned), self._plan.interval)

    def _peer(self, planned: Planned) -> Peer:
        plan = self._plan
        security = security_for(planned.credentials, self._maker)
        patience = waits(plan.timeout, plan.retries)
        careful = PysnmpPeer(planned, security, self._clock, patience)
        if plan.engine != GUFO:
            return careful
        from linkwatch.probe.snmp_gufo import GufoPeer  # noqa: PLC0415  an extra that may be missing

        return GufoPeer(planned, careful, patience)
