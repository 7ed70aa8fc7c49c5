"""The queue board and the history of offers: without reading all there ever were."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_segments_queue", "segments", ["queue_id", "started_at"])
    op.create_index("ix_offers_interaction_id", "offers", ["interaction_id"])


def downgrade() -> None:
    op.drop_index("ix_offers_interaction_id", "offers")
    op.drop_index("ix_segments_queue", "segments")
