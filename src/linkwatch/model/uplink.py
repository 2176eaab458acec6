"""What is known around the links that our own probes leave through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.measurement import Overdue, ProbeResult


class Carriage(StrEnum):
    """How the interface that an uplink leaves this host by is: its carrier, in Linux's sense."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


class Echo(StrEnum):
    """What became of the last probes to something that we ask for our own sake.

    `untold`: it has never answered, or was not asked often enough of late.
    """

    ANSWERS = "answers"
    SILENT = "silent"
    UNTOLD = "untold"


class Ground(StrEnum):
    """What shows that an uplink of ours is at fault. The first three are this host's or its site's.

    `access`: the line of its carrier; `common`: nothing more is known than that all is silent;
    `loss`, `delay`: as many carriers' links have it; `full`: so it is, and the uplink is full.
    """

    INTERFACE_DOWN = "interface_down"
    CANNOT_SEND = "cannot_send"
    GATEWAY_SILENT = "gateway_silent"
    ACCESS = "access"
    COMMON = "common"
    LOSS = "loss"
    DELAY = "delay"
    FULL = "full"

    @property
    def is_local(self) -> bool:
        """Whether it lies on our side of the line."""
        return self in (Ground.INTERFACE_DOWN, Ground.CANNOT_SEND, Ground.GATEWAY_SILENT)


@dataclass(frozen=True, slots=True)
class Member:
    """A link that is probed through an uplink. `area`: the district it lies in, or its site.

    What is cut in one area may take the links of all carriers there.
    """

    carrier: CarrierId
    area: SiteId


@dataclass(frozen=True, slots=True)
class Vicinity:
    """What is near an uplink, as seen from here.

    `access`: the far end of the uplink's own line; `abroad`: what stands inside the networks of
    other carriers than its own.
    """

    interface: Carriage = Carriage.UNKNOWN
    gateway: Echo = Echo.UNTOLD
    access: Echo = Echo.UNTOLD
    abroad: Echo = Echo.UNTOLD

    @property
    def own_fault(self) -> Ground | None:
        """What is wrong on our side of the line."""
        if self.interface is Carriage.DOWN:
            return Ground.INTERFACE_DOWN
        return Ground.GATEWAY_SILENT if self.gateway is Echo.SILENT else None

    @property
    def is_access_dead(self) -> bool:
        """Whether it is the line of the uplink's own carrier: all is well up to it, and all is not
        beyond it.
        """
        return (
            self.interface is Carriage.UP
            and self.gateway is Echo.ANSWERS
            and self.access is Echo.SILENT
            and self.abroad is Echo.SILENT
        )


@dataclass(frozen=True, slots=True)
class Sensings:
    """What was heard of what is near the uplinks.

    `echoes` and `overdue` name an uplink in `link`; `target` 0 is its gateway, the others are the
    references asked through it. `interfaces` have changed. `resolves`: whether any of the names
    looked up of late has an address; None: not looked up.
    """

    echoes: Sequence[ProbeResult] = ()
    overdue: Sequence[Overdue] = ()
    interfaces: Mapping[LinkId, Carriage] = field(default_factory=dict)
    resolves: bool | None = None
