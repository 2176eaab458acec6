"""What may be done over the socket file, read from a request's body."""

from typing import Annotated, TypedDict

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from linkwatch.judge.boost import Refusal
from linkwatch.model.boost import Word
from linkwatch.model.finding import Direction
from linkwatch.model.ids import ContactId, LinkId
from linkwatch.ports import Control, Recording, Tried

MOST_BYTES = 16_384
_FASTEST = 10**13
"""bit/s; more is a slip of the keyboard."""

_A_YEAR = 366 * 86_400.0

Line = Annotated[str, Field(min_length=1, max_length=500)]


class BoostWord(BaseModel):
    """Somebody's word on a boost. `rate` in bit/s; without `direction`, both ways."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    link: Line
    rate: Annotated[int, Field(strict=True, gt=0, le=_FASTEST)]
    evidence: Line
    by: Line
    direction: Direction | None = None


class Trial(BaseModel):
    """A test of a contact's channels; `dry_run`: only its words."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    contact: Line
    dry_run: Annotated[bool, Field(strict=True)] = False


async def try_channels(control: Control, request: Request) -> Response:
    """200 with what became of each message, 400 not understood, 404 no such contact."""
    try:
        said = Trial.model_validate_json(await _read(request))
    except ValidationError as error:
        return _not_understood(error)
    tried = await control.try_channels(ContactId(said.contact), send=not said.dry_run)
    if tried is None:
        return JSONResponse({"taken": False, "reason": "unknown_contact"}, status_code=404)
    return JSONResponse({"taken": True, "messages": [_tried(one) for one in tried]})


class TriedEntry(TypedDict):
    """A test by one channel; `outcome` None: no attempt has ended."""

    channel: str
    key: str
    outcome: str | None
    detail: str
    subject: str
    text: str
    short: str


def _tried(one: Tried) -> TriedEntry:
    return {
        "channel": one.message.channel,
        "key": one.message.key,
        "outcome": one.outcome.value if one.outcome else None,
        "detail": one.detail,
        "subject": one.message.subject,
        "text": one.message.text,
        "short": one.message.short,
    }


async def confirm_boost(control: Control, request: Request) -> Response:
    """200 taken, 400 not understood, 404 no such link, 409 refused for another reason."""
    body = await _read(request)
    try:
        said = BoostWord.model_validate_json(body)
    except ValidationError as error:
        return _not_understood(error)
    word = Word(LinkId(said.link), said.rate, said.evidence, said.by, said.direction)
    verdict = await control.vouch(word)
    if verdict.refusal is None:
        return JSONResponse({"taken": True, "written": verdict.written})
    code = 404 if verdict.refusal is Refusal.UNKNOWN_LINK else 409
    return JSONResponse({"taken": False, "reason": verdict.refusal.value}, status_code=code)


def _not_understood(error: ValidationError) -> Response:
    faults = error.errors(include_url=False, include_input=False)
    problems = {".".join(map(str, fault["loc"])) or "body": fault["msg"] for fault in faults}
    return JSONResponse({"taken": False, "problems": problems}, status_code=400)


class Wish(BaseModel):
    """For how long to record, in s; without it, until somebody or the daemon ends it."""

    model_config = ConfigDict(extra="forbid")

    seconds: Annotated[float, Field(gt=0, le=_A_YEAR)] | None = None


def record(control: Control, request: Request) -> Response:
    """What is measured from now on, until its end or its reader is gone; 409: one is made."""
    try:
        wish = Wish.model_validate(dict(request.query_params))
    except ValidationError as error:
        problems = {str(fault["loc"][0]): fault["msg"] for fault in error.errors()}
        return JSONResponse({"taken": False, "problems": problems}, status_code=400)
    recording = control.record(wish.seconds)
    if recording is None:
        return JSONResponse({"taken": False, "reason": "recording_already"}, status_code=409)
    return _Frames(recording)


class _Frames(StreamingResponse):
    """A recording on its way; it is over when its reader is gone."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording.frames(), media_type="application/octet-stream")
        self._recording = recording

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._recording.close()


async def _read(request: Request) -> bytes:
    """The body, as far as it is of a sensible length; what is longer is no JSON any more."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return b""
    return body
