"""Agents' browsers that are open as phones, and which of their devices ring."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sip_softphones",
        sa.Column("user_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("host", sa.String(64), nullable=False),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sip_ringing",
        sa.Column("user_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("rings", sa.String(16), nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("sip_ringing")
    op.drop_table("sip_softphones")
