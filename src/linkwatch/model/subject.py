"""What a fault is a fault of."""

from dataclasses import dataclass
from enum import StrEnum

from linkwatch.model.ids import CarrierId, ChannelId, LinkId, RouterId, SiteId


class SubjectKind(StrEnum):
    """What can have a fault of its own."""

    LINK = "link"
    ROUTER = "router"
    UPLINK = "uplink"
    """A link that our own probes leave through: what it does to them, not what it does to its site.
    """
    RESOLVER = "resolver"
    """The name service of this host."""
    DUTY = "duty"
    """A carrier's duty at one level: see model.coverage."""
    CHANNEL = "channel"
    WORK = "work"
    """Announced work: see model.maintenance."""
    SITE = "site"
    """All links of a site at once."""
    RISK = "shared_risk"
    """What the links share that its name stands for: a cable, a POP, an OLT."""
    CARRIER = "carrier"
    """A carrier's network, or as much of it as lies behind one link."""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """One thing of the configuration: with the family of the fault it is an incident's identity."""

    kind: SubjectKind
    id: str

    @classmethod
    def of_link(cls, link: LinkId) -> "Subject":
        """A link."""
        return cls(SubjectKind.LINK, link)

    @classmethod
    def of_router(cls, router: RouterId) -> "Subject":
        """A router."""
        return cls(SubjectKind.ROUTER, router)

    @classmethod
    def of_channel(cls, channel: ChannelId) -> "Subject":
        """A channel that messages leave by."""
        return cls(SubjectKind.CHANNEL, channel)

    @classmethod
    def of_site(cls, site: SiteId) -> "Subject":
        """A site, with all its links."""
        return cls(SubjectKind.SITE, site)

    @classmethod
    def of_risk(cls, risk: str) -> "Subject":
        """What several links share."""
        return cls(SubjectKind.RISK, risk)

    @classmethod
    def of_carrier(cls, carrier: CarrierId, area: LinkId | None) -> "Subject":
        """A carrier's network below the link `area`, None: all of it. No id has a `/`."""
        return cls(SubjectKind.CARRIER, f"{carrier}/{area}" if area else carrier)

    @classmethod
    def of_uplink(cls, link: LinkId) -> "Subject":
        """A link that our own probes leave through."""
        return cls(SubjectKind.UPLINK, link)

    @property
    def link(self) -> LinkId | None:
        """The link; None where it is something else."""
        return LinkId(self.id) if self.kind is SubjectKind.LINK else None

    @property
    def uplink(self) -> LinkId | None:
        """The link that our own probes leave through; None where it is something else."""
        return LinkId(self.id) if self.kind is SubjectKind.UPLINK else None

    @property
    def router(self) -> RouterId | None:
        """The router; None where it is something else."""
        return RouterId(self.id) if self.kind is SubjectKind.ROUTER else None

    @property
    def channel(self) -> ChannelId | None:
        """The channel; None where it is something else."""
        return ChannelId(self.id) if self.kind is SubjectKind.CHANNEL else None

    @property
    def site(self) -> SiteId | None:
        """The site; None where it is something else."""
        return SiteId(self.id) if self.kind is SubjectKind.SITE else None

    @property
    def carrier(self) -> tuple[CarrierId, LinkId | None] | None:
        """The carrier and the area of its network; None where it is something else."""
        if self.kind is not SubjectKind.CARRIER:
            return None
        carrier, _, area = self.id.partition("/")
        return CarrierId(carrier), LinkId(area) if area else None

    @property
    def is_group(self) -> bool:
        """Whether it is found by what several links do, and not by a judge of its own."""
        return self.kind in (SubjectKind.SITE, SubjectKind.RISK, SubjectKind.CARRIER)

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


RESOLVER = Subject(SubjectKind.RESOLVER, "names")
"""The name service of this host: there is one."""
