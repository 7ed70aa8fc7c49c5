"""What was sent part by part, and who may be written to."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_key = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sms_parts",
        sa.Column("id", _key, primary_key=True),
        sa.Column("delivery_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("interaction_id", sa.BigInteger, nullable=False),
        sa.Column("connection_id", sa.BigInteger, nullable=False),
        sa.Column("account", sa.String(400), nullable=False),
        sa.Column("coding", sa.String(10), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("external_id", sa.String(200), nullable=False),
        sa.Column("counted", sa.Integer, nullable=False),
        sa.Column("price", sa.String(40), nullable=False),
        sa.Column("code", sa.String(100), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("delivery_id", "position", name="uq_sms_parts_delivery"),
    )
    op.create_index("ix_sms_parts_external", "sms_parts", ["connection_id", "external_id"])
    op.create_index("ix_sms_parts_interaction", "sms_parts", ["interaction_id"])
    op.create_table(
        "sms_consents",
        sa.Column("id", _key, primary_key=True),
        sa.Column("number_key", sa.String(64), nullable=False),
        sa.Column("number", sa.String(80), nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("words", sa.String(400), nullable=False),
        sa.Column("evidence", sa.String(400), nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=True),
        sa.Column("user_name", sa.String(200), nullable=False),
        sa.Column("customer_id", sa.BigInteger, nullable=True),
        sa.Column("confirmation", sa.BigInteger, nullable=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_sms_consents_number", "sms_consents", ["number_key", "id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("sms_consents")
    op.drop_table("sms_parts")
