"""What only the socket file has: acts, and the numbers to call.

An act is answered with a document that says whether it was done and, if not, why: 200, 404 for a
name nobody knows, 409 for what may not be done, 422 for what cannot be understood.
"""

from collections.abc import Callable
from typing import TypedDict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from linkwatch.config.localtime import parse_end, parse_start
from linkwatch.model.incident import Via
from linkwatch.model.inventory import Inventory
from linkwatch.model.moment import Span
from linkwatch.oncall.outlook import to_call
from linkwatch.ports import Acts, Ruling
from linkwatch.web.requests import (
    ByBody,
    CloseBody,
    DeclineBody,
    SwapBody,
    TakeBody,
    instant,
    read,
    seconds,
)
from linkwatch.web.rulings import SwapEntry, ruled, swap_entry, understood

_SWAPS = "/api/v1/oncall/overrides"
_INCIDENT = "/api/v1/incidents/{incident}"


class SwapsDocument(TypedDict):
    """`GET /api/v1/oncall/overrides`."""

    overrides: list[SwapEntry]


class CallEntry(TypedDict):
    """Somebody to call about an incident that nobody has in hand."""

    incident: str
    priority: str
    contact: str
    name: str
    phones: list[str]


class CallsDocument(TypedDict):
    """`GET /api/v1/calls`: the call list, the most urgent incident first."""

    calls: list[CallEntry]


class OncallDoors:
    """The endpoints; `inventory` gives the one in force."""

    def __init__(self, acts: Acts, inventory: Callable[[], Inventory]) -> None:
        self._acts = acts
        self._inventory = inventory

    def routes(self) -> list[Route]:
        """For the socket file's app."""
        doors = {
            _SWAPS: self.swap,
            f"{_SWAPS}/{{number:int}}/remove": self.take_back,
            f"{_INCIDENT}/ack": self.take,
            f"{_INCIDENT}/decline": self.decline,
            f"{_INCIDENT}/resolve": self.close,
        }
        return [
            Route("/api/v1/calls", self.calls, methods=["GET"]),
            Route(_SWAPS, self.swaps, methods=["GET"]),
            *(Route(path, understood(door), methods=["POST"]) for path, door in doors.items()),
        ]

    async def calls(self, _request: Request) -> Response:
        entries = [
            CallEntry(
                incident=incident.id,
                priority=incident.priority.value,
                contact=contact.id,
                name=contact.name,
                phones=list(contact.phones),
            )
            for incident in self._acts.open_incidents()
            for contact in to_call(incident, self._inventory())
        ]
        return JSONResponse(CallsDocument(calls=entries))

    async def swaps(self, _request: Request) -> Response:
        entries = [swap_entry(swap, self._inventory()) for swap in self._acts.swaps()]
        return JSONResponse(SwapsDocument(overrides=entries))

    async def swap(self, request: Request) -> Response:
        body = await read(request, SwapBody)
        zone = self._inventory().timezone
        start = instant("from", body.from_, parse_start, zone) if body.from_ else None
        span = Span(start, instant("until", body.until, parse_end, zone))
        ruling = await self._acts.swap(body.roster, body.contacts, span, body.by)
        known = self._inventory().contacts
        stranger = next((name for name in body.contacts if name not in known), "")
        return self._answer(ruling, roster=body.roster, contact=stranger)

    async def take_back(self, request: Request) -> Response:
        number = request.path_params["number"]
        body = await read(request, ByBody)
        return self._answer(await self._acts.take_back_swap(number, body.by), number=number)

    async def take(self, request: Request) -> Response:
        incident = request.path_params["incident"]
        body = await read(request, TakeBody)
        ruling = await self._acts.take(
            incident,
            body.for_,
            eta=seconds("eta", body.eta) if body.eta is not None else None,
            via=Via(body.via) if body.via else Via.PHONE if body.for_ else Via.COMMAND,
            by=body.by,
            note=body.note,
        )
        return self._answer(ruling, incident=incident, contact=body.for_)

    async def decline(self, request: Request) -> Response:
        incident = request.path_params["incident"]
        body = await read(request, DeclineBody)
        ruling = await self._acts.decline(incident, body.for_, body.by)
        return self._answer(ruling, incident=incident, contact=body.for_)

    async def close(self, request: Request) -> Response:
        incident = request.path_params["incident"]
        body = await read(request, CloseBody)
        ruling = await self._acts.close_incident(incident, body.reason, body.by)
        return self._answer(ruling, incident=incident)

    def _answer(self, ruling: Ruling, **named: object) -> Response:
        code, document = ruled(ruling, self._inventory(), **named)
        return JSONResponse(document, status_code=code)
