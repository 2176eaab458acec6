"""Bodies of requests: JSON of a known shape and a bounded size, or one line that says what is not.

Words are one printable line, so that no note can move a cursor or forge a line of a log.
"""

from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from starlette.requests import Request

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


B = TypeVar("B", bound=Body)


async def read(request: Request, shape: type[B]) -> B:
    """The request's body; BadRequest where it has another shape."""
    text = bytearray()
    async for chunk in request.stream():
        text += chunk
        if len(text) > LIMIT:
            raise BadRequest(f"more than {LIMIT} bytes")
    try:
        return shape.model_validate_json(bytes(text))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, fault["loc"]))
        raise BadRequest(f"{place}: {fault['msg']}" if place else str(fault["msg"])) from None
