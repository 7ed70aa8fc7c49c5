"""At which node's port a phone has registered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; whoever is registered says it again soon."""
    op.add_column("sip_bindings", sa.Column("edge", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("sip_bindings", "edge")
