"""Bodies of requests: of a known shape and a bounded size, or one line that says what is not.

Words are one printable line, so that no note can move a cursor or forge a line of a log.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, TypeVar
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from starlette.requests import Request

from linkwatch.config.badvalue import BadValueError
from linkwatch.config.units import parse_duration

_FIELDS = 20
"""Of a form."""
LIMIT = 16_384
"""Bytes of a body."""


class BadRequest(Exception):  # noqa: N818  the name HTTP gives it
    """What was sent cannot be understood; the message is one line. Answered with 422."""


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds a character that is not printable")
    return text


Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(_one_line),
]


Words = Annotated[
    str,
    StringConstraints(max_length=500, strip_whitespace=True),
    AfterValidator(_one_line),
]


class Body(BaseModel):
    """A JSON object with these keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SwapBody(Body):
    """`POST /api/v1/oncall/overrides`; times as in the configuration, `from` absent: now."""

    roster: Name
    contacts: Annotated[list[Name], Field(min_length=1, max_length=20)]
    from_: Annotated[Name | None, Field(alias="from")] = None
    until: Name
    by: Name


class ByBody(Body):
    """Who does it."""

    by: Name


class WorkBody(Body):
    """`POST /api/v1/maintenance`; times as in the configuration, `from` absent: now."""

    links: Annotated[list[Name], Field(max_length=500)] = []
    sites: Annotated[list[Name], Field(max_length=500)] = []
    carrier: Name | None = None
    shared_risk: Annotated[list[Name], Field(max_length=50)] = []
    from_: Annotated[Name | None, Field(alias="from")] = None
    until: Name
    reference: Name | None = None
    accepted_by: Name | None = None
    by: Name


class AcceptBody(Body):
    """`POST /api/v1/maintenance/NUMBER/accept`."""

    accepted_by: Name
    by: Name


class TakeBody(Body):
    """`POST /api/v1/incidents/ID/ack`; `eta` a duration, `for` absent: whoever asks."""

    for_: Annotated[Name | None, Field(alias="for")] = None
    via: Literal["phone", "link", "sms_reply", "telegram", "command"] | None = None
    eta: Name | None = None
    note: Words = ""
    by: Name


class DeclineBody(Body):
    """`POST /api/v1/incidents/ID/decline`."""

    for_: Annotated[Name, Field(alias="for")]
    by: Name


class CloseBody(Body):
    """`POST /api/v1/incidents/ID/resolve`."""

    reason: Annotated[Words, Field(min_length=1)]
    by: Name


class AnswerForm(Body):
    """`POST /ack/TOKEN`, as the page sends it; `eta` a duration, empty: none."""

    act: Literal["take", "decline"]
    eta: Annotated[str, StringConstraints(max_length=20, strip_whitespace=True)] = ""
    note: Words = ""


B = TypeVar("B", bound=Body)


async def read(request: Request, shape: type[B]) -> B:
    """The request's JSON; BadRequest where it has another shape."""
    text = await _body(request)
    try:
        return shape.model_validate_json(text)
    except ValidationError as error:
        raise _misshapen(error) from None


async def read_form(request: Request, shape: type[B]) -> B:
    """The fields of an HTML form, each once; BadRequest where they have another shape."""
    text = await _body(request)
    try:
        fields = parse_qsl(
            text.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS
        )
    except ValueError:
        raise BadRequest("is not a form") from None
    try:
        return shape.model_validate(dict(fields))
    except ValidationError as error:
        raise _misshapen(error) from None


def seconds(name: str, text: str) -> float:
    """A duration in s; BadRequest where it is none."""
    try:
        return parse_duration(text)
    except BadValueError as error:
        raise bad_value(name, error) from None


def instant(
    name: str, text: str, parse: Callable[[str, ZoneInfo], datetime], zone: ZoneInfo
) -> datetime:
    """A time as `parse` reads it; BadRequest where it is none."""
    try:
        return parse(text, zone)
    except BadValueError as error:
        raise bad_value(name, error) from None


def bad_value(name: str, error: BadValueError) -> BadRequest:
    """What is wrong with one of the values."""
    hint = f" ({error.hint})" if error.hint else ""
    return BadRequest(f"{name}: {error.message}{hint}")


async def _body(request: Request) -> bytes:
    text = bytearray()
    async for chunk in request.stream():
        text += chunk
        if len(text) > LIMIT:
            raise BadRequest(f"more than {LIMIT} bytes")
    return bytes(text)


def _misshapen(error: ValidationError) -> BadRequest:
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(map(str, fault["loc"]))
    return BadRequest(f"{place}: {fault['msg']}" if place else str(fault["msg"]))
