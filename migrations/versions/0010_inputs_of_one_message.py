"""Which inputs were parts of one message, or the same once more: so that an erasure finds all of them."""

import sqlalchemy as sa
from alembic import op

from hub.store.columns import Id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("raws", sa.Column("of_id", Id, nullable=True))
    known = sa.text("of_id IS NOT NULL")
    op.create_index("ix_raws_of", "raws", ["of_id"], sqlite_where=known, postgresql_where=known)


def downgrade() -> None:
    op.drop_index("ix_raws_of", "raws")
    op.drop_column("raws", "of_id")
