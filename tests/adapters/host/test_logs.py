"""One pipeline to one stream: JSON or a terminal's colours, nothing hostile, nothing secret."""

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import structlog

from linkwatch.host.logs import REDACTED, configure
from linkwatch.model.moment import Moment
from linkwatch.model.secret import SecretRef, SecretSource

HIDDEN = "not-for-the-log"
ESCAPE_SEQUENCE = "\x1b[2J"


class StoppedClock:
    """Always 07:30:10.512 in Viet Nam on the day of the conference."""

    def now(self) -> Moment:
        return Moment(0.0, datetime(2021, 5, 15, 0, 30, 10, 512000, tzinfo=UTC))

    async def sleep_until(self, monotonic: float) -> None:
        raise AssertionError(f"nobody should sleep until {monotonic}")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.getLogger("linkwatch").setLevel(logging.NOTSET)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def fail(message: str) -> None:
    raise ValueError(message)


def logged(stream: io.StringIO) -> dict[str, object]:
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1
    entry: dict[str, object] = json.loads(lines[0])
    return entry


@pytest.fixture
def stream() -> io.StringIO:
    out = io.StringIO()
    configure(StoppedClock(), stream=out, zone=ZoneInfo("Asia/Ho_Chi_Minh"))
    return out


def test_a_record_is_one_json_object_with_an_offset(stream: io.StringIO) -> None:
    structlog.get_logger("linkwatch.probe").info("điểm cầu đã sẵn sàng", link="chu-se-wan", lost=0)
    entry = logged(stream)
    assert list(entry)[:4] == ["timestamp", "level", "logger", "event"]
    assert entry == {
        "event": "điểm cầu đã sẵn sàng",
        "link": "chu-se-wan",
        "lost": 0,
        "level": "info",
        "logger": "linkwatch.probe",
        "timestamp": "2021-05-15T07:30:10.512+07:00",
    }


@pytest.mark.parametrize("library", ["uvicorn.error", "apscheduler.scheduler", "alembic", "httpx"])
def test_libraries_share_the_pipeline_from_warning_on(stream: io.StringIO, library: str) -> None:
    logging.getLogger(library).info("chatter")
    logging.getLogger(library).warning("listening on %s", "127.0.0.1\n")
    entry = logged(stream)
    assert entry["event"] == "listening on 127.0.0.1\\x0a"
    assert entry["logger"] == library


def test_foreign_text_moves_no_cursor_and_breaks_no_line() -> None:
    for out in (io.StringIO(), Terminal()):
        configure(StoppedClock(), stream=out)
        structlog.get_logger("linkwatch.snmp").warning(
            f"answer {ESCAPE_SEQUENCE}",
            alias=f"{ESCAPE_SEQUENCE}\r\n2021-05-15 level=info all is well\x9b31m\u202e\u2028",
            exception=f"2021-05-15 forged\n{ESCAPE_SEQUENCE}",
            stack=f"2021-05-15 forged\n{ESCAPE_SEQUENCE}",
            nested={"rows": [f"\x07{ESCAPE_SEQUENCE}"]},
            raised=ValueError(ESCAPE_SEQUENCE),
        )
        text = out.getvalue()
        bars = [line for line in text.splitlines()[1:] if set(line) != {"="}]
        assert all(line.startswith("| ") for line in bars if line)
        assert ESCAPE_SEQUENCE not in text
        assert not set("\r\x07\x9b\u202e\u2028") & set(text)


def test_a_traceback_keeps_its_lines_behind_a_bar() -> None:
    out = Terminal()
    configure(StoppedClock(), stream=out)
    try:
        fail(f"bad\n2021-05-15 forged record {ESCAPE_SEQUENCE}")
    except ValueError:
        structlog.get_logger("linkwatch").exception("poll failed")
    first, *rest = out.getvalue().splitlines()
    assert "poll failed" in first
    assert rest
    assert all(line.startswith("| ") for line in rest)
    assert rest[-2:] == ["| ValueError: bad", "| 2021-05-15 forged record \\x1b[2J"]
    assert ESCAPE_SEQUENCE not in out.getvalue()


def test_no_local_variable_of_a_traceback_is_shown(stream: io.StringIO) -> None:
    password = HIDDEN
    try:
        fail(f"{len(password)} characters")
    except ValueError:
        structlog.get_logger("linkwatch").exception("login failed")
    assert HIDDEN not in stream.getvalue()
    assert "ValueError: 15 characters" in str(logged(stream)["exception"])


@pytest.mark.parametrize(
    "key",
    ["password", "community", "api_key", "privacy_key", "Authorization", "hook-secret", "token"],
)
def test_a_key_named_like_a_secret_loses_its_value(stream: io.StringIO, key: str) -> None:
    structlog.get_logger("linkwatch").info("x", **{key: HIDDEN}, nested=[{key: HIDDEN}])
    entry = logged(stream)
    assert entry[key] == REDACTED
    assert entry["nested"] == [{key: REDACTED}]
    assert HIDDEN not in stream.getvalue()


def test_a_key_that_only_looks_similar_keeps_its_value(stream: io.StringIO) -> None:
    structlog.get_logger("linkwatch").info("x", passed=3, key="LW-000123:opened", tokenised="no")
    entry = logged(stream)
    assert (entry["passed"], entry["key"], entry["tokenised"]) == (3, "LW-000123:opened", "no")


def test_a_reference_to_a_secret_is_shown(stream: io.StringIO) -> None:
    structlog.get_logger("linkwatch").info("x", secret=SecretRef(SecretSource.ENV, "HOOK_SECRET"))
    assert "env:HOOK_SECRET" in logged(stream).values()


def test_what_json_cannot_hold_becomes_text(stream: io.StringIO) -> None:
    structlog.get_logger("linkwatch").info(
        "x", ratio=float("nan"), at=datetime(2021, 5, 15, tzinfo=UTC)
    )
    entry = logged(stream)
    assert entry["ratio"] == "nan"
    assert entry["at"] == "2021-05-15 00:00:00+00:00"


def test_a_terminal_gets_colours_unless_they_are_unwanted(monkeypatch: pytest.MonkeyPatch) -> None:
    colour = re.compile(r"\x1b\[\d+m")
    monkeypatch.delenv("NO_COLOR", raising=False)
    bright = Terminal()
    configure(StoppedClock(), stream=bright)
    structlog.get_logger("linkwatch").info("started")
    assert colour.search(bright.getvalue())

    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    configure(StoppedClock(), stream=plain)
    structlog.get_logger("linkwatch").info("started")
    assert not colour.search(plain.getvalue())
    assert "started" in plain.getvalue()
