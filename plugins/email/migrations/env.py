"""Alembic's entry: runs on the connection that the core hands over, with a version table of the plugin's own."""

from alembic import context

from plugins.email.acknowledge import answers

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=answers.metadata,
    version_table=context.config.attributes["version_table"],
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
