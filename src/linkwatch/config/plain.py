"""Nodes to plain values: mappings, lists, texts, and None for what is left empty."""

from collections.abc import Iterator
from typing import TypeAlias

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from linkwatch.config.locate import join
from linkwatch.config.problem import Problem

Plain: TypeAlias = "dict[str, Plain] | list[Plain] | str | None"

_NULL = "tag:yaml.org,2002:null"


def to_plain(node: Node) -> Plain:
    """Scalars keep their text, whatever YAML makes of it. Of repeated keys the first counts."""
    if isinstance(node, ScalarNode):
        return None if node.tag == _NULL else str(node.value)
    if isinstance(node, SequenceNode):
        return [to_plain(item) for item in node.value]
    plain: dict[str, Plain] = {}
    for key, value in node.value:
        if isinstance(key, ScalarNode) and key.value not in plain:
            plain[key.value] = to_plain(value)
    return plain


def key_problems(node: Node, path: str = "") -> Iterator[Problem]:
    """Every key that is repeated, with both places, and every key that is not a plain name."""
    if isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            yield from key_problems(item, join(path, number))
    if not isinstance(node, MappingNode):
        return
    seen: dict[str, Node] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            yield problem_at(key, path, "a list or mapping cannot be a key")
            continue
        below = join(path, key.value)
        first = seen.setdefault(key.value, key)
        if first is not key:
            hint = f"it stands at {place(first)} already"
            yield problem_at(key, below, "this key is given twice", hint)
        yield from key_problems(value, below)


def problem_at(node: Node, path: str, message: str, hint: str = "") -> Problem:
    """An error at the place of a node."""
    mark = node.start_mark
    return Problem(mark.name, mark.line + 1, mark.column + 1, path, message, hint)


def place(node: Node) -> str:
    """`file:line:col` of a node."""
    mark = node.start_mark
    return f"{mark.name}:{mark.line + 1}:{mark.column + 1}"
