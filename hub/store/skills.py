"""Skills of all users at once, as a table of levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from hub.model.actor import Actor
from hub.store.access import visible_queues, visible_users
from hub.store.tables import queues, users
from hub.store.unit import Tx
from hub.store.users import update_user


@dataclass(frozen=True, slots=True)
class SkilledUser:
    """A user with a level per skill."""

    id: int
    name: str
    skills: dict[str, int]


@dataclass(frozen=True, slots=True)
class SkillTable:
    """`skills` are all names that a user has or a queue asks for."""

    skills: list[str]
    users: list[SkilledUser]


def skill_table(conn: Connection, actor: Actor) -> SkillTable:
    """Enabled users the actor sees, by name."""
    mine = select(users.c.id, users.c.name, users.c.skills).where(users.c.enabled, visible_users(actor))
    rows = [SkilledUser(*row) for row in conn.execute(mine.order_by(users.c.name, users.c.id))]
    asked = conn.execute(select(queues.c.skills).where(visible_queues(actor))).scalars()
    names = {name for skills in [*(row.skills for row in rows), *asked] for name in skills}
    return SkillTable(sorted(names), rows)


def skill_names(conn: Connection) -> list[str]:
    """The site's, by name: those that somebody has or a queue asks for."""
    had = conn.execute(select(users.c.skills).where(users.c.enabled)).scalars()
    asked = conn.execute(select(queues.c.skills)).scalars()
    return sorted({name for skills in [*had, *asked] for name in skills})


def set_skills(tx: Tx, skills: Mapping[int, Mapping[str, int]]) -> None:
    """Each user's skills, whole; who has these already is left alone."""
    known = select(users.c.id, users.c.skills).where(users.c.id.in_(list(skills)))
    before = {row.id: row.skills for row in tx.conn.execute(known)}
    for user_id, levels in sorted(skills.items()):
        if before.get(user_id) != levels:
            update_user(tx, user_id, {"skills": dict(levels)})
