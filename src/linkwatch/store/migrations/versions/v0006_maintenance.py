"""Work announced by command."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.String(27)


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "maintenance",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("end_at", INSTANT, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("maintenance_end_at", "maintenance", ["end_at"])
