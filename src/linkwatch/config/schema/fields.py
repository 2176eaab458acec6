"""The kinds of values a key can hold: each reads the text as it stands in the file.

YAML's own typing is never used (`+84000000001` and `no` stay what they are), so every reader takes
a text and returns the value or raises the project's own message.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from linkwatch.config import localtime, names, scalars, units
from linkwatch.config.badvalue import BadValueError
from linkwatch.config.secretform import parse_secret
from linkwatch.model.people import DailyHours
from linkwatch.model.secret import SecretRef
from linkwatch.model.topology import SnmpVersion

OWN_ERROR = "linkwatch"
"""Type of the pydantic errors whose context holds our own `message` and `hint`."""

T = TypeVar("T")
MAX = "max"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document is read with: pydantic's validation context."""

    zone: ZoneInfo
    salvaging: bool = False
    """The mistakes are told already: an id may have any form, so that its entry stays."""


def _own_error(error: BadValueError) -> PydanticCustomError:
    return PydanticCustomError(
        OWN_ERROR, "{message}", {"message": error.message, "hint": error.hint}
    )


def scalar(value: object) -> str:
    """The text of a plain value; a list, a mapping or nothing is the administrator's mistake."""
    if isinstance(value, str):
        return value
    if value is None:
        raise _own_error(BadValueError("has no value"))
    kind = "list" if isinstance(value, list) else "mapping"
    raise _own_error(BadValueError(f"is a {kind} where a single value is due"))


def _read(parse: Callable[[str], T]) -> PlainValidator:
    def validate(value: object) -> T:
        text = scalar(value)
        try:
            return parse(text)
        except BadValueError as error:
            raise _own_error(error) from None

    return PlainValidator(validate)


def read_by(parse: Callable[[str], T]) -> PlainValidator:
    """For fields of other schemas: `parse` reads the text, or raises BadValueError."""
    return _read(parse)


def _read_local(parse: Callable[[str, ZoneInfo], T]) -> PlainValidator:
    def validate(value: object, info: ValidationInfo) -> T:
        text = scalar(value)
        if not isinstance(info.context, Reading):
            raise TypeError("local times are read with a Reading as context")
        try:
            return parse(text, info.context.zone)
        except BadValueError as error:
            raise _own_error(error) from None

    return PlainValidator(validate)


def _validate_id(value: object, info: ValidationInfo) -> str:
    text = scalar(value)
    if isinstance(info.context, Reading) and info.context.salvaging:
        return text
    try:
        return names.parse_id(text)
    except BadValueError as error:
        raise _own_error(error) from None


def _validate_secret(value: object) -> SecretRef:
    try:
        return parse_secret(value)
    except BadValueError as error:
        raise _own_error(error) from None


def _text_of(form: str, **more: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": form, **more})


def _number_or_text(form: str) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"type": "string", "pattern": form}, {"const": 0}]})


def _whole(low: int, high: int) -> PlainValidator:
    return _read(lambda text: scalars.parse_whole(text, low, high))


def _whole_schema(low: int, high: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "integer", "minimum": low, "maximum": high})


def _number(low: float, high: float) -> PlainValidator:
    return _read(lambda text: scalars.parse_number(text, low, high))


def _number_schema(low: float, high: float) -> WithJsonSchema:
    return WithJsonSchema({"type": "number", "minimum": low, "maximum": high})


_STRING = WithJsonSchema({"type": ["string", "number"], "minLength": 1})
_URL = WithJsonSchema({"type": "string", "format": "uri"})
_SECRET_SCHEMA: Mapping[str, object] = {
    "description": "Where the secret is kept, never the secret itself.",
    "oneOf": [
        {
            "type": "object",
            "properties": {source: {"type": "string"}},
            "required": [source],
            "additionalProperties": False,
        }
        for source in ("env", "file", "credential")
    ],
}

Text = Annotated[str, _read(scalars.parse_text), _STRING]
Duration = Annotated[float, _read(units.parse_duration), _number_or_text(units.DURATION_PATTERN)]
Pace = Annotated[float, _read(scalars.parse_pace), _text_of(units.DURATION_PATTERN)]
Ratio = Annotated[float, _read(units.parse_ratio), _number_or_text(units.RATIO_PATTERN)]
Rate = Annotated[int, _read(scalars.parse_contracted), _text_of(units.RATE_PATTERN)]
RateOrMax = Annotated[
    int | Literal["max"],
    _read(lambda text: MAX if text == MAX else scalars.parse_contracted(text)),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": units.RATE_PATTERN}, {"const": MAX}]}),
]
Id = Annotated[str, PlainValidator(_validate_id), _text_of(names.ID_PATTERN)]
Reference = Annotated[str, _read(scalars.parse_text), _text_of(names.ID_PATTERN)]
"""An id that another entry must have: its form is that entry's matter."""
Phone = Annotated[str, _read(names.parse_phone), _text_of(names.PHONE_PATTERN)]
Email = Annotated[
    str, _read(names.parse_email), WithJsonSchema({"type": "string", "format": "email"})
]
Host = Annotated[str, _read(names.parse_host), _STRING]
LabelName = Annotated[str, _read(names.parse_label), _text_of(names.LABEL_PATTERN)]
ProbedHost = Annotated[str, _read(names.parse_probed_host), _STRING]
Source = Annotated[str, _read(names.parse_source), _STRING]
Listen = Annotated[
    tuple[str, int], _read(names.parse_listen), _text_of(r"^(\[[0-9a-fA-F:.]+\]|[^:]+):\d{1,5}$")
]
HttpUrl = Annotated[str, _read(names.parse_http_url), _URL]
StoreUrl = Annotated[str, _read(names.parse_store_url), _text_of(r"^sqlite:///.+$")]
Secret = Annotated[
    SecretRef, PlainValidator(_validate_secret), WithJsonSchema(dict(_SECRET_SCHEMA))
]
VersionOfSnmp = Annotated[
    SnmpVersion, _read(scalars.parse_snmp_version), WithJsonSchema({"enum": ["2c", 3, "3"]})
]
IfIndex = Annotated[int, _whole(1, 2**31 - 1), _whole_schema(1, 2**31 - 1)]
"""InterfaceIndex of RFC 2863."""
Dscp = Annotated[
    int,
    _read(scalars.parse_dscp),
    WithJsonSchema(
        {"anyOf": [{"enum": list(scalars.DSCP)}, {"type": "integer", "minimum": 0, "maximum": 63}]}
    ),
]
EngineId = Annotated[
    bytes, _read(scalars.parse_engine_id), _text_of(r"^(0x)?([0-9a-fA-F]{2}){5,32}$")
]
Timezone = Annotated[ZoneInfo, _read(scalars.parse_timezone), _STRING]
Weekdays = Annotated[frozenset[int], _read(scalars.parse_weekdays), _STRING]
TimeOfDay = Annotated[
    time, _read(localtime.parse_time_of_day), _text_of(localtime.TIME_OF_DAY_PATTERN)
]
DailyTime = Annotated[
    time | None, _read(localtime.parse_daily_time), _text_of(localtime.DAILY_TIME_PATTERN)
]
HoursOfDay = Annotated[
    DailyHours, _read(scalars.parse_daily_hours), _text_of(r"^\d\d?:\d\d-\d\d?:\d\d$")
]
Day = Annotated[date, _read(localtime.parse_date), _text_of(localtime.DATE_PATTERN)]
Start = Annotated[datetime, _read_local(localtime.parse_start), _text_of(localtime.INSTANT_PATTERN)]
End = Annotated[datetime, _read_local(localtime.parse_end), _text_of(localtime.INSTANT_PATTERN)]
Instant = Annotated[
    datetime, _read_local(localtime.parse_instant), _text_of(localtime.INSTANT_PATTERN)
]
Port = Annotated[int, _whole(1, 65535), _whole_schema(1, 65535)]
Switch = Annotated[bool, _read(scalars.parse_switch), WithJsonSchema({"type": "boolean"})]
Hops = Annotated[int, _whole(1, 255), _whole_schema(1, 255)]
PayloadSize = Annotated[int, _whole(32, 1472), _whole_schema(32, 1472)]
Count = Annotated[int, _whole(0, 1000), _whole_schema(0, 1000)]
Tally = Annotated[int, _whole(1, 1000), _whole_schema(1, 1000)]
PacketRate = Annotated[float, _number(0.01, 1000), _number_schema(0.01, 1000)]
Expected = Annotated[float, _number(0.000001, 1000), _number_schema(0.000001, 1000)]
Deviations = Annotated[float, _number(3, 100), _number_schema(3, 100)]
Latitude = Annotated[float, _number(-90, 90), _number_schema(-90, 90)]
Longitude = Annotated[float, _number(-180, 180), _number_schema(-180, 180)]
FormatOne = Annotated[int, _read(scalars.parse_format), WithJsonSchema({"const": 1})]
