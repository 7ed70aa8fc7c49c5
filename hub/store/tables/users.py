"""Users: roles, sessions, tokens, presence, what they did."""

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint

from hub.store.columns import Id
from hub.store.tables.shape import document, flag, identifier, instant, listing, metadata, number, reference, string

roles = Table(
    "roles",
    metadata,
    identifier(),
    string("name", 80),
    listing("permissions"),
    flag("builtin"),
    UniqueConstraint("name"),
)

users = Table(
    "users",
    metadata,
    identifier(),
    string("login", 80),
    string("name"),
    string("password_hash", 400),
    string("language", 10, "en"),
    reference("department_id", "departments"),
    listing("roles"),
    listing("granted"),
    listing("denied"),
    document("skills"),
    document("capacity"),
    document("preferences"),
    flag("enabled", True),
    number("failed_logins"),
    instant("locked_until"),
    instant("last_login_at"),
    instant("created_at", null=False),
    UniqueConstraint("login"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    reference("user_id", "users", null=False, index=True),
    string("csrf", 64),
    string("client", 80),
    instant("created_at", null=False),
    instant("seen_at", null=False),
    instant("expires_at", null=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    identifier(),
    reference("user_id", "users", null=False),
    string("name"),
    Column("token_hash", String(64), nullable=False, unique=True),
    instant("created_at", null=False),
    instant("last_used_at"),
    instant("expires_at"),
)

queue_members = Table(
    "queue_members",
    metadata,
    Column("queue_id", Id, ForeignKey("queues.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    number("preference"),
    number("weight", 1),
)

presence = Table(
    "presence",
    metadata,
    Column("user_id", Id, ForeignKey("users.id"), primary_key=True),
    string("state", 20, "LOGGED_OUT"),
    string("reason", 80),
    string("pending", 20),
    string("pending_reason", 80),
    document("limits"),
    instant("since", null=False),
    number("version"),
)

audit = Table(
    "audit",
    metadata,
    identifier(),
    instant("at", null=False, index=True),
    reference("user_id", "users"),
    string("action", 80),
    string("target", 80),
    Column("target_id", Id, nullable=True),
    document("details"),
    string("client", 80),
)
