"""The answer of Prometheus to a range query (`/api/v1/query_range`): series of numbers."""

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

LATEST = 7_258_118_400
"""Unix s of the year 2200: calendars end, and nothing was measured then."""


class RangeError(Exception):
    """The document is no such answer; the message is one line."""


@dataclass(frozen=True, slots=True)
class Series:
    """One series; `samples` by Unix time in s, in its order, finite all of them."""

    labels: Mapping[str, str]
    samples: Mapping[float, float]

    def __str__(self) -> str:
        name = self.labels.get("__name__", "")
        others = (f'{k}="{v}"' for k, v in sorted(self.labels.items()) if k != "__name__")
        return f"{name}{{{', '.join(others)}}}"


_At = Annotated[float, Field(ge=0, le=LATEST, allow_inf_nan=False)]


class _Result(BaseModel):
    metric: dict[str, str]
    values: list[tuple[_At, str]]


class _Data(BaseModel):
    resultType: Literal["matrix"]  # noqa: N815  Prometheus' own name
    result: list[_Result]


class _Answer(BaseModel):
    status: Literal["success"]
    data: _Data


class _Refusal(BaseModel):
    status: Literal["error"]
    error: str


class _Other(BaseModel):
    class Data(BaseModel):
        resultType: str  # noqa: N815  as above

    data: Data


def read_range(document: bytes) -> tuple[Series, ...]:
    """All series of the answer; RangeError where it is none."""
    try:
        answer = _Answer.model_validate_json(document)
    except ValidationError as error:
        raise RangeError(_why(document, error)) from None
    return tuple(Series(r.metric, _finite(r.values)) for r in answer.data.result)


def _finite(values: list[tuple[float, str]]) -> dict[float, float]:
    """Without what is no number: staleness markers, and quotients by 0."""
    found = {}
    for at, text in sorted(values):
        try:
            value = float(text)
        except ValueError:
            raise RangeError(f"{text[:40]!r} is not a sample's value") from None
        if math.isfinite(value):
            found[at] = value
    return found


def _why(document: bytes, error: ValidationError) -> str:
    """What it is instead, where that can be told."""
    with suppress(ValidationError):
        return f"Prometheus refused the query: {_Refusal.model_validate_json(document).error}"
    with suppress(ValidationError):
        kind = _Other.model_validate_json(document).data.resultType
        if kind != "matrix":
            return f"holds a {kind}, which is no range: ask /api/v1/query_range"
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"not the answer to a range query: {f'{place}: ' if place else ''}{first['msg']}"
