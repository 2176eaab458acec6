"""The script of a simulated network as it is written: the schema, and what it means."""

import ipaddress
from typing import Annotated

from pydantic import BeforeValidator, Field

from linkwatch.config.schema.base import Section, written
from linkwatch.config.schema.fields import Duration, Pace, PacketRate, Ratio, Text
from linkwatch.lab.network_model import (
    Address,
    Behaviour,
    Course,
    ErrorKind,
    Hop,
    Jitter,
    Loss,
    Outage,
    Refusal,
    Reorder,
    Spread,
)

REPORTERS: dict[int, Address] = {
    4: ipaddress.IPv4Address("198.18.0.254"),
    6: ipaddress.IPv6Address("2001:2::254"),
}
"""Who reports errors where the script does not say; of the addresses kept for such tests."""


SILENT = "*"
"""A hop that tells nobody anything, as traceroute shows it."""


def nanoseconds(seconds: float) -> int:
    """A duration in whole ns."""
    return round(seconds * 1_000_000_000)


def _also_plain(value: object) -> object:
    return {"independent": value} if isinstance(value, str) else value


class JitterSection(Section):
    """One of them."""

    uniform: Duration | None = None
    normal: Duration | None = None

    def meant(self) -> Jitter:
        """The jitter this says."""
        if self.normal is not None:
            return Jitter(Spread.NORMAL, nanoseconds(self.normal))
        return Jitter(Spread.UNIFORM, nanoseconds(self.uniform or 0.0))


class GilbertElliottSection(Section):
    """Chances per packet to enter and to leave the bad state, and the loss in both."""

    p: Ratio
    r: Ratio
    good_loss: Ratio = written("0%")
    bad_loss: Ratio = written("100%")


class LossSection(Section):
    """One of them."""

    independent: Ratio | None = None
    gilbert_elliott: GilbertElliottSection | None = None

    def meant(self) -> Loss:
        """The loss this says."""
        states = self.gilbert_elliott
        if states is not None:
            return Loss(states.p, states.r, states.good_loss, states.bad_loss)
        return Loss.independent(self.independent or 0.0)


class ReorderSection(Section):
    """Which share is held back, and how long."""

    share: Ratio
    by: Pace


class ErrorSection(Section):
    """One kind of error with its share, and who reports it."""

    net_unreachable: Ratio | None = None
    host_unreachable: Ratio | None = None
    port_unreachable: Ratio | None = None
    admin_prohibited: Ratio | None = None
    ttl_exceeded: Ratio | None = None
    from_: Text | None = Field(default=None, alias="from")

    def shares(self) -> dict[ErrorKind, float]:
        """The kinds that are given."""
        given = {kind: getattr(self, kind.value) for kind in ErrorKind}
        return {kind: share for kind, share in given.items() if share is not None}

    def meant(self, version: int) -> Refusal:
        """The refusals this says, after it was checked."""
        [(kind, share)] = self.shares().items()
        reporter = ipaddress.ip_address(self.from_) if self.from_ else REPORTERS[version]
        return Refusal(share, kind, reporter)


def _also_one(value: object) -> object:
    if not isinstance(value, str):
        return value
    return {} if value == SILENT else {"addresses": [value]}


class HopSection(Section):
    """A router on the way, with the leg to it; without an address it tells nobody anything."""

    addresses: list[Text] = []
    delay: Duration = written("0s")
    loss: Ratio = written("0%")
    answers: Ratio = written("100%")
    per_second: PacketRate | None = None
    refuses: ErrorKind | None = None

    def meant(self) -> Hop:
        """The hop this says, after it was checked."""
        return Hop(
            addresses=tuple(ipaddress.ip_address(address) for address in self.addresses),
            delay=nanoseconds(self.delay),
            loss=self.loss,
            answers=self.answers,
            per_second=self.per_second,
            refuses=self.refuses,
        )


class OutageSection(Section):
    """A time without an answer; without `until`, for good."""

    from_: Duration = Field(alias="from")
    until: Duration | None = None


class BehaviourSection(Section):
    """What the way to an address is like; what is not given stays as it was."""

    delay: Duration | None = None
    jitter: JitterSection | None = None
    loss: Annotated[LossSection | None, BeforeValidator(_also_plain)] = None
    duplicate: Ratio | None = None
    reorder: ReorderSection | None = None
    error: ErrorSection | None = None
    hops: list[Annotated[HopSection, BeforeValidator(_also_one)]] | None = None

    def over(self, before: Behaviour, version: int) -> Behaviour:
        """The behaviour from now on."""
        return Behaviour(
            delay=before.delay if self.delay is None else nanoseconds(self.delay),
            jitter=before.jitter if self.jitter is None else self.jitter.meant(),
            loss=before.loss if self.loss is None else self.loss.meant(),
            duplicate=before.duplicate if self.duplicate is None else self.duplicate,
            reorder=before.reorder
            if self.reorder is None
            else Reorder(self.reorder.share, nanoseconds(self.reorder.by)),
            refusal=before.refusal if self.error is None else self.error.meant(version),
            hops=before.hops if self.hops is None else tuple(hop.meant() for hop in self.hops),
        )


class ChangeSection(BehaviourSection):
    """What is different from a time on."""

    at: Duration


class AddressSection(BehaviourSection):
    """An address or prefix: how it begins, what changes, and when it is silent."""

    outages: list[OutageSection] = []
    changes: list[ChangeSection] = []

    def course(self, version: int) -> Course:
        """All that will happen there."""
        behaviours = [self.over(Behaviour(), version)]
        for change in self.changes:
            behaviours.append(change.over(behaviours[-1], version))
        return Course(
            times=(0, *(nanoseconds(change.at) for change in self.changes)),
            behaviours=tuple(behaviours),
            outages=tuple(
                Outage(
                    nanoseconds(outage.from_),
                    None if outage.until is None else nanoseconds(outage.until),
                )
                for outage in self.outages
            ),
        )


class ScriptSection(Section):
    """The whole script."""

    seed: Text = "1"
    duration: Pace | None = None
    addresses: dict[str, AddressSection]
