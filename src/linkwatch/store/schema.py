"""The tables as they are now. How they came to be is in `migrations`."""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware datetime as RFC 3339 text in UTC, fixed width: it sorts as time does."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """To text."""
        if value is None:
            return None
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """From text, in UTC."""
        return None if value is None else datetime.fromisoformat(value)


REVISION = "0007"
"""Of these tables; the last step of `migrations` leads here."""

metadata = MetaData()

alembic_version = Table(
    "alembic_version", MetaData(), Column("version_num", String(32), primary_key=True)
)

incident = Table(
    "incident",
    metadata,
    Column("id", String, primary_key=True),
    Column("key", String, nullable=False),
    Column("status", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("body", Text, nullable=False),
    Index("incident_status_resolved_at", "status", "resolved_at"),
    Index("incident_key", "key"),
)

# No foreign key to `incident`: a note whose incident is missing must not hold up, for good, every
# commit behind it.
timeline = Table(
    "timeline",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("incident", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("what", String, nullable=False),
    Column("detail", Text, nullable=False),
    Index("timeline_incident", "incident"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", String, primary_key=True),
    Column("incident", String),
    Column("channel", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("status", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_attempt_at", Instant),
    Column("recorded", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Index("outbox_status_created_at", "status", "created_at"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("key", ForeignKey("outbox.key", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("outcome", String, nullable=False),
    Column("detail", Text, nullable=False),
    Index("attempt_key", "key"),
)

# Swaps of duty made by command; `removed_at`: taken back.
swap = Table(
    "swap",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("roster", String, nullable=False),
    Column("contact", String, nullable=False),
    Column("start_at", Instant),
    Column("end_at", Instant),
    Column("by", String, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("removed_at", Instant),
    Column("removed_by", String),
    Index("swap_end_at", "end_at"),
)

# Work announced by command; `end_at`: when it is planned to end, or was ended.
maintenance = Table(
    "maintenance",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("end_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Index("maintenance_end_at", "end_at"),
)

number_block = Table(
    "number_block",
    metadata,
    Column("first", Integer, primary_key=True),
    Column("size", Integer, nullable=False),
)

target_verified = Table(
    "target_verified",
    metadata,
    Column("link", String, primary_key=True),
    Column("address", String, primary_key=True),
    Column("at", Instant, nullable=False),
)

boost_evidence = Table(
    "boost_evidence",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("link", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
)

month_load = Table(
    "month_load",
    metadata,
    Column("link", String, primary_key=True),
    Column("month", String, primary_key=True),
    Column("body", Text, nullable=False),
)

usual_delay = Table(
    "usual_delay",
    metadata,
    Column("link", String, primary_key=True),
    Column("body", Text, nullable=False),
)

# What waits for a contact's next message, by the key of the message that would tell it alone.
untold = Table(
    "untold",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("incident", String, nullable=False),
    Column("body", Text, nullable=False),
)

# When contacts were written to within the past hour.
postbox = Table(
    "postbox",
    metadata,
    Column("contact", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("body", Text, nullable=False),
)

availability = Table(
    "availability",
    metadata,
    Column("link", String, primary_key=True),
    Column("body", Text, nullable=False),
)
