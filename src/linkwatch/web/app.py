"""Two ASGI apps over one Control: one to read (TCP), one that may also act (the socket file)."""

from collections.abc import AsyncIterator, Callable, Iterator

from anyio.lowlevel import checkpoint
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from linkwatch import __version__
from linkwatch.model.inventory import Inventory
from linkwatch.ports import Control
from linkwatch.web import acts, statusdoc
from linkwatch.web.ackpage import AckDoor
from linkwatch.web.maintenance import MaintenanceDoors
from linkwatch.web.metrics import MetricsObserver
from linkwatch.web.negotiation import asked
from linkwatch.web.oncall import OncallDoors
from linkwatch.wire.acktoken import Addressed

_INDEX = f"""linkwatch {__version__}

/metrics        figures for Prometheus
/healthz        whether the process makes progress
/readyz         whether it watches every link and can write its store
/api/v1/status  what is wrong now (JSON)
/ack/TOKEN      answers for one incident (the link in a message)
"""


def public_app(
    control: Control,
    metrics: MetricsObserver,
    inventory: Callable[[], Inventory],
    beat: Callable[[str], bool],
    addressed: Callable[[str], Addressed | None],
) -> Starlette:
    """What anybody who reaches the TCP port may read; only who has a token tells us anything.

    `beat` takes a site's token and says whether it is known, `addressed` reads that of a signed
    link: whose answer it gives.
    """

    async def take_beat(request: Request) -> Response:
        known = beat(request.path_params["token"])
        return PlainTextResponse("ok\n") if known else PlainTextResponse("no\n", status_code=404)

    routes = _Doors(control, metrics, inventory).read_routes()
    beats = Route("/beat/{token}", take_beat, methods=["GET", "POST"])
    return _app([*routes, beats, *AckDoor(control, addressed, inventory).routes()])


def control_app(
    control: Control, metrics: MetricsObserver, inventory: Callable[[], Inventory]
) -> Starlette:
    """The same, and what a local user with access to the socket file may ask for."""
    doors = _Doors(control, metrics, inventory)

    async def confirm_boost(request: Request) -> Response:
        return await acts.confirm_boost(control, request)

    async def try_channels(request: Request) -> Response:
        return await acts.try_channels(control, request)

    async def record(request: Request) -> Response:
        return acts.record(control, request)

    async def end_recording(_request: Request) -> Response:
        control.end_recording()
        return Response(status_code=204)

    return _app(
        [
            *doors.read_routes(),
            Route("/api/v1/reload", doors.reload, methods=["POST"]),
            Route("/api/v1/boosts/confirm", confirm_boost, methods=["POST"]),
            *OncallDoors(control, inventory).routes(),
            *MaintenanceDoors(control, inventory).routes(),
            Route("/api/v1/contacts/test", try_channels, methods=["POST"]),
            Route("/api/v1/recording", record, methods=["POST"]),
            Route("/api/v1/recording", end_recording, methods=["DELETE"]),
        ]
    )


class _Doors:
    """The endpoints; `inventory` gives the one in force."""

    def __init__(
        self, control: Control, metrics: MetricsObserver, inventory: Callable[[], Inventory]
    ) -> None:
        self._control = control
        self._metrics = metrics
        self._inventory = inventory

    def read_routes(self) -> list[Route]:
        return [
            Route("/", self.index),
            Route("/metrics", self.metrics),
            Route("/healthz", self.healthz),
            Route("/readyz", self.readyz),
            Route("/api/v1/status", self.status),
        ]

    async def index(self, _request: Request) -> Response:
        return PlainTextResponse(_INDEX)

    async def metrics(self, request: Request) -> Response:
        written_in = asked(request.headers.get("accept", ""))
        chunks = _in_turns(self._metrics.exposition(written_in))
        return StreamingResponse(chunks, headers={"content-type": written_in.value})

    async def healthz(self, _request: Request) -> Response:
        if self._control.healthy():
            return PlainTextResponse("ok\n")
        return PlainTextResponse("the loops make no progress\n", status_code=503)

    async def readyz(self, _request: Request) -> Response:
        ready, detail = self._control.readiness()
        if ready:
            return PlainTextResponse("ready\n")
        return PlainTextResponse(f"not ready: {detail}\n", status_code=503)

    async def status(self, _request: Request) -> Response:
        document = statusdoc.render(
            self._control.status(), self._inventory(), self._metrics.state_since
        )
        return StreamingResponse(_in_turns(document), media_type="application/json")

    async def reload(self, _request: Request) -> Response:
        verdict = await self._control.reload()
        return JSONResponse(
            {
                "taken": verdict.taken,
                "summary": verdict.summary,
                "problems": list(verdict.problems),
            },
            status_code=200 if verdict.taken else 409,
        )


async def _in_turns(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Let the probe loop run between two chunks: writing to a fast reader never waits."""
    for chunk in chunks:
        if chunk:
            yield chunk
        await checkpoint()


def _app(routes: list[Route]) -> Starlette:
    return Starlette(routes=list(routes), middleware=[Middleware(_SecurityHeaders)])


class _SecurityHeaders:
    """No script, no frame, no guessing, no cache; a page says what it needs itself."""

    HEADERS = (
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    )

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.HEADERS:
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
