"""What plugins may ask about queues and tickets."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from hub.api import QueueFacts, TicketFacts
from hub.model.errors import NotFound
from hub.model.hours import OpeningHours
from hub.model.states import WorkState
from hub.store import pace_rows, ticket_lists
from hub.store import work as works
from hub.store.tables import work


def queue(conn: Connection, key: str, now: datetime) -> QueueFacts | None:
    """How it stands; None when there is no such queue."""
    row = works.queue_by_key(conn, key)
    if row is None:
        return None
    hours = OpeningHours.parse(row["hours"])
    is_open = hours is None or hours.is_open(now)
    here = (work.c.queue_id == row["id"], work.c.state == WorkState.WAITING, work.c.ended_at.is_(None))
    waiting = conn.execute(select(func.count()).where(*here)).scalar_one()
    agents = len(pace_rows.ready_agents(conn, [row["id"]]))
    return QueueFacts(is_open, waiting, agents, None if is_open or hours is None else hours.next_opening(now))


def ticket(conn: Connection, serial: str, proof: str) -> TicketFacts | None:
    """The same None for a wrong serial and a wrong proof."""
    try:
        found = ticket_lists.public_status(conn, serial, proof)
    except NotFound:
        return None
    return TicketFacts(found.serial, found.status, found.subject, found.updated_at)
