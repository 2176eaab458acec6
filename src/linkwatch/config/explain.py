"""pydantic's errors in words for the administrator, with their place in the file."""

import re
from collections.abc import Callable, Iterable

from pydantic_core import ErrorDetails

from linkwatch.config.badvalue import quoted
from linkwatch.config.editor import known_keys
from linkwatch.config.locate import KEY, Locator, file_path
from linkwatch.config.problem import Problem
from linkwatch.config.schema.fields import OWN_ERROR
from linkwatch.config.suggest import did_you_mean

_QUOTED = re.compile(r"'([^']*)'")

_SHAPES = {
    "model_type": "a mapping (key: value) is due here",
    "model_attributes_type": "a mapping (key: value) is due here",
    "dict_type": "a mapping (key: value) is due here",
    "list_type": "a list is due here",
    "too_short": "the list is empty",
}


KnownKeys = Callable[[tuple[str | int, ...]], list[str]]


def explain(
    errors: Iterable[ErrorDetails], locator: Locator, keys: KnownKeys = known_keys
) -> list[Problem]:
    """One problem an error. Values are repeated only where no secret can stand.

    `keys` tells the keys that may stand in the mapping at a path.
    """
    return [_explained(error, locator, keys) for error in errors]


def _explained(error: ErrorDetails, locator: Locator, keys: KnownKeys) -> Problem:
    path = file_path(error["loc"])
    kind = error["type"]
    at_key = kind == "extra_forbidden" or path[-1:] == (KEY,)
    if kind == "missing":
        at_key = locator.has(path)
        message, hint = ("has no value", "") if at_key else ("is missing", "")
    elif kind == "extra_forbidden":
        message, hint = "unknown key", did_you_mean(str(path[-1]), keys(error["loc"][:-1]))
    else:
        message, hint = _wording(error)
    if kind in {"union_tag_not_found", "union_tag_invalid"}:
        path = (*path, "type")
    spot = locator.spot(path, key=at_key)
    return Problem(spot.file, spot.line, spot.column, spot.label, message, hint)


def _wording(error: ErrorDetails) -> tuple[str, str]:
    kind = error["type"]
    context = error.get("ctx", {})
    if kind == OWN_ERROR:
        return str(context["message"]), str(context["hint"])
    if kind in {"enum", "literal_error"}:
        return _choice(error["input"], str(context["expected"]))
    if kind == "union_tag_not_found":
        return "is missing", "e.g. type: webhook"
    if kind == "union_tag_invalid":
        given = error["input"].get("type") if isinstance(error["input"], dict) else None
        return _choice(given, str(context["expected_tags"]))
    if kind in _SHAPES:
        return (_SHAPES[kind], "") if error["input"] is not None else ("has no value", "")
    return "is not valid", ""


def _choice(given: object, expected: str) -> tuple[str, str]:
    known = _QUOTED.findall(expected)
    if not isinstance(given, str):
        return "is not one of the known values", f"known: {', '.join(known)}"
    hint = did_you_mean(given, known)
    return f"{quoted(given)} is not one of {', '.join(known)}", hint if hint.startswith(
        "did"
    ) else ""
