"""What can still be checked of a configuration with mistakes.

Mistaken values are taken out of the tree, so that the rest forms a `Document` for the checks that
compare values with each other: every problem is told at once. Reporting is over by then.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from linkwatch.config.locate import KEY, Locator, Path, Step, file_path
from linkwatch.config.plain import to_plain
from linkwatch.config.schema.document import Document

ROUNDS = 12
"""A removal can bare another: item, list, entry, section. More rounds than levels are no use."""

_STAND_INS: Mapping[str, str | None] = {
    "name": "?",
    "level": "district",
    "version": "1",
    "carriers": None,
    "contacts": None,
    "rosters": None,
    "channels": None,
}
"""Values (None: an empty mapping) of required keys whose lack would cost a whole site or more."""


def validate(root: MappingNode, zone: ZoneInfo) -> Document:
    """The document; raises pydantic's ValidationError with all errors of shape and value."""
    return Document.model_validate(to_plain(root), context={"zone": zone})


def salvage(
    root: MappingNode, zone: ZoneInfo, locator: Locator, error: ValidationError
) -> Document | None:
    """What is left. Changes `root`; `locator` learns which mappings and lists are incomplete."""
    for _ in range(ROUNDS):
        paths = {file_path(each["loc"]) for each in error.errors(include_url=False)}
        for path in sorted(paths, key=_order, reverse=True):
            _take_out(locator.trace(path), path, locator)
        try:
            return validate(root, zone)
        except ValidationError as again:
            error = again
    return None


def _take_out(trace: list[tuple[Step, Node]], path: Path, locator: Locator) -> None:
    """Remove the last value of `path` that the tree has, or lend a stand-in for what is missing."""
    *above, (step, node) = trace
    complete = len(trace) - 1 == len([s for s in path if s != KEY])
    lacking = path[-1]
    if not complete and isinstance(node, MappingNode) and lacking in _STAND_INS:
        node.value.append((_scalar(str(lacking), node), _stand_in(str(lacking), node)))
        locator.spoil(node)
    elif above:
        holder = above[-1][1]
        if isinstance(holder, SequenceNode) and isinstance(step, int):
            locator.forget_item(holder, step)
        else:
            holder.value[:] = [pair for pair in holder.value if pair[1] is not node]
        locator.spoil(holder)


def _stand_in(key: str, beside: Node) -> Node:
    value = _STAND_INS[key]
    if value is not None:
        return _scalar(value, beside)
    return MappingNode("tag:yaml.org,2002:map", [], beside.start_mark, beside.end_mark)


def _scalar(value: str, beside: Node) -> ScalarNode:
    return ScalarNode("tag:yaml.org,2002:str", value, beside.start_mark, beside.end_mark)


def _order(path: Path) -> list[tuple[int, str]]:
    """Later list items first, so that the numbers of earlier ones stay true."""
    return [(step, "") if isinstance(step, int) else (-1, step) for step in path]
