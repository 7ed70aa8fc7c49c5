"""Which phone a binding is of, and which of its flows (RFC 5626)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; whoever is registered says it again soon."""
    op.add_column("sip_bindings", sa.Column("instance", sa.Text, nullable=False, server_default=""))
    op.add_column("sip_bindings", sa.Column("reg_id", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Remove them."""
    op.drop_column("sip_bindings", "reg_id")
    op.drop_column("sip_bindings", "instance")
