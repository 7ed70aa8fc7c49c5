"""An agent's own box: whether they have one, what it says, when it takes a call; what was read from what is in it."""

import sqlalchemy as sa
from alembic import op

from hub.store.columns import Bytes, Id

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_boxes",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("greeting", sa.Text(), server_default="", nullable=False),
        sa.Column("sound", Bytes, nullable=True),
        sa.Column("ring_seconds", sa.Integer(), server_default="20", nullable=False),
        sa.Column("at_once", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_own_boxes_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_own_boxes")),
    )
    op.add_column("voicemails", sa.Column("transcript", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("voicemails", "transcript")
    op.drop_table("own_boxes")
