"""Which message came of an input: asked before one is forgotten, and by the database itself when it is deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    known = sa.text("raw_id IS NOT NULL")
    op.create_index("ix_messages_raw", "messages", ["raw_id"], sqlite_where=known, postgresql_where=known)


def downgrade() -> None:
    op.drop_index("ix_messages_raw", "messages")
