"""Who is in a call without having been offered it: numbers outside, supervisors. Their legs are named by these rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub.model.states import PARTY, PartyState
from hub.store.rows import Row, inserted, many, one
from hub.store.tables import parties
from hub.store.unit import Tx

PREFIX = "party:"
_under_way = parties.c.ended_at.is_(None)


class Kind(StrEnum):
    """OUTSIDE: a number somebody called into it; MONITOR: a supervisor."""

    OUTSIDE = "OUTSIDE"
    MONITOR = "MONITOR"


@dataclass(frozen=True, slots=True)
class Party:
    """One of them; `whom` is the agent to whom a supervisor whispers, `address` {scheme, value, name} where OUTSIDE."""

    id: int
    kind: str
    up: bool
    user: int | None
    address: dict[str, Any]
    mode: str
    whom: int | None
    by: int
    since: datetime
    expires_at: datetime

    @property
    def name(self) -> str:
        return name_of(self.id)

    @property
    def monitors(self) -> bool:
        return self.kind == Kind.MONITOR


def name_of(party_id: int) -> str:
    """What the leg of this row is called towards the channel."""
    return f"{PREFIX}{party_id}"


def number_in(name: str) -> int | None:
    """The row whose leg has this name; None when it is none of these."""
    number = name.removeprefix(PREFIX)
    is_one = name.startswith(PREFIX) and number.isascii() and number.isdecimal() and len(number) < 19
    return int(number) if is_one else None


def insert_party(tx: Tx, interaction: Row, kind: Kind, expires_at: datetime, by: int, **values: Any) -> Row:
    """One more, whose device is to ring; `values` are columns."""
    row = {"interaction_id": interaction["id"], "kind": kind.value, "state": PartyState.RINGING, "by_id": by}
    row |= {"created_at": tx.now, "expires_at": expires_at, "visible": True, "mode": "", **values}
    row["id"] = inserted(tx.conn, insert(parties), row)
    say(tx, interaction, row)
    return row


def get(conn: Connection, party_id: int) -> Row | None:
    """One row."""
    return one(conn, select(parties).where(parties.c.id == party_id))


def rows_of(conn: Connection, interaction_id: int) -> list[Row]:
    """Those that have not ended, oldest first."""
    mine = select(parties).where(parties.c.interaction_id == interaction_id, _under_way)
    return many(conn, mine.order_by(parties.c.id))


def parties_of(conn: Connection, interaction_id: int) -> list[Party]:
    """As values."""
    return [_party(row) for row in rows_of(conn, interaction_id)]


def among(conn: Connection, ids: Collection[int]) -> list[Row]:
    """Those of these interactions that have not ended, oldest first."""
    return many(conn, select(parties).where(parties.c.interaction_id.in_(ids), _under_way).order_by(parties.c.id))


def move(tx: Tx, interaction: Row, row: Row, state: PartyState, **values: Any) -> Row:
    """Change the state, by the table. Raises IllegalTransition."""
    PARTY.check(PartyState(row["state"]), state)
    at = {"up_at": tx.now} if state is PartyState.TALKING else {"ended_at": tx.now}
    return change(tx, interaction, row, state=state.value, **at, **values)


def change(tx: Tx, interaction: Row, row: Row, **values: Any) -> Row:
    """Set columns."""
    tx.conn.execute(update(parties).where(parties.c.id == row["id"]).values(**values))
    after = {**row, **values}
    say(tx, interaction, after)
    return after


def say(tx: Tx, interaction: Row, row: Row) -> None:
    """Tell the screens. A supervisor nobody is to know of is told to supervisors alone."""
    where = {"interaction": interaction["id"], "queue": interaction["queue_id"]}
    where |= {"department": interaction["department_id"]}
    told = {"party": row["id"], "kind": row["kind"], "state": row["state"], "mode": row["mode"]}
    if row["kind"] == Kind.MONITOR:
        tx.event("monitor.state", **where, user=row["user_id"], **told)
    if row["visible"]:
        tx.event("party.state", **where, user=interaction["agent_id"], **told)


def _party(row: Row) -> Party:
    up = row["state"] == PartyState.TALKING
    return Party(
        id=row["id"],
        kind=row["kind"],
        up=up,
        user=row["user_id"],
        address=row["address"],
        mode=row["mode"],
        whom=row["whom_id"],
        by=row["by_id"],
        since=row["up_at"] or row["created_at"],
        expires_at=row["expires_at"],
    )
