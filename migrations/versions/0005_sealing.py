"""Raw inputs say whether they are encrypted; parts of a file can be read without the rest."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("raws", sa.Column("sealed", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    _store("EXTERNAL")  # not compressed, which calls and pictures are not anyway: so a part is found by its place


def downgrade() -> None:
    _store("EXTENDED")
    op.drop_column("raws", "sealed")


def _store(how: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE blobs ALTER COLUMN content SET STORAGE {how}")
