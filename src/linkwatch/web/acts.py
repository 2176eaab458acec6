"""What may be done over the socket file, read from a request's body."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from linkwatch.judge.boost import Refusal
from linkwatch.model.boost import Word
from linkwatch.model.finding import Direction
from linkwatch.model.ids import LinkId
from linkwatch.ports import Control

MOST_BYTES = 16_384
_FASTEST = 10**13
"""bit/s; more is a slip of the keyboard."""

Line = Annotated[str, Field(min_length=1, max_length=500)]


class BoostWord(BaseModel):
    """Somebody's word on a boost. `rate` in bit/s; without `direction`, both ways."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    link: Line
    rate: Annotated[int, Field(strict=True, gt=0, le=_FASTEST)]
    evidence: Line
    by: Line
    direction: Direction | None = None


async def confirm_boost(control: Control, request: Request) -> Response:
    """200 taken, 400 not understood, 404 no such link, 409 refused for another reason."""
    body = await _read(request)
    try:
        said = BoostWord.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        problems = {".".join(map(str, fault["loc"])) or "body": fault["msg"] for fault in faults}
        return JSONResponse({"taken": False, "problems": problems}, status_code=400)
    word = Word(LinkId(said.link), said.rate, said.evidence, said.by, said.direction)
    verdict = await control.vouch(word)
    if verdict.refusal is None:
        return JSONResponse({"taken": True, "written": verdict.written})
    code = 404 if verdict.refusal is Refusal.UNKNOWN_LINK else 409
    return JSONResponse({"taken": False, "reason": verdict.refusal.value}, status_code=code)


async def _read(request: Request) -> bytes:
    """The body, as far as it is of a sensible length; what is longer is no JSON any more."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return b""
    return body
