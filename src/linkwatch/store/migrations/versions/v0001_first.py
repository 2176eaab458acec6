"""Incidents and their timelines, the outbox and its attempts, numbers, verified targets."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.String(27)


def upgrade() -> None:
    """Create everything."""
    op.create_table(
        "incident",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("priority", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("resolved_at", INSTANT),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("incident_status_resolved_at", "incident", ["status", "resolved_at"])
    op.create_index("incident_key", "incident", ["key"])
    op.create_table(
        "timeline",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("incident", sa.String, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("timeline_incident", "timeline", ["incident"])
    op.create_table(
        "outbox",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("incident", sa.String),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("priority", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("next_attempt_at", INSTANT),
        sa.Column("recorded", sa.Boolean, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("outbox_status_created_at", "outbox", ["status", "created_at"])
    op.create_table(
        "attempt",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column(
            "key", sa.String, sa.ForeignKey("outbox.key", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("attempt_key", "attempt", ["key"])
    op.create_table(
        "number_block",
        sa.Column("first", sa.Integer, primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
    )
    op.create_table(
        "target_verified",
        sa.Column("link", sa.String, primary_key=True),
        sa.Column("address", sa.String, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
    )
