"""Alembic runs this: on the connection and in the transaction of `upgrade`."""

from alembic import context

from jobs.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a column by rebuilding its table
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
