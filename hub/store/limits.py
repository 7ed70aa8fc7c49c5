"""How much of each medium an agent takes at once: what a supervisor gave, what they chose, what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from hub.api import Medium
from hub.model.capacity import Capacity, has_room
from hub.model.errors import Invalid
from hub.store import presences, routing_rows, users, work
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


@dataclass(frozen=True, slots=True)
class ChannelLoad:
    """`used` of `limit` at once: its own limit, or that of its medium where that is lower. `takes_more`: whether one
    more would be given now; what is held of other media may block it."""

    channel: str
    medium: Medium
    used: int
    limit: int
    takes_more: bool


def media_of(given: Mapping[str, Any], chosen: Mapping[str, int], load: Mapping[str, int]) -> list[MediumLoad]:
    """Every medium, in the order they are declared."""
    theirs, effective = Capacity.of(given), Capacity.of(given, chosen)
    return [
        MediumLoad(medium, load.get(medium, 0), effective.limits[medium], theirs.limits[medium], chosen.get(medium))
        for medium in Medium
    ]


def media_for(conn: Connection, user_id: int) -> list[MediumLoad]:
    """One user's."""
    return media_of(*_said(conn, user_id), work.load_of(conn, user_id))


def channels_for(conn: Connection, user_id: int, channels: Mapping[str, Medium]) -> list[ChannelLoad]:
    """One user's of these channels, each with its medium; by all that the site, a supervisor and they have said."""
    given, chosen = _said(conn, user_id)
    capacity = Capacity.of({**routing_rows.blending(conn), **given}, chosen)
    load = work.load_of(conn, user_id)
    return [_channel(name, medium, load, capacity) for name, medium in channels.items()]


def _channel(name: str, medium: Medium, load: Mapping[str, int], capacity: Capacity) -> ChannelLoad:
    limit = capacity.limits.get(medium, 0)
    limit = min(limit, capacity.channels.get(name, limit))
    return ChannelLoad(name, medium, load.get(name, 0), limit, has_room(load, medium, capacity, name))


def _said(conn: Connection, user_id: int) -> tuple[Mapping[str, Any], Mapping[str, int]]:
    """What a supervisor gave, and what the user chose."""
    given = conn.execute(select(users_table.c.capacity).where(users_table.c.id == user_id)).scalar_one()
    return given, conn.execute(select(presence.c.limits).where(presence.c.user_id == user_id)).scalar() or {}


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
