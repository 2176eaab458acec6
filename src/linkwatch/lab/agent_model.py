"""What a script makes of simulated routers: how they behave, and when that changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from linkwatch.lab.agent_traffic import Load
from linkwatch.model.ids import LinkId, RouterId
from linkwatch.model.measurement import OperStatus


class Listening(StrEnum):
    """What becomes of a request."""

    ANSWERS = "answers"
    SILENT = "silent"
    """It is taken and forgotten: the agent hangs."""
    CLOSED = "closed"
    """Nothing listens there: the kernel refuses it."""


class Lie(StrEnum):
    """How an answer is wrong."""

    NONE = "none"
    TEXT = "text"
    """Names hold control characters and bytes that are no UTF-8."""
    LONG_TEXT = "long_text"
    """Names of 4000 octets."""
    TYPES = "types"
    """Octet strings where numbers are due."""
    OBJECTS = "objects"
    """Other objects than those asked for."""
    REQUEST_ID = "request_id"
    """An answer to another request."""
    ERROR = "error"
    """genErr, and nothing else."""
    CIRCLES = "circles"
    """A walk never gets beyond where it is."""
    NOISE = "noise"
    """No SNMP at all."""
    NESTING = "nesting"
    """Thousands of sequences, one in the other."""


class AdminStatus(StrEnum):
    """ifAdminStatus (RFC 2863)."""

    UP = "up"
    DOWN = "down"
    TESTING = "testing"


class Row(StrEnum):
    """What there is of an interface's row."""

    PRESENT = "present"
    UNREADABLE = "unreadable"
    """A walk finds its names; who asks for the row itself hears noSuchInstance."""
    MISSING = "missing"


class Reset(StrEnum):
    """Counters begin at nought while the router goes on."""

    ANNOUNCED = "announced"
    """ifCounterDiscontinuityTime says so."""
    UNANNOUNCED = "unannounced"


class Renumber(StrEnum):
    """New values of ifIndex."""

    ROTATE = "rotate"
    """Each interface gets the next one's; a single one gets one that was free."""
    SHIFT = "shift"
    """All get values that were free."""


@dataclass(frozen=True, slots=True)
class RouterBehaviour:
    """How a router's agent answers. Times in s."""

    agent: Listening = Listening.ANSWERS
    late: float = 0.0
    """How long an answer takes."""
    refresh: float = 0.0
    """How long its counters stand before they are counted up to date; 0: they never stand."""
    counter_bits: int = 64
    max_objects: int = 0
    """More in one answer are tooBig; 0: as many as fit into a datagram."""
    lie: Lie = Lie.NONE


@dataclass(frozen=True, slots=True)
class InterfaceBehaviour:
    """What an interface is like. None: as the configuration has it, or made up."""

    receive: Load = Load()
    transmit: Load = Load()
    line_rate: int | None = None
    """ifSpeed and ifHighSpeed in bit/s; 0: it gives none."""
    oper: OperStatus = OperStatus.UP
    admin: AdminStatus = AdminStatus.UP
    row: Row = Row.PRESENT
    twins: int = 0
    """More rows of the same names."""
    name: str | None = None
    alias: str | None = None

    @property
    def status(self) -> OperStatus:
        """ifOperStatus: what is switched off is down (RFC 2863, section 3.1.13)."""
        return OperStatus.DOWN if self.admin is AdminStatus.DOWN else self.oper


@dataclass(frozen=True, slots=True)
class RouterChange:
    """What happens to a router `at` s after the start: a reboot first, then the rest.

    `reboot`: s it is away for; its counters, sysUpTime and engine begin anew afterwards.
    """

    at: float
    behaviour: RouterBehaviour
    reboot: float | None = None
    renumber: Renumber | None = None


@dataclass(frozen=True, slots=True)
class InterfaceChange:
    """What happens to an interface `at` s after the start."""

    at: float
    behaviour: InterfaceBehaviour
    reset: Reset | None = None


@dataclass(frozen=True, slots=True)
class InterfaceCourse:
    """An interface from the start on; `octets_to_wrap`: how soon its octet counters wrap."""

    first: InterfaceBehaviour = InterfaceBehaviour()
    changes: tuple[InterfaceChange, ...] = ()
    octets_to_wrap: int | None = None


@dataclass(frozen=True, slots=True)
class RouterCourse:
    """A router from the start on; `uptime` in s, `boots` as snmpEngineBoots counts."""

    first: RouterBehaviour = RouterBehaviour()
    changes: tuple[RouterChange, ...] = ()
    uptime: float = 0.0
    boots: int = 1
    interfaces: Mapping[LinkId, InterfaceCourse] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AgentScript:
    """A whole province of agents. `duration` in s; None: until somebody ends it.

    `traps_to`: host and port that hear of links and starts; None: nobody does.
    """

    seed: str = ""
    duration: float | None = None
    traps_to: tuple[str, int] | None = None
    routers: Mapping[RouterId, RouterCourse] = field(default_factory=dict)
