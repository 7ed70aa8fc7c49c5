"""Work an agent holds that is no conversation of theirs (call-backs, missed calls, consultations), and what is what."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from hub.model.states import WorkState
from hub.store.rows import Row, many
from hub.store.tables import work

_open = work.c.ended_at.is_(None)


def held(conn: Connection, user_id: int) -> list[Row]:
    """What this user holds that is no conversation of theirs, oldest first."""
    mine = (work.c.user_id == user_id, work.c.state == WorkState.ASSIGNED, work.c.kind != "interaction")
    return many(conn, select(work).where(*mine, _open).order_by(work.c.id))


def works(conn: Connection, ids: Collection[int]) -> dict[int, Row]:
    """These, by id."""
    return {row["id"]: row for row in many(conn, select(work).where(work.c.id.in_(ids)))}
