"""A board against Grafana's dashboard schema, as the models of its own SDK have it.

The SDK is generated from that schema: the attributes of its models carry the types of the fields,
those of panels' options and of queries the types of their plugins.
"""

import enum
import json
import types
import typing
from collections.abc import Iterator
from typing import Any, Literal, Union

from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard


def known(board: dict[str, Any]) -> tuple[Dashboard, Any]:
    """The board as models, and what is left of it when they are written again."""
    plugins.register_default_plugins()
    model = Dashboard.from_json(board)
    again = json.loads(json.dumps(model, cls=JSONEncoder))
    for link in again["links"]:
        del link["placement"]  # a constant that the SDK writes whatever it has read
    return model, again


def faults(value: object, kind: Any, where: str) -> Iterator[str]:
    """Where a value is not of its type, all the way down."""
    origin = typing.get_origin(kind)
    if kind in (Any, object):
        yield from _attributes(value, where)
    elif origin in (Union, types.UnionType):
        found = [list(faults(value, one, where)) for one in typing.get_args(kind)]
        if all(found):
            yield max((each[0] for each in found), key=lambda one: len(one.partition(":")[0]))
    elif origin in (list, dict):
        yield from _contents(value, kind, origin, where)
    elif origin is Literal or issubclass(kind, enum.Enum):
        allowed = typing.get_args(kind) or [member.value for member in kind]
        if value not in allowed:
            yield f"{where}: {value!r} is none of {allowed}"
    else:
        yield from _plain(value, kind, where)


def _plain(value: object, kind: type, where: str) -> Iterator[str]:
    if _is_model(kind) and isinstance(value, dict):
        # The SDK reads some models no deeper than this.
        value, again = kind.from_json(value), value  # type: ignore[attr-defined]  # models have it
        if json.loads(json.dumps(value, cls=JSONEncoder)) != again:
            yield f"{where}: there is more than a {kind.__name__} has"
    if not _is_a(value, kind):
        yield f"{where}: {value!r} is no {kind.__name__}"
    yield from _attributes(value, where)


def _contents(value: object, kind: Any, origin: type, where: str) -> Iterator[str]:
    if not isinstance(value, origin):
        yield f"{where}: {value!r} is no {origin.__name__}"
    elif isinstance(value, list):
        (of,) = typing.get_args(kind)
        for place, one in enumerate(value):
            yield from faults(one, of, f"{where}[{place}]")
    elif isinstance(value, dict):
        _, of = typing.get_args(kind)
        for key, one in value.items():
            yield from faults(one, of, f"{where}.{key}")


def _attributes(model: object, where: str) -> Iterator[str]:
    if not _is_model(type(model)):
        return
    for name, kind in typing.get_type_hints(type(model)).items():
        yield from faults(getattr(model, name), kind, f"{where}.{name}")


def _is_a(value: object, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)


def _is_model(kind: type) -> bool:
    return kind.__module__.startswith("grafana_foundation_sdk.models.")
