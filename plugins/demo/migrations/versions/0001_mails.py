"""The mails of the demo's customers, and what the demo has been filled with."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "demo_mails",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("box", sa.String(320), nullable=False),
        sa.Column("own", sa.Boolean, nullable=False),
        sa.Column("peer", sa.String(320), nullable=False),
        sa.Column("subject", sa.String(1000), nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.Boolean, nullable=False),
    )
    op.create_index("demo_mails_box", "demo_mails", ["box", "id"])
    op.create_table(
        "demo_seeded",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("ref", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("demo_seeded")
    op.drop_index("demo_mails_box", "demo_mails")
    op.drop_table("demo_mails")
