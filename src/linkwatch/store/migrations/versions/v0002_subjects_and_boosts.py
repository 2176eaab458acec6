"""Incidents are of a subject; traces of boosts and months of load are kept."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


INSTANT = sa.String(27)


def upgrade() -> None:
    """Say of every incident that its link is its subject; make room for the new."""
    _give_subjects()
    op.create_table(
        "boost_evidence",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("link", sa.String, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "month_load",
        sa.Column("link", sa.String, primary_key=True),
        sa.Column("month", sa.String, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )


def _give_subjects() -> None:
    incident = sa.table("incident", sa.column("id"), sa.column("key"), sa.column("body"))
    connection = op.get_bind()
    changed = [
        {"number": row.id, "new_key": known[0], "new_body": known[1]}
        for row in connection.execute(sa.select(incident.c.id, incident.c.body))
        if (known := _with_subject(row.body)) is not None
    ]
    if changed:
        connection.execute(
            incident.update()
            .where(incident.c.id == sa.bindparam("number"))
            .values(key=sa.bindparam("new_key"), body=sa.bindparam("new_body")),
            changed,
        )


def _with_subject(body: str) -> tuple[str, str] | None:
    """Key and document; None for a damaged one, which is left as it is."""
    try:
        tree = json.loads(body)
        link, family = str(tree.pop("link")), str(tree["family"])
    except (ValueError, AttributeError, TypeError, KeyError):
        return None
    tree["subject"], tree["links"] = {"kind": "link", "id": link}, [link]
    document = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    return f"{family}:link:{link}", document
