"""Logging: one structlog pipeline for our own and every library's records, to standard error.

Values may hold what a device or a peer sent, so nothing leaves unescaped; keys that are named like
secrets lose their value, as the last net under code that never logs one.
"""

import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import tzinfo
from math import isfinite
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from linkwatch.message.inert import printable
from linkwatch.model.secret import SecretRef
from linkwatch.ports import Clock

SECRET_KEY = re.compile(
    r"(^|[_-])(pass(word|wd|phrase)?|secrets?|tokens?|community|api_?key|auth_?key|priv(acy)?_?key"
    r"|signing_?key|credentials?|authorization|cookie)($|[_-])",
    re.IGNORECASE,
)
REDACTED = "[redacted]"
FIRST_KEYS = ("timestamp", "level", "logger", "event")


def configure(
    clock: Clock, *, stream: TextIO | None = None, zone: tzinfo | None = None, level: str = "INFO"
) -> None:
    """Send all logging to `stream` (standard error), times in `zone` (the machine's own).

    JSON, one object a line, unless the stream is a terminal. Libraries are heard from WARNING on,
    linkwatch from `level` on. May be called again, to change any of it.
    """
    out = sys.stderr if stream is None else stream
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        _Stamp(clock, zone),
    ]
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                format_exception,
                redact,
                escape,
                _renderer(out),
            ],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("linkwatch").setLevel(level)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Take the value from every key named like a secret; a reference to one is safe to show."""
    return {key: _redacted(key, value) for key, value in event.items()}


def escape(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Make every key and value plain data without control characters; the same keys come first."""
    ordered = {key: event[key] for key in FIRST_KEYS if key in event} | dict(event)
    return {printable(str(key)): _escaped(key, value) for key, value in ordered.items()}


def format_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Turn `exc_info` into text whose lines, and only they, stand behind a bar.

    A message with line breaks of its own can so not pass for a record. No local variables.
    """
    info: object = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        lines = "".join(traceback.format_exception(error)).split("\n")
        event["exception"] = _Traceback("\n".join(f"| {printable(x)}" for x in lines if x))
    return event


class _Traceback(str):
    """Escaped already, and the only text whose line breaks are ours."""

    __slots__ = ()


class _Stamp:
    """Adds the time, RFC 3339 with offset."""

    def __init__(self, clock: Clock, zone: tzinfo | None) -> None:
        self._clock = clock
        self._zone = zone

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        wall = self._clock.now().wall.astimezone(self._zone)
        event["timestamp"] = wall.isoformat(timespec="milliseconds")
        return event


def _renderer(stream: TextIO) -> Processor:
    if not stream.isatty():
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors="NO_COLOR" not in os.environ)


def _redacted(key: object, value: object) -> object:
    if isinstance(value, SecretRef):
        return str(value)
    if SECRET_KEY.search(str(key)):
        return REDACTED
    if isinstance(value, Mapping):
        return {inner: _redacted(inner, item) for inner, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted("", item) for item in value]
    return value


def _escaped(key: str, value: object) -> object:
    if isinstance(value, _Traceback):
        return value
    # A terminal shows these two on lines of their own.
    return f"| {_plain(value)}" if key in ("exception", "stack") else _plain(value)


def _plain(value: object) -> object:
    if value is None or isinstance(value, int) or (isinstance(value, float) and isfinite(value)):
        return value
    if isinstance(value, Mapping):
        return {printable(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return printable(str(value))
