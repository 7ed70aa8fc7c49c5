"""Sessions and API tokens: only the SHA-256 of a token is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select, update

from hub.model.actor import Actor
from hub.store.access import visible_users
from hub.store.tables import api_tokens, sessions, users
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class StoredSession:
    """Whose session it is; the CSRF token belongs to it."""

    token_hash: str
    user_id: int
    csrf: str
    seen_at: datetime


def token_hash(token: str) -> str:
    """What stands in the database for a token; tokens are random, so no salt is needed."""
    return sha256(token.encode()).hexdigest()


def insert_session(tx: Tx, user_id: int, token: str, csrf: str, client: str, life: timedelta) -> None:
    """Open a session that ends for good after `life`."""
    tx.conn.execute(
        insert(sessions).values(
            token_hash=token_hash(token), user_id=user_id, csrf=csrf, client=client[:80], created_at=tx.now,
            seen_at=tx.now, expires_at=tx.now + life,
        )
    )  # fmt: skip


def find_session(conn: Connection, hashed: str, now: datetime, idle: timedelta) -> StoredSession | None:
    """The session, unless it has ended, was idle too long, or its user is disabled."""
    statement = (
        select(sessions.c.token_hash, sessions.c.user_id, sessions.c.csrf, sessions.c.seen_at)
        .join(users, users.c.id == sessions.c.user_id)
        .where(sessions.c.token_hash == hashed, sessions.c.expires_at > now, sessions.c.seen_at > now - idle)
        .where(users.c.enabled)
    )
    row = conn.execute(statement).mappings().first()
    return StoredSession(**row) if row else None


def touch_session(tx: Tx, hashed: str) -> None:
    """It was used just now."""
    tx.conn.execute(update(sessions).where(sessions.c.token_hash == hashed).values(seen_at=tx.now))


def end_session(tx: Tx, hashed: str) -> None:
    """End one session; its streams close."""
    owner = tx.conn.execute(delete(sessions).where(sessions.c.token_hash == hashed).returning(sessions.c.user_id))
    for (user_id,) in owner.all():
        tx.event("session.ended", user=user_id)


def end_sessions(tx: Tx, user_id: int) -> None:
    """End all sessions of a user: their rights changed."""
    tx.conn.execute(delete(sessions).where(sessions.c.user_id == user_id))
    tx.event("session.ended", user=user_id)


def has_sessions(conn: Connection, user_id: int) -> bool:
    """Whether the user is logged in anywhere."""
    return conn.execute(select(sessions.c.token_hash).where(sessions.c.user_id == user_id).limit(1)).first() is not None


def used_since(conn: Connection, user_id: int, moment: datetime) -> bool:
    """Whether a session of the user was used after this moment."""
    used = select(sessions.c.token_hash).where(sessions.c.user_id == user_id, sessions.c.seen_at > moment)
    return conn.execute(used.limit(1)).first() is not None


def delete_expired(tx: Tx) -> None:
    """Forget sessions that have ended."""
    tx.conn.execute(delete(sessions).where(sessions.c.expires_at <= tx.now))


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token for another system; it acts with its user's rights."""

    id: int
    user_id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None


def insert_api_token(tx: Tx, user_id: int, name: str, token: str, expires_at: datetime | None) -> int:
    """Store a new token; returns its id."""
    row = tx.conn.execute(
        insert(api_tokens)
        .values(user_id=user_id, name=name, token_hash=token_hash(token), created_at=tx.now, expires_at=expires_at)
        .returning(api_tokens.c.id)
    )
    return int(row.scalar_one())


def find_api_token(conn: Connection, hashed: str, now: datetime) -> int | None:
    """The user a token acts for."""
    statement = (
        select(api_tokens.c.user_id)
        .join(users, users.c.id == api_tokens.c.user_id)
        .where(api_tokens.c.token_hash == hashed, users.c.enabled)
        .where(api_tokens.c.expires_at.is_(None) | (api_tokens.c.expires_at > now))
    )
    return conn.execute(statement).scalar()


def touch_api_token(tx: Tx, hashed: str) -> None:
    """It was used just now."""
    tx.conn.execute(update(api_tokens).where(api_tokens.c.token_hash == hashed).values(last_used_at=tx.now))


def api_tokens_seen(conn: Connection, actor: Actor) -> list[ApiToken]:
    """The tokens of users the actor sees."""
    columns = [column for column in api_tokens.c if column.name != "token_hash"]
    joined = api_tokens.join(users, users.c.id == api_tokens.c.user_id)
    statement = select(*columns).select_from(joined).where(visible_users(actor)).order_by(api_tokens.c.id)
    return [ApiToken(**row) for row in conn.execute(statement).mappings()]


def delete_api_token(tx: Tx, token_id: int) -> int | None:
    """Remove a token; returns whose it was, None when there is none."""
    found = tx.conn.execute(delete(api_tokens).where(api_tokens.c.id == token_id).returning(api_tokens.c.user_id))
    return found.scalar()
