"""A network's script from its file, or every problem with its place."""

from pathlib import Path

from linkwatch.config.report import Report
from linkwatch.lab.network_checks import check
from linkwatch.lab.network_model import Script
from linkwatch.lab.network_script import ScriptSection, nanoseconds
from linkwatch.lab.script_loading import Kind, Loaded


def load_script(path: Path) -> Loaded[Script]:
    """Read and check a script."""
    return _KIND.load(path)


def parse_script(text: str, path: Path) -> Loaded[Script]:
    """The script in a text; `path` is what problems call it."""
    return _KIND.parse(text, path)


def _understood(section: ScriptSection, report: Report) -> Script:
    networks = check(section, report)
    return Script(
        seed=section.seed,
        duration=None if section.duration is None else nanoseconds(section.duration),
        courses={}
        if report.problems
        else {network: entry.course(network.version) for network, entry in networks.items()},
    )


_KIND = Kind(ScriptSection, "addresses: {10.99.0.1: {delay: 20ms}}", _understood)
