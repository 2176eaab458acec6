"""What can still be checked of a configuration with mistakes.

Mistaken values are taken out of the tree, so that the rest forms a `Document` for the checks that
compare values with each other: every problem is told at once. Reporting is over by then.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, SequenceNode

from linkwatch.config.locate import Locator, Path, Step, file_path
from linkwatch.config.plain import Plain, to_plain
from linkwatch.config.schema.document import Document
from linkwatch.config.schema.fields import Reading

ROUNDS = 12
"""A removal can bare another: item, list, entry, section. More rounds than levels are no use."""

_STAND_INS: Mapping[str, str] = {
    "version": "1",
    "carriers": "{}",
    "contacts": "{}",
    "rosters": "{}",
    "channels": "{}",
    "sites": "[]",
    "id": "unnamed",
    "name": "unnamed",
    "level": "district",
    "kind": "wan",
    "carrier": "unnamed",
    "targets": "[127.0.0.1]",
    "contracted": "[{rate: 1Mbps}]",
}
"""What is lent for required keys, so that the rest of a site or link can still be checked."""


def validate(plain: Plain, reading: Reading) -> Document:
    """The document; raises pydantic's ValidationError with all errors of shape and value."""
    return Document.model_validate(plain, context=reading)


def salvage(root: MappingNode, zone: ZoneInfo, locator: Locator) -> Document | None:
    """What is left. Changes `root`; `locator` learns which mappings and lists are incomplete."""
    for _ in range(ROUNDS):
        try:
            return validate(to_plain(root), Reading(zone, salvaging=True))
        except ValidationError as error:
            paths = {file_path(each["loc"]) for each in error.errors(include_url=False)}
        for path in sorted(paths, key=_order, reverse=True):
            _take_out(locator.trace(path), path, locator)
    return None


def _take_out(trace: list[tuple[Step, Node]], path: Path, locator: Locator) -> None:
    """Remove the last value of `path` that the tree has, or lend what is missing."""
    *above, (step, node) = trace
    missing = len(trace) <= len(path) and isinstance(node, MappingNode)
    if missing and path[-1] in _STAND_INS:
        value = _parsed(_STAND_INS[str(path[-1])])
        node.value.append((_parsed(str(path[-1])), value))
        locator.spoil(node)
        locator.spoil(value)
    elif above:
        holder = above[-1][1]
        if isinstance(holder, SequenceNode) and isinstance(step, int):
            locator.forget_item(holder, step)
        else:
            holder.value[:] = [pair for pair in holder.value if pair[1] is not node]
        locator.spoil(holder)


def _parsed(text: str) -> Node:
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    if node is None:
        raise AssertionError("no stand-in is empty")
    return node


def _order(path: Path) -> list[tuple[int, str]]:
    """Later list items first, so that the numbers of earlier ones stay true."""
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]
