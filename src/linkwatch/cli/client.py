"""The running daemon, spoken to over its socket file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, cast

from linkwatch.cli.options import Code, fail
from linkwatch.host.files import FilesError, runtime_directory

if TYPE_CHECKING:
    import httpx

    from linkwatch.web.statusdoc import StatusDocument

SOCKET = "linkwatch.sock"
_SERVICE_DIRECTORY = Path("/run/linkwatch")
_ANSWER_WITHIN = 10.0
_RELOAD_WITHIN = 120.0


def socket_path(given: Path | None) -> Path:
    """The socket file: as given, else ours, else the system service's."""
    if given is not None:
        return given
    try:
        own = runtime_directory(os.environ) / SOCKET
    except FilesError as error:
        fail(str(error))
    service = _SERVICE_DIRECTORY / SOCKET
    asked_for = "RUNTIME_DIRECTORY" in os.environ
    return service if not asked_for and not own.exists() and service.exists() else own


def fetch_status(given: Path | None) -> "StatusDocument":
    """The status document; ends the command where no daemon answers."""
    answer = _ask("GET", "/api/v1/status", socket_path(given), _ANSWER_WITHIN)
    if answer.status_code != 200:
        fail(f"the daemon answered {answer.status_code} to a question about its status", Code.NO)
    return cast("StatusDocument", answer.json())


def request_reload(given: Path | None) -> tuple[bool, str, list[str]]:
    """The daemon's verdict on its configuration: taken, in a word what changed, problems."""
    answer = _ask("POST", "/api/v1/reload", socket_path(given), _RELOAD_WITHIN)
    if answer.status_code not in (200, 409):
        fail(f"the daemon answered {answer.status_code} to the request to reload", Code.NO)
    verdict = answer.json()
    return bool(verdict["taken"]), str(verdict["summary"]), [str(p) for p in verdict["problems"]]


def _ask(method: str, path: str, socket: Path, timeout: float) -> "httpx.Response":
    import httpx  # noqa: PLC0415  only these commands need it, and help should come at once

    try:
        with httpx.Client(
            transport=httpx.HTTPTransport(uds=str(socket)),
            base_url="http://linkwatch",
            timeout=timeout,
        ) as client:
            return client.request(method, path)
    except httpx.TimeoutException:
        fail(f"the daemon at {socket} gave no answer within {timeout:.0f} s", Code.NO)
    except httpx.ConnectError as error:
        if isinstance(_root(error), PermissionError):
            fail(f"{socket} may be used by its owner and group only: join the group", Code.NO)
        fail(f"no daemon is listening on {socket} (start it with: linkwatch run)", Code.NO_DAEMON)
    except httpx.HTTPError as error:
        fail(f"the daemon at {socket} broke off: {error}", Code.NO)


def _root(error: BaseException) -> BaseException:
    """The exception all began with."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error
