"""Calls: which interactions have legs, and an agent's offers that have not ended."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("interactions", sa.Column("call", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    of_calls = sa.text("call AND closed_at IS NULL")
    op.create_index(
        "ix_interactions_calls", "interactions", ["account_id"], sqlite_where=of_calls, postgresql_where=of_calls
    )
    under_way = sa.text("ended_at IS NULL")
    op.create_index("ix_offers_open", "offers", ["user_id"], sqlite_where=under_way, postgresql_where=under_way)


def downgrade() -> None:
    op.drop_index("ix_offers_open", "offers")
    op.drop_index("ix_interactions_calls", "interactions")
    op.drop_column("interactions", "call")
