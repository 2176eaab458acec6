"""JSON Schema of the configuration: for editors, and for knowing which keys stand where."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from pydantic.json_schema import GenerateJsonSchema

from linkwatch.config.schema.base import Section
from linkwatch.config.schema.document import Document

Schema = Mapping[str, object]
"""A JSON Schema, or a part of one."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Generator(GenerateJsonSchema):
    """Defaults as they would stand in the file; those that are mappings are all as empty ones."""

    def encode_default(self, dft: object) -> object:
        if isinstance(dft, Section):
            return {}
        return dft if isinstance(dft, str | list) else super().encode_default(dft)


@cache
def _schema() -> dict[str, object]:
    return Document.model_json_schema(mode="validation", schema_generator=_Generator)


def json_schema() -> dict[str, object]:
    """JSON Schema 2020-12 of `sites.yaml`."""
    return {"$schema": DIALECT, **_schema()}


def known_keys(path: Sequence[str | int]) -> list[str]:
    """The keys that may stand in the mapping at `path` (with pydantic's union tags in it)."""
    return keys_at(_schema(), path)


def keys_at(schema: Schema, path: Sequence[str | int]) -> list[str]:
    """The keys that `schema` knows in the mapping at `path`."""
    nodes: list[Schema] = [schema]
    for step in path:
        nodes = [below for node in nodes for below in _below(schema, node, step)]
    return [
        key
        for node in nodes
        for form in _forms(schema, node)
        for key in _mapping(form, "properties")
    ]


def _below(schema: Schema, node: Schema, step: str | int) -> Iterator[Schema]:
    for form in _forms(schema, node):
        tags = _mapping(_mapping(form, "discriminator"), "mapping")
        if step in tags:
            yield {"$ref": tags[str(step)]}
        elif isinstance(step, int):
            yield _mapping(form, "items")
        elif step in _mapping(form, "properties"):
            yield _mapping(_mapping(form, "properties"), step)
        else:
            patterns = _mapping(form, "patternProperties")
            yield from (_mapping(patterns, pattern) for pattern in patterns)
            yield _mapping(form, "additionalProperties")


def _forms(schema: Schema, node: Schema) -> Iterator[Schema]:
    """The node itself or, where it is a reference or a choice, all it can be."""
    reference = node.get("$ref")
    if isinstance(reference, str):
        definitions = _mapping(schema, "$defs")
        yield from _forms(schema, _mapping(definitions, reference.rpartition("/")[2]))
        return
    if "discriminator" in node:
        yield node
        return
    choices = node.get("anyOf") or node.get("oneOf")
    for choice in choices if isinstance(choices, list) else ():
        yield from _forms(schema, choice)
    yield node


def _mapping(node: Schema, key: str) -> dict[str, object]:
    found = node.get(key)
    return found if isinstance(found, dict) else {}
