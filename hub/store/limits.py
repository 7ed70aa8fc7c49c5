"""How much of each medium an agent takes at once: what a supervisor gave, what they chose, what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from hub.api import Medium
from hub.model.capacity import Capacity
from hub.model.errors import Invalid
from hub.store import presences, users, work
from hub.store.tables import presence
from hub.store.tables import users as users_table
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class MediumLoad:
    """`used` of `limit` at once. `given` is the supervisor's limit, `chosen` the agent's own, null when they chose
    none; the lower one counts."""

    medium: Medium
    used: int
    limit: int
    given: int
    chosen: int | None


def media_of(given: Mapping[str, Any], chosen: Mapping[str, int], load: Mapping[str, int]) -> list[MediumLoad]:
    """Every medium, in the order they are declared."""
    theirs, effective = Capacity.of(given), Capacity.of(given, chosen)
    return [
        MediumLoad(medium, load.get(medium, 0), effective.limits[medium], theirs.limits[medium], chosen.get(medium))
        for medium in Medium
    ]


def media_for(conn: Connection, user_id: int) -> list[MediumLoad]:
    """One user's."""
    given = conn.execute(select(users_table.c.capacity).where(users_table.c.id == user_id)).scalar_one()
    chosen = conn.execute(select(presence.c.limits).where(presence.c.user_id == user_id)).scalar() or {}
    return media_of(given, chosen, work.load_of(conn, user_id))


def give(tx: Tx, user_id: int, limits: Mapping[str, int]) -> None:
    """A supervisor's limits; a medium that is not named has the default. What else stands in the capacity stays."""
    mine = select(users_table.c.capacity).where(users_table.c.id == user_id)
    kept = {key: value for key, value in tx.conn.execute(mine).scalar_one().items() if key not in set(Medium)}
    users.update_user(tx, user_id, {"capacity": {**kept, **limits}})


def choose(tx: Tx, user_id: int, limits: Mapping[str, int]) -> None:
    """An agent's own limits; a medium that is not named has the supervisor's. Raises Invalid for a higher one."""
    given = {each.medium: each.given for each in media_for(tx.conn, user_id)}
    wrong = {
        f"limits.{name}": f"At most {given[Medium(name)]}."
        for name, limit in limits.items()
        if limit > given[Medium(name)]
    }
    if wrong:
        raise Invalid("Your own limits can only be lower.", wrong)
    presences.save(tx, presences.locked(tx, user_id), limits=dict(limits))
