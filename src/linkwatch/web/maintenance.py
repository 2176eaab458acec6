"""Announced work over the socket file: listed, announced, agreed to, ended."""

from collections.abc import Callable, Container, Sequence
from typing import TypedDict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from linkwatch.config.localtime import parse_end, parse_start
from linkwatch.model.ids import CarrierId, LinkId, SiteId
from linkwatch.model.inventory import Inventory
from linkwatch.model.maintenance import Maintenance
from linkwatch.model.moment import Span
from linkwatch.ports import Acts, Ruling
from linkwatch.web.requests import AcceptBody, ByBody, WorkBody, instant, read
from linkwatch.web.rulings import ruled, shared_risks, understood
from linkwatch.web.workentries import WorkEntry, work_entry

PATH = "/api/v1/maintenance"


class WorksDocument(TypedDict):
    """`GET /api/v1/maintenance`."""

    maintenance: list[WorkEntry]


class MaintenanceDoors:
    """The endpoints; `inventory` gives the one in force."""

    def __init__(self, acts: Acts, inventory: Callable[[], Inventory]) -> None:
        self._acts = acts
        self._inventory = inventory

    def routes(self) -> list[Route]:
        """For the socket file's app."""
        doors = {
            PATH: self.announce,
            f"{PATH}/{{number:int}}/accept": self.accept,
            f"{PATH}/{{number:int}}/end": self.end,
        }
        return [
            Route(PATH, self.works, methods=["GET"]),
            *(Route(path, understood(door), methods=["POST"]) for path, door in doors.items()),
        ]

    async def works(self, _request: Request) -> Response:
        entries = [work_entry(work, self._inventory()) for work in self._acts.works()]
        return JSONResponse(WorksDocument(maintenance=entries))

    async def announce(self, request: Request) -> Response:
        body, whole = await read(request, WorkBody), self._inventory()
        zone = whole.timezone
        start = instant("from", body.from_, parse_start, zone) if body.from_ else None
        work = Maintenance(
            span=Span(start, instant("until", body.until, parse_end, zone)),
            links=frozenset(map(LinkId, body.links)),
            sites=frozenset(map(SiteId, body.sites)),
            carrier=CarrierId(body.carrier) if body.carrier is not None else None,
            shared_risk=frozenset(body.shared_risk),
            reference=body.reference,
            accepted_by=body.accepted_by,
            by=body.by,
        )
        return self._answer(
            await self._acts.announce_work(work),
            link=_stranger(body.links, whole.links),
            site=_stranger(body.sites, whole.sites),
            carrier=body.carrier,
            risk=_stranger(body.shared_risk, shared_risks(whole)),
        )

    async def accept(self, request: Request) -> Response:
        number = request.path_params["number"]
        body = await read(request, AcceptBody)
        ruling = await self._acts.accept_work(number, body.accepted_by, body.by)
        return self._answer(ruling, number=number)

    async def end(self, request: Request) -> Response:
        number = request.path_params["number"]
        body = await read(request, ByBody)
        return self._answer(await self._acts.end_work(number, body.by), number=number)

    def _answer(self, ruling: Ruling, **named: object) -> Response:
        code, document = ruled(ruling, self._inventory(), **named)
        return JSONResponse(document, status_code=code)


def _stranger(names: Sequence[str], known: Container[str]) -> str:
    return next((name for name in names if name not in known), "")
