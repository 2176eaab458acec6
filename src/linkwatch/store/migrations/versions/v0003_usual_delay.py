"""What delay is usual of a link is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it."""
    op.create_table(
        "usual_delay",
        sa.Column("link", sa.String, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
