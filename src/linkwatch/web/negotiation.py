"""Which format of /metrics a request asks for by its `Accept` header (RFC 9110, 12.5.1).

The library's `choose_encoder` heeds no weight, and raises at a version that is no number.
"""

import math
from collections.abc import Iterator

from linkwatch.web.exposition import Format

_TEXT = frozenset({"text/plain", "text/*", "*/*"})


def asked(accept: str) -> Format:
    """OpenMetrics where it is asked for and text is not liked better; else text."""
    weights = dict.fromkeys(Format, 0.0)
    for kind, weight in _wishes(accept):
        weights[kind] = max(weights[kind], weight)
    wanted = weights[Format.OPENMETRICS]
    return Format.OPENMETRICS if 0 < wanted >= weights[Format.TEXT] else Format.TEXT


def _wishes(accept: str) -> Iterator[tuple[Format, float]]:
    for wish in accept.lower().split(","):
        kind, *rest = (part.strip() for part in wish.split(";"))
        parameters = dict(part.split("=", 1) for part in rest if "=" in part)
        weight = _weight(parameters.get("q", "1"))
        if kind in _TEXT:
            yield Format.TEXT, weight
        elif kind == "application/openmetrics-text" and _is_ours(parameters.get("version", "")):
            yield Format.OPENMETRICS, weight


def _is_ours(version: str) -> bool:
    """Whether it may be 1.0.0; 0.0.1 was another format."""
    return version == "" or version.split(".", maxsplit=1)[0] == "1"


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if math.isfinite(weight) and 0 <= weight <= 1 else 0.0
