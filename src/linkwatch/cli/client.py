"""The running daemon, spoken to over its socket file."""

import json
import os
import socket
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, cast

from linkwatch.cli.options import Code, fail
from linkwatch.host.files import FilesError, runtime_directory
from linkwatch.model.ids import ContactId, RosterId
from linkwatch.model.moment import Span
from linkwatch.model.people import Swap

if TYPE_CHECKING:
    from linkwatch.web.acts import TriedEntry
    from linkwatch.web.maintenance import WorksDocument
    from linkwatch.web.oncall import CallsDocument, SwapsDocument
    from linkwatch.web.rulings import RulingDocument, SwapEntry
    from linkwatch.web.statusentries import StatusDocument

SOCKET = "linkwatch.sock"
_SERVICE_DIRECTORY = Path("/run/linkwatch")
_ANSWER_WITHIN = 10.0
_RELOAD_WITHIN = 120.0
_RULED = (200, 404, 409, 422)
_SWAPS = "/api/v1/oncall/overrides"
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


def fetch_calls(given: Path | None) -> "CallsDocument":
    """Whom to call; ends the command where no daemon answers."""
    code, body = _ask("GET", "/api/v1/calls", socket_path(given), _ANSWER_WITHIN)
    if code != 200:
        fail(f"the daemon answered {code} to a question about its call list", Code.NO)
    return cast("CallsDocument", json.loads(body))


def fetch_swaps(given: Path | None) -> "SwapsDocument":
    """Overrides of duty made by command; ends the command where no daemon answers."""
    code, body = _ask("GET", _SWAPS, socket_path(given), _ANSWER_WITHIN)
    if code != 200:
        fail(f"the daemon answered {code} to a question about its overrides", Code.NO)
    return cast("SwapsDocument", json.loads(body))


def fetch_works(given: Path | None) -> "WorksDocument":
    """Announced work that is not over; ends the command where no daemon answers."""
    code, body = _ask("GET", "/api/v1/maintenance", socket_path(given), _ANSWER_WITHIN)
    if code != 200:
        fail(f"the daemon answered {code} to a question about announced work", Code.NO)
    return cast("WorksDocument", json.loads(body))


def known_swaps(given: Path | None) -> tuple[list[Swap], str]:
    """Overrides made by command; none, and why, where no daemon tells."""
    try:
        code, body = _exchange("GET", _SWAPS, socket_path(given), _ANSWER_WITHIN)
    except DaemonError as error:
        return [], str(error)
    if code != 200:
        return [], f"the daemon answered {code}"
    document = cast("SwapsDocument", json.loads(body))
    return [_swap(entry) for entry in document["overrides"]], ""


def _swap(entry: "SwapEntry") -> Swap:
    start, end = (
        datetime.fromisoformat(at) if at else None for at in (entry["since"], entry["until"])
    )
    return Swap(
        entry["number"],
        RosterId(entry["roster"]),
        ContactId(entry["contact"]),
        Span(start, end),
        entry["by"],
        datetime.fromisoformat(entry["made_at"]),
    )


def ask_for(act: str, given: Path | None, **body: object) -> "RulingDocument":
    """Have something done; ends the command, with the daemon's reason, where it is not."""
    code, ruling = try_for(act, given, **body)
    if not ruling["done"]:
        fail(ruling["message"], Code.BAD_INPUT if code in (404, 422) else Code.NO)
    return ruling


def try_for(act: str, given: Path | None, **body: object) -> tuple[int, "RulingDocument"]:
    """Ask for something; what came of it, with the answer's code."""
    told = {name.rstrip("_"): value for name, value in body.items() if value is not None}
    code, answer = _ask("POST", f"/api/v1/{act}", socket_path(given), _ANSWER_WITHIN, told)
    if code not in _RULED:
        fail(f"the daemon answered {code} to the request", Code.NO)
    return code, cast("RulingDocument", json.loads(answer))


def confirm_boost(given: Path | None, word: Mapping[str, str | int | None]) -> bool:
    """Hand somebody's word on a boost over; whether it is written. Ends the command if refused."""
    code, body = _ask(
        "POST",
        "/api/v1/boosts/confirm",
        socket_path(given),
        _ANSWER_WITHIN,
        word,
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
        {"contact": contact, "dry_run": dry_run},
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
    try:
        with _connected(socket_path(given), _SILENT_FOR) as connection:
            connection.request("POST", path)
            answer = connection.getresponse()
            if answer.status == 409:
                fail("the daemon is being recorded already: one recording at a time", Code.NO)
            if answer.status != 200:
                fail(f"the daemon answered {answer.status} to the wish to record it", Code.NO)
            while piece := answer.read1(_PIECE):
                yield piece
    except DaemonError as error:
        fail(str(error), error.code)


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


class DaemonError(Exception):
    """The daemon gave no answer; the message is one line."""

    def __init__(self, message: str, code: Code = Code.NO) -> None:
        super().__init__(message)
        self.code = code


def _ask(
    method: str, path: str, at: Path, within: float, body: Mapping[str, object] | None = None
) -> tuple[int, bytes]:
    """The answer's status and body; ends the command where there is none."""
    try:
        return _exchange(method, path, at, within, body)
    except DaemonError as error:
        fail(str(error), error.code)


def _exchange(
    method: str, path: str, at: Path, within: float, body: Mapping[str, object] | None = None
) -> tuple[int, bytes]:
    with _connected(at, within) as connection:
        connection.request(method, path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        return answer.status, answer.read()


@contextmanager
def _connected(at: Path, within: float) -> Iterator[_Connection]:
    """A connection whose failures are put in words; DaemonError."""
    connection = _Connection(at, within)
    try:
        yield connection
    except TimeoutError:
        raise DaemonError(f"the daemon at {at} gave no answer within {within:.0f} s") from None
    except PermissionError:
        raise DaemonError(
            f"{at} may be used by its owner and its group only (for the service: linkwatch)"
        ) from None
    except (FileNotFoundError, ConnectionRefusedError):
        raise DaemonError(
            f"no daemon is listening on {at} (start it with: linkwatch run)", Code.NO_DAEMON
        ) from None
    except (OSError, HTTPException) as error:
        raise DaemonError(
            f"the daemon at {at} broke off: {error or type(error).__name__}"
        ) from None
    finally:
        connection.close()
