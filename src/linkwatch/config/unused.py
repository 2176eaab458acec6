"""Keys that are read and checked, but that no part of this version uses yet.

A version that begins to use one deletes its row here.
"""

from collections.abc import Callable, Iterator, Sequence

from linkwatch.config.patterns import ALL, Pattern, find
from linkwatch.config.plain import Plain

SERVED_CHANNELS = frozenset({"log", "webhook", "email", "alertmanager"})


def _any(value: Plain) -> bool:
    return value not in (None, [], {})


_ROWS: Sequence[tuple[Pattern, Callable[[Plain], bool], str]] = (
    (("directives", ALL, "inspection_due"), _any, "directives[].inspection_due"),
    (("sites", ALL, "location"), _any, "sites[].location"),
    (("sites", ALL, "hosted_at"), _any, "sites[].hosted_at"),
    (("platforms",), _any, "platforms"),
    (("conferences", ALL, "platform"), _any, "conferences[].platform"),
    (("conferences", ALL, "sites", ALL, "rooms"), _any, "conferences[].sites[].rooms"),
    (("conferences", ALL, "sites", ALL, "quality"), _any, "conferences[].sites[].quality"),
    (("conferences", ALL, "sites", ALL, "platform"), _any, "conferences[].sites[].platform"),
    (("conferences_from",), _any, "conferences_from"),
)


def unused(document: Plain) -> tuple[str, ...]:
    """One line for each group of such keys that the files give a value."""
    return (*_keys(document), *_channels(document))


def _keys(document: Plain) -> Iterator[str]:
    for pattern, matters, name in _ROWS:
        if any(matters(value) for _, value in find(document, pattern)):
            yield f"{name}: accepted, but not used by this version"


def _channels(document: Plain) -> Iterator[str]:
    for path, kind in find(document, ("channels", ALL, "type")):
        if kind not in SERVED_CHANNELS:
            yield f"channels.{path[1]}: accepted, but this version has no sender of type {kind}"
