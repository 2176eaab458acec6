"""A prober in a network of three hosts, asked once at a time."""

from dataclasses import dataclass, fields

from linkwatch.model.measurement import Outcome
from linkwatch.ports import Look, Probe, Reply
from linkwatch.probe.icmp import IcmpProber
from support.icmp_peer import collect
from support.route import Route

ORDINARY = Look(size=64, dscp=34)


@dataclass(frozen=True)
class Net(Route):
    """us --- router --- site, and the prober at us."""

    prober: IcmpProber

    @classmethod
    def of(cls, route: Route, prober: IcmpProber) -> "Net":
        """Put the prober to the route."""
        laid = {field.name: getattr(route, field.name) for field in fields(Route)}
        return cls(**laid, prober=prober)

    def ask(
        self, address: str, token: int = 1, seconds: float = 3.0, look: Look = ORDINARY
    ) -> Reply | None:
        """Probe once and wait for what becomes of it."""
        failed = self.send(address, token, look)
        return failed or self.outcome(token, seconds)

    def answers(self, address: str, token: int, look: Look = ORDINARY) -> bool:
        """Probe once: whether it was answered."""
        reply = self.ask(address, token, look=look)
        return reply is not None and reply.outcome is Outcome.ANSWERED

    def send(self, address: str, token: int, look: Look = ORDINARY) -> Reply | None:
        """Probe once; the failure, where it could not be sent."""
        with self.us.entered():
            failures = self.prober.send([Probe(token, address, *look)])
        return failures[0] if failures else None

    def outcome(self, token: int, seconds: float = 3.0) -> Reply | None:
        """Wait for what becomes of a probe."""
        with self.us.entered():
            replies = collect(self.prober, lambda got: any(r.token == token for r in got), seconds)
        found = next((reply for reply in replies if reply.token == token), None)
        return None if found is None else undated(found, seconds)


def undated(reply: Reply, within: float) -> Reply:
    """The reply without how long an error of another host's took, which must be told and be so."""
    if reply.outcome in (Outcome.UNREACHABLE, Outcome.UNKNOWN):
        assert reply.after is not None
        assert 0 <= reply.after <= within
    else:
        assert reply.after is None
    return reply._replace(after=None)
