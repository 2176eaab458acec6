"""How available each link was."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "availability",
        sa.Column("link", sa.String, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
