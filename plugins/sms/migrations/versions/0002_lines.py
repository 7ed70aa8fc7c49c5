"""Up to when nothing a connection took is in doubt."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sms_lines",
        sa.Column("connection_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("settled_at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("sms_lines")
