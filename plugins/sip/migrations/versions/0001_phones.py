"""Agents' phones: how they log in, and where they are."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sip_phones",
        sa.Column("user_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("username", sa.String(80), nullable=False, unique=True),
        sa.Column("realm", sa.String(80), nullable=False),
        sa.Column("hash_sha256", sa.String(64), nullable=False),
        sa.Column("hash_md5", sa.String(32), nullable=False),
        sa.Column("outside", sa.String(40), nullable=False),
    )
    op.create_table(
        "sip_bindings",
        sa.Column("username", sa.String(80), primary_key=True),
        sa.Column("contact_key", sa.String(64), primary_key=True),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("transport", sa.String(8), nullable=False),
        sa.Column("host", sa.String(64), nullable=False),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("call_id", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("sip_bindings")
    op.drop_table("sip_phones")
