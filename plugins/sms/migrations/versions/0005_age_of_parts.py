"""The oldest parts are found without looking at all."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_sms_parts_at", "sms_parts", ["at"])


def downgrade() -> None:
    """Remove it."""
    op.drop_index("ix_sms_parts_at", "sms_parts")
