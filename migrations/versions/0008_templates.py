"""Templates of some accounts alone, with what a carrier calls them; customers who were erased, and who hears of it."""

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
    op.create_table(
        "erasures",
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("plugin", sa.String(length=80), nullable=False),
        sa.Column("addresses", Document, server_default="[]", nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_erasures_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", "plugin", name=op.f("pk_erasures")),
    )
    for number, known in _roles():
        if _BESIDE in known:
            _permit(number, {*known, _ERASE})


def downgrade() -> None:
    for number, known in _roles():
        _permit(number, {*known} - {_ERASE})
    op.drop_table("erasures")
    op.drop_column("customers", "erased_at")
    op.drop_column("templates", "reference")
    op.drop_column("templates", "accounts")


def _roles() -> list[tuple[int, list[str]]]:
    return [(row.id, row.permissions) for row in op.get_bind().execute(sa.select(_ROLES))]


def _permit(role: int, permissions: set[str]) -> None:
    op.get_bind().execute(_ROLES.update().where(_ROLES.c.id == role).values(permissions=sorted(permissions)))
