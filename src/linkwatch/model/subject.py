"""What a fault is a fault of."""

from dataclasses import dataclass
from enum import StrEnum

from linkwatch.model.ids import LinkId, RouterId


class SubjectKind(StrEnum):
    """What can have a fault of its own."""

    LINK = "link"
    ROUTER = "router"
    DUTY = "duty"
    """A carrier's duty at one level: see model.coverage."""
    WORK = "work"
    """Announced work: see model.maintenance."""


@dataclass(frozen=True, slots=True)
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

    @property
    def link(self) -> LinkId | None:
        """The link; None where it is something else."""
        return LinkId(self.id) if self.kind is SubjectKind.LINK else None

    @property
    def router(self) -> RouterId | None:
        """The router; None where it is something else."""
        return RouterId(self.id) if self.kind is SubjectKind.ROUTER else None

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"
