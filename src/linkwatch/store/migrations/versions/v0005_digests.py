"""What waits for a contact's next message, and when contacts were written to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "untold",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("key", sa.String, nullable=False, unique=True),
        sa.Column("incident", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "postbox",
        sa.Column("contact", sa.String, primary_key=True),
        sa.Column("channel", sa.String, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
