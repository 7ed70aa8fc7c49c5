"""Agents as their colleagues and supervisors see them: presence and load."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, select

from hub.model.actor import Actor
from hub.model.errors import NotFound
from hub.model.named import Named
from hub.model.states import Presence
from hub.store.access import visible_users
from hub.store.limits import MediumLoad, media_of
from hub.store.paging import Order, Page, page
from hub.store.tables import departments, presence, users, work


@dataclass(frozen=True, slots=True)
class PresenceRecord:
    """`pending` is the state asked for during work, null when none; `since` is null before the first login."""

    state: Presence
    reason: str
    pending: Presence | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Agent:
    """A user who takes work; `load` counts what they hold by medium, `capacity` is how much a supervisor gave them;
    `media` says both together, with what they chose themself."""

    id: int
    name: str
    department: Named | None
    presence: PresenceRecord
    capacity: dict[str, int]
    load: dict[str, int]
    media: list[MediumLoad]


def presence_of(conn: Connection, user_id: int) -> PresenceRecord:
    """LOGGED_OUT when they never were here."""
    row = conn.execute(select(presence).where(presence.c.user_id == user_id)).mappings().first()
    return _presence(row) if row else NEVER_HERE


def list_agents(conn: Connection, actor: Actor, cursor: str, limit: int, state: Presence | None) -> Page[Agent]:
    """Enabled users the actor sees, by id."""
    joined = users.outerjoin(presence, presence.c.user_id == users.c.id)
    joined = joined.outerjoin(departments, departments.c.id == users.c.department_id)
    columns = (users.c.id, users.c.name, users.c.capacity, users.c.department_id)
    statement = (
        select(*columns, departments.c.name.label("department"), *(presence.c[name] for name in _PRESENCE))
        .select_from(joined)
        .where(users.c.enabled, visible_users(actor))
    )
    if state is not None:
        statement = statement.where(func.coalesce(presence.c.state, Presence.LOGGED_OUT.value) == state.value)
    loads = _loads(conn)
    order = Order(users.c.id, users.c.id, descending=False)
    return page(conn, statement, order, cursor, limit, lambda row: _agent(row, loads.get(row["id"], {})))


def require_user(conn: Connection, actor: Actor, user_id: int) -> None:
    """Raises NotFound unless the actor sees this user."""
    if conn.execute(select(users.c.id).where(users.c.id == user_id, visible_users(actor))).first() is None:
        raise NotFound


NEVER_HERE = PresenceRecord(Presence.LOGGED_OUT, "", None, None)
_PRESENCE = ("state", "reason", "pending", "since", "limits")


def _loads(conn: Connection) -> dict[int, dict[str, int]]:
    held = select(work.c.user_id, work.c.medium, func.count()).where(
        work.c.ended_at.is_(None), work.c.user_id.is_not(None)
    )
    found: dict[int, dict[str, int]] = {}
    for user_id, medium, count in conn.execute(held.group_by(work.c.user_id, work.c.medium)):
        found.setdefault(user_id, {})[medium] = count
    return found


def _agent(row: RowMapping, load: dict[str, int]) -> Agent:
    department = Named(row["department_id"], row["department"]) if row["department_id"] else None
    media = media_of(row["capacity"], row["limits"] or {}, load)
    return Agent(row["id"], row["name"], department, _presence(row), row["capacity"], load, media)


def _presence(row: RowMapping) -> PresenceRecord:
    if row["state"] is None:
        return NEVER_HERE
    pending = Presence(row["pending"]) if row["pending"] else None
    return PresenceRecord(Presence(row["state"]), row["reason"], pending, row["since"])
