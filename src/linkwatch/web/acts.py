"""What may be asked of the daemon beside reading: endpoints of the socket file alone.

Each answers with a document that says whether it was done and, if not, why: 200, 404 for a name
nobody knows, 409 for what may not be done, 422 for what cannot be understood.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from linkwatch.config.badvalue import BadValueError
from linkwatch.config.localtime import parse_end, parse_start
from linkwatch.config.suggest import did_you_mean
from linkwatch.model.acts import Refusal
from linkwatch.model.inventory import Inventory
from linkwatch.model.moment import Span
from linkwatch.model.people import Swap
from linkwatch.ports import Acts, Ruling
from linkwatch.web.requests import BadRequest, ByBody, SwapBody, read

_REASONS = {
    Refusal.UNKNOWN_ROSTER: "no roster is called {roster!r}",
    Refusal.UNKNOWN_CONTACT: "no contact is called {contact!r}",
    Refusal.UNKNOWN_SWAP: "no override has the number {number}, or it is over",
    Refusal.ENDS_FIRST: "it ends before it begins",
    Refusal.IS_OVER: "it lies in the past",
}
_UNKNOWN = frozenset({Refusal.UNKNOWN_ROSTER, Refusal.UNKNOWN_CONTACT, Refusal.UNKNOWN_SWAP})


class SwapEntry(TypedDict):
    """An override made by command; `known`: the configuration has its roster and contact."""

    number: int
    roster: str
    contact: str
    name: str | None
    since: str | None
    until: str | None
    by: str
    made_at: str
    known: bool


class SwapsDocument(TypedDict):
    """`GET /api/v1/oncall/overrides`."""

    overrides: list[SwapEntry]


class RulingDocument(TypedDict):
    """What came of an act; `recorded`: a crash cannot undo it any more."""

    done: bool
    refusal: str | None
    message: str
    recorded: bool
    overrides: list[SwapEntry]


class ActDoors:
    """The endpoints; `inventory` gives the one in force."""

    def __init__(self, acts: Acts, inventory: Callable[[], Inventory]) -> None:
        self._acts = acts
        self._inventory = inventory

    def routes(self) -> list[Route]:
        """For the socket file's app."""
        swaps = "/api/v1/oncall/overrides"
        return [
            Route(swaps, self.swaps, methods=["GET"]),
            Route(swaps, _understood(self.swap), methods=["POST"]),
            Route(f"{swaps}/{{number:int}}/remove", _understood(self.take_back), methods=["POST"]),
        ]

    async def swaps(self, _request: Request) -> Response:
        entries = [swap_entry(swap, self._inventory()) for swap in self._acts.swaps()]
        return JSONResponse(SwapsDocument(overrides=entries))

    async def swap(self, request: Request) -> Response:
        body = await read(request, SwapBody)
        zone = self._inventory().timezone
        start = _time("from", body.from_, parse_start, zone) if body.from_ else None
        span = Span(start, _time("until", body.until, parse_end, zone))
        ruling = await self._acts.swap(body.roster, body.contacts, span, body.by)
        known = self._inventory().contacts
        stranger = next((name for name in body.contacts if name not in known), "")
        return self._answer(ruling, roster=body.roster, contact=stranger)

    async def take_back(self, request: Request) -> Response:
        number = request.path_params["number"]
        body = await read(request, ByBody)
        ruling = await self._acts.take_back_swap(number, body.by)
        return self._answer(ruling, number=number)

    def _answer(self, ruling: Ruling, **named: object) -> Response:
        entries = [swap_entry(swap, self._inventory()) for swap in ruling.swaps]
        document = RulingDocument(
            done=ruling.refusal is None,
            refusal=ruling.refusal.value if ruling.refusal else None,
            message=self._reason(ruling.refusal, named) if ruling.refusal else "",
            recorded=ruling.recorded,
            overrides=entries,
        )
        return JSONResponse(document, status_code=_status(ruling.refusal))

    def _reason(self, refusal: Refusal, named: dict[str, object]) -> str:
        inventory = self._inventory()
        hint = ""
        if refusal is Refusal.UNKNOWN_ROSTER:
            hint = did_you_mean(str(named["roster"]), inventory.rosters)
        elif refusal is Refusal.UNKNOWN_CONTACT:
            hint = did_you_mean(str(named["contact"]), inventory.contacts)
        reason = _REASONS[refusal].format(**named)
        return f"{reason} ({hint})" if hint else reason


def swap_entry(swap: Swap, inventory: Inventory) -> SwapEntry:
    """A swap as it is listed; times with the offset of the configured timezone."""
    contact = inventory.contacts.get(swap.contact)
    zone = inventory.timezone
    return SwapEntry(
        number=swap.number,
        roster=swap.roster,
        contact=swap.contact,
        name=contact.name if contact else None,
        since=_shown(swap.span.start, zone),
        until=_shown(swap.span.end, zone),
        by=swap.by,
        made_at=swap.made_at.astimezone(zone).isoformat(timespec="seconds"),
        known=contact is not None and swap.roster in inventory.rosters,
    )


def _shown(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None


def _time(
    name: str, text: str, parse: Callable[[str, ZoneInfo], datetime], zone: ZoneInfo
) -> datetime:
    try:
        return parse(text, zone)
    except BadValueError as error:
        hint = f" ({error.hint})" if error.hint else ""
        raise BadRequest(f"{name}: {error.message}{hint}") from None


def _status(refusal: Refusal | None) -> int:
    if refusal is None:
        return 200
    return 404 if refusal in _UNKNOWN else 409


Endpoint = Callable[[Request], Awaitable[Response]]


def _understood(endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except BadRequest as error:
            document = RulingDocument(
                done=False, refusal="bad_request", message=str(error), recorded=True, overrides=[]
            )
            return JSONResponse(document, status_code=422)

    return answer
