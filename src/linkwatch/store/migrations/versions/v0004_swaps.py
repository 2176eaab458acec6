"""Swaps of duty made by command."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.String(27)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "swap",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("roster", sa.String, nullable=False),
        sa.Column("contact", sa.String, nullable=False),
        sa.Column("start_at", INSTANT),
        sa.Column("end_at", INSTANT),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT),
        sa.Column("removed_by", sa.String),
    )
    op.create_index("swap_end_at", "swap", ["end_at"])
