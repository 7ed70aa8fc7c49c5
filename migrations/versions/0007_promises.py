"""Call-backs with their attempts, the voicemail boxes, and whatever else is owed by kind."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from hub.store.columns import Document, Id, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL")
_OWED = sa.text("ended_at IS NULL AND kind != 'interaction'")
_OPEN_CALLBACK = sa.text("work.ended_at IS NULL AND work.kind = 'callback'")
_ROLES = sa.table("roles", sa.column("id", Id), sa.column("permissions", Document))
_SHARED = ("interaction_id", "queue_id", "medium", "channel", "priority", "place")
_WORK = sa.table(
    "work",
    sa.column("id", Id),
    *(sa.column(name) for name in _SHARED),
    sa.column("requirement", Document),
    sa.column("payload", Document),
    sa.column("enqueued_at", Instant()),
)
_ASKED = sa.table(
    "interactions",
    *(sa.column(name) for name in ("id", "identity_id", "department_id", "account_id")),
    sa.column("reply_to", Document),
)
_PROMISES = sa.table(
    "callbacks",
    *(sa.column(name) for name in (*_SHARED, "identity_id", "department_id", "account_id", "work_id")),
    *(sa.column(name, Document) for name in ("to", "requirement")),
    *(sa.column(name, Instant()) for name in ("enqueued_at", "created_at", "updated_at")),
)


def upgrade() -> None:
    op.create_table(
        "callbacks",
        *_columns("callbacks", interaction_id="interactions", queue_id="queues"),
        *_references(
            "callbacks",
            identity_id="identities",
            department_id="departments",
            account_id="accounts",
            work_id="work",
            call_id="interactions",
        ),
        _text("state", 20, "WAITING"),
        sa.Column("to", Document, server_default="{}", nullable=False),
        _text("medium", 20),
        _text("channel", 40),
        _number("priority"),
        sa.Column("place", Id, server_default="0", nullable=False),
        sa.Column("requirement", Document, server_default="{}", nullable=False),
        _number("attempts"),
        sa.Column("tries", Document, server_default="[]", nullable=False),
        sa.Column("enqueued_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        _number("version"),
    )
    op.create_index("ix_callbacks_interaction_id", "callbacks", ["interaction_id"])
    op.create_index("ix_callbacks_updated_at", "callbacks", ["updated_at"])
    for name, column in (("work", "work_id"), ("number", "identity_id")):
        op.create_index(f"ix_callbacks_{name}", "callbacks", [column], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "voicemails",
        *_columns("voicemails", interaction_id="interactions"),
        *_references(
            "voicemails",
            queue_id="queues",
            department_id="departments",
            box_user_id="users",
            assignee_id="users",
            heard_by="users",
        ),
        _text("state", 20, "NEW"),
        sa.Column("message_id", Id, nullable=False),
        sa.Column("heard_at", Instant(), nullable=True),
        _text("language", 10),
        _text("transcript_state", 20, "PENDING"),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        _number("version"),
        sa.UniqueConstraint("message_id", name=op.f("uq_voicemails_message_id")),
    )
    op.create_index("ix_voicemails_interaction_id", "voicemails", ["interaction_id"])
    op.create_index("ix_voicemails_created_at", "voicemails", ["created_at"])
    untold = sa.text("transcript_state = 'PENDING'")
    op.create_index("ix_voicemails_untold", "voicemails", ["id"], sqlite_where=untold, postgresql_where=untold)
    _grant("voicemails.hear", "interactions.reply")
    op.create_index("ix_work_kind", "work", ["kind", "interaction_id"], sqlite_where=_OWED, postgresql_where=_OWED)
    _promise_what_was_asked_for()


def downgrade() -> None:
    _take_back("voicemails.hear")
    op.drop_index("ix_work_kind", "work")
    op.drop_table("voicemails")
    op.drop_table("callbacks")


def _grant(permission: str, beside: str) -> None:
    """Who answered what was left until now still may."""
    for number, known in op.get_bind().execute(sa.select(_ROLES.c.id, _ROLES.c.permissions)).all():
        if beside in known:
            _permit(number, {*known, permission})


def _take_back(permission: str) -> None:
    for number, known in op.get_bind().execute(sa.select(_ROLES.c.id, _ROLES.c.permissions)).all():
        if permission in known:
            _permit(number, {*known} - {permission})


def _permit(role: int, permissions: set[str]) -> None:
    op.get_bind().execute(_ROLES.update().where(_ROLES.c.id == role).values(permissions=sorted(permissions)))


def _promise_what_was_asked_for() -> None:
    """Who waits for a call already, as work alone until now, is owed it like everybody."""
    same = [_WORK.c[name] for name in ("queue_id", "medium", "channel", "priority", "place", "requirement")]
    theirs = [_ASKED.c[name] for name in ("identity_id", "department_id", "account_id", "reply_to")]
    waiting = sa.select(_WORK.c.id, _WORK.c.interaction_id, _WORK.c.enqueued_at, _WORK.c.payload, *same, *theirs)
    waiting = waiting.join(_ASKED, _ASKED.c.id == _WORK.c.interaction_id)
    now = datetime.now(UTC)
    for row in op.get_bind().execute(waiting.where(_OPEN_CALLBACK)).mappings().all():
        values = {column.name: row[column.name] for column in (*same, *theirs[:3])}
        values |= {name: row[name] for name in ("interaction_id", "enqueued_at")}
        values |= {"work_id": row["id"], "to": row["payload"].get("to") or row["reply_to"]}
        op.get_bind().execute(_PROMISES.insert().values(**values, created_at=now, updated_at=now))


def _columns(table: str, **needed: str) -> list[sa.schema.SchemaItem]:
    found: list[sa.schema.SchemaItem] = [sa.Column("id", Id, autoincrement=True, nullable=False)]
    found.append(sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")))
    return found + _references(table, nullable=False, **needed)


def _references(table: str, nullable: bool = True, **named: str) -> list[sa.schema.SchemaItem]:
    columns: list[sa.schema.SchemaItem] = [sa.Column(name, Id, nullable=nullable) for name in named]
    return columns + [
        sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}"))
        for name, target in named.items()
    ]


def _text(name: str, size: int, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(length=size), server_default=default, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)
