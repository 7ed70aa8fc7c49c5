"""First light: the whole core."""

from alembic import op
from sqlalchemy import insert

from hub.store import search_schema
from hub.store.tables import counters, metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    conn = op.get_bind()
    metadata.create_all(conn)
    search_schema.create(conn)
    conn.execute(insert(counters), [{"name": "events", "value": 0}, {"name": "tickets", "value": 0}])


def downgrade() -> None:
    conn = op.get_bind()
    search_schema.drop(conn)
    metadata.drop_all(conn)
