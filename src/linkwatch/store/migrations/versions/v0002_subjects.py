"""Incidents are of a subject: a link, or something else."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say of every incident that its link is its subject."""
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
