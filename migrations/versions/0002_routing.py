"""Routing: how a queue is served, agents' own limits, what the router was told."""

import sqlalchemy as sa
from alembic import op

from hub.store.columns import Bytes, Document, Id, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("queues", sa.Column("routing", Document, server_default="{}", nullable=False))
    op.add_column("queue_members", sa.Column("weight", sa.Integer(), server_default="1", nullable=False))
    op.add_column("presence", sa.Column("limits", Document, server_default="{}", nullable=False))
    op.add_column("work", sa.Column("channel", sa.String(length=40), server_default="", nullable=False))
    op.add_column("work", sa.Column("place", Id, server_default="0", nullable=False))
    op.add_column("work", sa.Column("queued_at", Instant, nullable=True))
    op.create_table(
        "routing_journal",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("node", sa.String(length=80), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="", nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("body", Bytes, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_journal")),
    )
    op.create_index(op.f("ix_routing_journal_at"), "routing_journal", ["at"])


def downgrade() -> None:
    op.drop_table("routing_journal")
    op.drop_column("work", "queued_at")
    op.drop_column("work", "place")
    op.drop_column("work", "channel")
    op.drop_column("presence", "limits")
    op.drop_column("queue_members", "weight")
    op.drop_column("queues", "routing")
