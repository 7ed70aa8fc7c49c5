"""Templates of some accounts alone, with what a carrier calls them; customers who were erased."""

import sqlalchemy as sa
from alembic import op

from hub.store.columns import Document, Id, Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ROLES = sa.table("roles", sa.column("id", Id), sa.column("permissions", Document))
_ERASE, _BESIDE = "customers.erase", "roles.manage"


def upgrade() -> None:
    op.add_column("templates", sa.Column("accounts", Document, server_default="[]", nullable=False))
    op.add_column("templates", sa.Column("reference", sa.String(length=200), server_default="", nullable=False))
    op.add_column("customers", sa.Column("erased_at", Instant(), nullable=True))
    for number, known in _roles():
        if _BESIDE in known:
            _permit(number, {*known, _ERASE})


def downgrade() -> None:
    for number, known in _roles():
        _permit(number, {*known} - {_ERASE})
    op.drop_column("customers", "erased_at")
    op.drop_column("templates", "reference")
    op.drop_column("templates", "accounts")


def _roles() -> list[tuple[int, list[str]]]:
    return [(row.id, row.permissions) for row in op.get_bind().execute(sa.select(_ROLES))]


def _permit(role: int, permissions: set[str]) -> None:
    op.get_bind().execute(_ROLES.update().where(_ROLES.c.id == role).values(permissions=sorted(permissions)))
