"""The sub-address a fax is sent to, behind the number."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("fax_jobs", sa.Column("sub_address", sa.String(20), nullable=False, server_default=""))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("fax_jobs", "sub_address")
