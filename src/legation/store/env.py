"""What Alembic runs: the migrations, on the connection that `migrating` hands over."""

from alembic import context

from legation.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    transactional_ddl=True,  # SQLite can, though its driver is said not to
)
context.run_migrations()
