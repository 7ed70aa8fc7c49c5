"""Who got an automatic answer, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "email_answers",
        sa.Column("address", sa.String(400), primary_key=True),
        sa.Column("answered_at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("email_answers")
