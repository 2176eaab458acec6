"""The script of simulated agents from its file, or every problem with its place."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from linkwatch.config.report import Report
from linkwatch.lab.agent_checks import ALL, check, link_ids
from linkwatch.lab.agent_model import AgentScript, RouterCourse
from linkwatch.lab.agent_script import ScriptSection
from linkwatch.lab.script_loading import Kind, Loaded
from linkwatch.model.inventory import Inventory

if TYPE_CHECKING:
    from linkwatch.model.ids import RouterId

_T = TypeVar("_T")
_Name = TypeVar("_Name", bound=str)


def load_script(path: Path, inventory: Inventory) -> Loaded[AgentScript]:
    """Read and check a script for the routers of this configuration."""
    return _kind(inventory).load(path)


def parse_script(text: str, path: Path, inventory: Inventory) -> Loaded[AgentScript]:
    """The script in a text; `path` is what problems call it."""
    return _kind(inventory).parse(text, path)


def _kind(inventory: Inventory) -> Kind[ScriptSection, AgentScript]:
    def understand(section: ScriptSection, report: Report) -> AgentScript:
        check(section, inventory, report)
        return AgentScript() if report.problems else _meant(section, inventory)

    return Kind(ScriptSection, 'routers: {"*": {late: 50ms}}', understand)


def _meant(section: ScriptSection, inventory: Inventory) -> AgentScript:
    links = link_ids(inventory)
    routers: dict[RouterId, RouterCourse] = {}
    for router, entry in _each(section.routers, links).items():
        interfaces = _each(entry.interfaces, links[router])
        routers[router] = entry.course(
            {link: one.course(inventory.timezone) for link, one in interfaces.items()}
        )
    return AgentScript(section.seed or "", section.duration, section.traps_to, routers)


def _each(written: Mapping[str, _T], names: Collection[_Name]) -> dict[_Name, _T]:
    """What is written for each name: under its own, else for all the others."""
    chosen = {name: name if name in written else ALL for name in names}
    return {name: written[key] for name, key in chosen.items() if key in written}
