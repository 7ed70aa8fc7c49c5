"""Who is in a call without having been offered it, and what a call's audio is to be."""

import sqlalchemy as sa
from alembic import op

from hub.store.columns import Document, Id, Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("interactions", sa.Column("audio", Document, server_default="{}", nullable=False))
    op.create_table(
        "parties",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("interaction_id", Id, nullable=False),
        sa.Column("kind", sa.String(20), server_default="", nullable=False),
        sa.Column("state", sa.String(20), server_default="RINGING", nullable=False),
        sa.Column("user_id", Id),
        sa.Column("address", Document, server_default="{}", nullable=False),
        sa.Column("mode", sa.String(20), server_default="", nullable=False),
        sa.Column("whom_id", Id),
        sa.Column("visible", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("by_id", Id, nullable=False),
        sa.Column("offer_id", Id),
        sa.Column("cause", sa.String(80), server_default="", nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("up_at", Instant),
        sa.Column("ended_at", Instant),
        sa.ForeignKeyConstraint(["interaction_id"], ["interactions.id"], name="fk_parties_interaction_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_parties_user_id"),
        sa.ForeignKeyConstraint(["whom_id"], ["users.id"], name="fk_parties_whom_id"),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_parties_by_id"),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name="fk_parties_offer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_parties"),
    )
    op.create_index("ix_parties_interaction_id", "parties", ["interaction_id"])


def downgrade() -> None:
    op.drop_table("parties")
    op.drop_column("interactions", "audio")
