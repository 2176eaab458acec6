"""YAML text -> `Config`, or every problem with its place.

The names below are imported on first use: whoever needs only `settings` pays for neither pydantic
nor YAML.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linkwatch.config.editor import json_schema
    from linkwatch.config.loaded import Loaded
    from linkwatch.config.loading import load
    from linkwatch.config.problem import Gravity, Problem
    from linkwatch.config.settings import Config

__all__ = ["Config", "Gravity", "Loaded", "Problem", "json_schema", "load"]

_HOME = {
    "Config": "settings",
    "Gravity": "problem",
    "Loaded": "loaded",
    "Problem": "problem",
    "json_schema": "editor",
    "load": "loading",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
