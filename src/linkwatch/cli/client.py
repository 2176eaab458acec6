"""The running daemon, spoken to over its socket file."""

import json
import os
import socket
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, cast

from linkwatch.cli.options import Code, fail
from linkwatch.host.files import FilesError, runtime_directory

if TYPE_CHECKING:
    from linkwatch.web.acts import TriedEntry
    from linkwatch.web.statusentries import StatusDocument

SOCKET = "linkwatch.sock"
_SERVICE_DIRECTORY = Path("/run/linkwatch")
_ANSWER_WITHIN = 10.0
_RELOAD_WITHIN = 120.0
_TRIED_WITHIN = 45.0
"""More than the daemon waits for the channels' answers."""
_SILENT_FOR = 30.0
"""s after which a recording, that goes on even where nothing is measured, has broken off."""
_PIECE = 1 << 16


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
    return service if not asked_for and not _is_there(own) and _is_there(service) else own


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:
        # Behind a door that is closed to us: connecting says so in words.
        return True


def fetch_status(given: Path | None) -> "StatusDocument":
    """The status document; ends the command where no daemon answers."""
    code, body = _ask("GET", "/api/v1/status", socket_path(given), _ANSWER_WITHIN)
    if code != 200:
        fail(f"the daemon answered {code} to a question about its status", Code.NO)
    return cast("StatusDocument", json.loads(body))


def request_reload(given: Path | None) -> tuple[bool, str, list[str]]:
    """The daemon's verdict on its configuration: taken, in a word what changed, problems."""
    code, body = _ask("POST", "/api/v1/reload", socket_path(given), _RELOAD_WITHIN)
    if code not in (200, 409):
        fail(f"the daemon answered {code} to the request to reload", Code.NO)
    verdict = json.loads(body)
    return bool(verdict["taken"]), str(verdict["summary"]), [str(p) for p in verdict["problems"]]


def confirm_boost(given: Path | None, word: Mapping[str, str | int | None]) -> bool:
    """Hand somebody's word on a boost over; whether it is written. Ends the command if refused."""
    code, body = _ask(
        "POST",
        "/api/v1/boosts/confirm",
        socket_path(given),
        _ANSWER_WITHIN,
        json.dumps(word).encode(),
    )
    if code not in (200, 400, 404, 409):
        fail(f"the daemon answered {code} to the confirmation", Code.NO)
    verdict = json.loads(body)
    if code == 400:
        fail("; ".join(f"{place}: {what}" for place, what in verdict["problems"].items()))
    if code != 200:
        fail(f"not confirmed: {_REFUSALS.get(verdict['reason'], verdict['reason'])}", Code.NO)
    return bool(verdict["written"])


def send_test(given: Path | None, contact: str, *, dry_run: bool) -> "list[TriedEntry]":
    """What became of a test by each of the contact's channels; ends the command if refused."""
    code, body = _ask(
        "POST",
        "/api/v1/contacts/test",
        socket_path(given),
        _TRIED_WITHIN,
        json.dumps({"contact": contact, "dry_run": dry_run}).encode(),
    )
    if code not in (200, 400, 404):
        fail(f"the daemon answered {code} to the request for a test", Code.NO)
    verdict = json.loads(body)
    if code == 400:
        fail("; ".join(f"{place}: {what}" for place, what in verdict["problems"].items()))
    if code == 404:
        fail(f"the configuration in force has no contact {contact}", Code.NO)
    return cast("list[TriedEntry]", verdict["messages"])


def record(given: Path | None, seconds: float | None) -> Generator[bytes, None, None]:
    """What the daemon measures from now on, for so long; ends the command where it cannot."""
    path = "/api/v1/recording" + ("" if seconds is None else f"?seconds={seconds}")
    with _connected(socket_path(given), _SILENT_FOR) as connection:
        connection.request("POST", path)
        answer = connection.getresponse()
        if answer.status == 409:
            fail("the daemon is being recorded already: one recording at a time", Code.NO)
        if answer.status != 200:
            fail(f"the daemon answered {answer.status} to the wish to record it", Code.NO)
        while piece := answer.read1(_PIECE):
            yield piece


def end_recording(given: Path | None) -> None:
    """Let the recording under way come to its end."""
    code, _ = _ask("DELETE", "/api/v1/recording", socket_path(given), _ANSWER_WITHIN)
    if code != 204:
        fail(f"the daemon answered {code} to the wish to end the recording", Code.NO)


_REFUSALS = {
    "unknown_link": "the configuration in force has no such link",
    "no_boost": "no boost of that link is in force now (linkwatch boost list)",
    "not_above_normal": "that rate is not above the normal one, so it proves no boost",
}


class _Connection(HTTPConnection):
    """HTTP over a socket file."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("linkwatch", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _ask(
    method: str, path: str, at: Path, within: float, body: bytes | None = None
) -> tuple[int, bytes]:
    with _connected(at, within) as connection:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()


@contextmanager
def _connected(at: Path, within: float) -> Iterator[_Connection]:
    """A connection whose failures end the command in words."""
    connection = _Connection(at, within)
    try:
        yield connection
    except TimeoutError:
        fail(f"the daemon at {at} gave no answer within {within:.0f} s", Code.NO)
    except PermissionError:
        fail(
            f"{at} may be used by its owner and its group only (for the service: linkwatch)",
            Code.NO,
        )
    except (FileNotFoundError, ConnectionRefusedError):
        fail(f"no daemon is listening on {at} (start it with: linkwatch run)", Code.NO_DAEMON)
    except (OSError, HTTPException) as error:
        fail(f"the daemon at {at} broke off: {error or type(error).__name__}", Code.NO)
    finally:
        connection.close()
