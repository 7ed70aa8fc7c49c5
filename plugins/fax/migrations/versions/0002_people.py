"""Whose a number is."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "fax_people",
        sa.Column("number", sa.String(100), primary_key=True),
        sa.Column("customer_id", sa.Integer, nullable=False),
    )
    op.create_index("fax_people_customer_id", "fax_people", ["customer_id"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("fax_people")
