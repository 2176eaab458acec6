"""YAML text to nodes that know their place. No tags, anchors or aliases, and nothing too deep.

Anchors are refused rather than expanded: a few lines of aliases can stand for billions of values,
and a place in the file would no longer be the place of a value. `link_defaults`,
`router_defaults` and `include` do their work.
"""

import io
from collections.abc import Iterator

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    ScalarEvent,
)
from yaml.nodes import Node

from linkwatch.config.problem import Problem
from linkwatch.config.syntax import explain_syntax

MAX_DEPTH = 32
"""The deepest key of the format lies below 12; the C composer recurses without a bound."""


class _Named(io.BytesIO):
    """Bytes that tell the parser the file's name, so that every mark carries it."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text.encode())
        self.name = name


def compose(text: str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The document's root node (None: empty, or not to be had), and what is wrong with the text."""
    try:
        refused = tuple(_refused(text, file))
        if refused:
            return None, refused
        return yaml.compose(_Named(text, file), Loader=yaml.CSafeLoader), ()
    except yaml.YAMLError as error:
        return None, (explain_syntax(error, text, file),)


def _refused(text: str, file: str) -> Iterator[Problem]:
    depth = 0
    documents = 0
    for event in yaml.parse(_Named(text, file), Loader=yaml.CSafeLoader):
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                yield _at(event, file, "is nested too deeply", "is a closing bracket missing?")
                return
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        elif isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                yield _at(event, file, "a second document begins here", "one document a file")
                return
        yield from _refused_property(event, file)


def _refused_property(event: Event, file: str) -> Iterator[Problem]:
    if isinstance(event, AliasEvent):
        yield _at(event, file, "aliases (*name) are not read", _WRITE_OUT)
    elif isinstance(event, CollectionStartEvent | ScalarEvent):
        if event.anchor is not None:
            yield _at(event, file, "anchors (&name) are not read", _WRITE_OUT)
        if event.tag is not None:
            yield _at(
                event, file, "tags (!) are not read", "write the plain value, in quotes if need be"
            )


_WRITE_OUT = "write the value out, or use link_defaults, router_defaults or include"


def _at(event: Event, file: str, message: str, hint: str) -> Problem:
    mark = event.start_mark
    if mark is None:
        raise AssertionError("the C parser marks every event")
    return Problem(file, mark.line + 1, mark.column + 1, "", message, hint)
