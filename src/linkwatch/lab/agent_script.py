"""The script of simulated agents as it is written: routers, their interfaces, their changes."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from linkwatch.config.scalars import parse_whole
from linkwatch.config.schema.base import Section
from linkwatch.config.schema.fields import Count, Duration, Listen, Pace, Text, read_by
from linkwatch.config.units import parse_rate
from linkwatch.lab.agent_load_script import Direction
from linkwatch.lab.agent_model import (
    AdminStatus,
    InterfaceBehaviour,
    InterfaceChange,
    InterfaceCourse,
    Lie,
    Listening,
    Renumber,
    Reset,
    RouterBehaviour,
    RouterChange,
    RouterCourse,
    Row,
)
from linkwatch.model.ids import LinkId
from linkwatch.model.measurement import OperStatus

UPTIME_MODULUS = 2**32 / 100
"""s after which sysUpTime begins anew."""

_Boots = Annotated[int, read_by(lambda text: parse_whole(text, 1, 2**31 - 1))]
_Octets = Annotated[int, read_by(lambda text: parse_whole(text, 1, 2**32 - 1))]
_LineRate = Annotated[int, read_by(parse_rate)]


class InterfaceBehaviourSection(Section):
    """What an interface is like; what is not given stays as it was."""

    receive: Direction = None
    transmit: Direction = None
    line_rate: _LineRate | None = None
    oper: OperStatus | None = None
    admin: AdminStatus | None = None
    row: Row | None = None
    twins: Count | None = None
    name: Text | None = None
    alias: Text | None = None

    def over(self, before: InterfaceBehaviour, zone: ZoneInfo) -> InterfaceBehaviour:
        """The behaviour from now on."""
        receive, transmit = self.receive, self.transmit
        return InterfaceBehaviour(
            receive=before.receive if receive is None else receive.over(before.receive, zone),
            transmit=before.transmit if transmit is None else transmit.over(before.transmit, zone),
            line_rate=before.line_rate if self.line_rate is None else self.line_rate,
            oper=self.oper or before.oper,
            admin=self.admin or before.admin,
            row=self.row or before.row,
            twins=before.twins if self.twins is None else self.twins,
            name=self.name or before.name,
            alias=self.alias or before.alias,
        )


class InterfaceChangeSection(InterfaceBehaviourSection):
    """What is different from a time on, and what happens then."""

    at: Duration
    reset: Reset | None = None


class InterfaceSection(InterfaceBehaviourSection):
    """An interface, by the link it carries."""

    octets_to_wrap: _Octets | None = None
    changes: list[InterfaceChangeSection] = []

    def course(self, zone: ZoneInfo) -> InterfaceCourse:
        """All that will happen to it."""
        behaviours = [self.over(InterfaceBehaviour(), zone)]
        for change in self.changes:
            behaviours.append(change.over(behaviours[-1], zone))
        return InterfaceCourse(
            first=behaviours[0],
            changes=tuple(
                InterfaceChange(change.at, behaviour, change.reset)
                for change, behaviour in zip(self.changes, behaviours[1:], strict=True)
            ),
            octets_to_wrap=self.octets_to_wrap,
        )


class RouterBehaviourSection(Section):
    """How a router's agent answers; what is not given stays as it was."""

    agent: Listening | None = None
    late: Duration | None = None
    refresh: Duration | None = None
    counter_bits: Literal["32", "64"] | None = None
    max_objects: Count | None = None
    lie: Lie | None = None

    def over(self, before: RouterBehaviour) -> RouterBehaviour:
        """The behaviour from now on."""
        return RouterBehaviour(
            agent=self.agent or before.agent,
            late=before.late if self.late is None else self.late,
            refresh=before.refresh if self.refresh is None else self.refresh,
            counter_bits=int(self.counter_bits or before.counter_bits),
            max_objects=before.max_objects if self.max_objects is None else self.max_objects,
            lie=self.lie or before.lie,
        )


class RouterChangeSection(RouterBehaviourSection):
    """What is different from a time on, and what happens then."""

    at: Duration
    reboot: Duration | None = None
    renumber: Renumber | None = None


class RouterSection(RouterBehaviourSection):
    """A router: how it begins, what changes, and its interfaces by the links they carry."""

    boots: _Boots = 1
    uptime: Duration | None = None
    uptime_to_wrap: Pace | None = None
    changes: list[RouterChangeSection] = []
    interfaces: dict[str, InterfaceSection] = {}

    def course(self, interfaces: dict[LinkId, InterfaceCourse]) -> RouterCourse:
        """All that will happen to it."""
        behaviours = [self.over(RouterBehaviour())]
        for change in self.changes:
            behaviours.append(change.over(behaviours[-1]))
        up = self.uptime or 0.0
        return RouterCourse(
            first=behaviours[0],
            changes=tuple(
                RouterChange(change.at, behaviour, change.reboot, change.renumber)
                for change, behaviour in zip(self.changes, behaviours[1:], strict=True)
            ),
            uptime=up if self.uptime_to_wrap is None else UPTIME_MODULUS - self.uptime_to_wrap,
            boots=self.boots,
            interfaces=interfaces,
        )


class ScriptSection(Section):
    """The whole script."""

    seed: Text | None = None
    duration: Pace | None = None
    traps_to: Listen | None = None
    routers: dict[str, RouterSection]
