"""What the store knows of work that the router's journal speaks of."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select

from hub.model.actor import Actor
from hub.store.access import visible_interactions
from hub.store.rows import Row, many
from hub.store.tables import accounts, interactions, work
from hub.store.tables import queues as queue_table

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Subject:
    """The interaction a piece of work was for."""

    id: int
    channel: str
    subject: str


def queues(conn: Connection) -> dict[int, Row]:
    """Every queue."""
    return {row["id"]: row for row in many(conn, select(queue_table))}


def interactions_of(conn: Connection, works: Collection[int]) -> list[Row]:
    """The interactions, each with its `work_id` and the queue its account leads to (`door`)."""
    joined = work.join(interactions, interactions.c.id == work.c.interaction_id)
    doors = joined.outerjoin(accounts, accounts.c.id == interactions.c.account_id)
    columns = select(interactions, work.c.id.label("work_id"), accounts.c.queue_id.label("door")).select_from(doors)
    return [row for some in _chunks(works) for row in many(conn, columns.where(work.c.id.in_(some)))]


def subjects(conn: Connection, actor: Actor, works: Collection[int]) -> dict[int, Subject]:
    """By work: the interactions the actor sees."""
    i = interactions.c
    columns = select(work.c.id.label("work_id"), i.id, i.channel, i.subject).join(work, work.c.interaction_id == i.id)
    seen = columns.where(visible_interactions(actor))
    found = (row for some in _chunks(works) for row in conn.execute(seen.where(work.c.id.in_(some))))
    return {row.work_id: Subject(row.id, row.channel, row.subject or "") for row in found}


def _chunks(ids: Collection[int]) -> Iterator[list[int]]:
    every = sorted(ids)
    return (every[start : start + _CHUNK] for start in range(0, len(every), _CHUNK))
