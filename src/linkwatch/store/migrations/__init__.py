"""Alembic's script directory: one module a step in `versions`, run by `store.migrating`."""
