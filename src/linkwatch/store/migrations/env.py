"""Run by Alembic for each command: the caller hands over its connection and its transaction."""

from alembic import context

from linkwatch.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
