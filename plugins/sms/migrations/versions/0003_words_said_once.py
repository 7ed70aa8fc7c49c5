"""A customer's word is kept once, however often a carrier hands it in."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_word = sa.text("source = 'KEYWORD' AND evidence <> ''")


def upgrade() -> None:
    """The first of each stays."""
    op.execute(
        "DELETE FROM sms_consents WHERE source = 'KEYWORD' AND evidence <> '' AND id NOT IN "
        "(SELECT min(id) FROM sms_consents WHERE source = 'KEYWORD' GROUP BY number_key, evidence)"
    )
    columns = ["number_key", "evidence"]
    op.create_index(
        "uq_sms_consents_word", "sms_consents", columns, unique=True, sqlite_where=_word, postgresql_where=_word
    )


def downgrade() -> None:
    """As often as they come."""
    op.drop_index("uq_sms_consents_word", "sms_consents")
