"""Translates the event log into the facts the routing engine understands, and the store into its snapshot."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub.api import Event
from hub.model.capacity import Capacity
from hub.model.states import OfferState, WorkState
from hub.routing import events as facts
from hub.routing.snapshots import Agent, Held, OpenOffer, Snapshot, Work
from hub.store import eventlog, presences, work
from hub.store.rows import Row
from hub.store.tables import queue_members

AGENT_CHANGES = frozenset({"presence.changed", "user.changed", "queue.changed"})


def snapshot(conn: Connection) -> tuple[Snapshot, int]:
    """All that routing must know, and the number of the last event it includes: one consistent view."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    last = eventlog.last_number(conn)
    rows = work.all_open(conn)
    by_id = {row["id"]: row for row in rows}
    offers = [row for row in work.open_offers(conn) if row["work_id"] in by_id]
    offered = {row["work_id"] for row in offers}
    waiting = [row for row in rows if row["state"] != WorkState.ASSIGNED and row["id"] not in offered]
    held = [row for row in rows if row["state"] == WorkState.ASSIGNED and row["user_id"] is not None]
    return (
        Snapshot(
            agents=tuple(agents(conn).values()),
            waiting=tuple(work_of(work.described(row), row["queue_id"]) for row in waiting),
            held=tuple(Held(row["id"], row["user_id"], row["medium"]) for row in held),
            offers=tuple(_open_offer(row, by_id[row["work_id"]]) for row in offers),
        ),
        last,
    )


def agents(conn: Connection) -> dict[int, Agent]:
    """Every agent as routing sees them: queues in their order of preference."""
    memberships = select(queue_members).order_by(queue_members.c.preference, queue_members.c.queue_id)
    queues: dict[int, list[int]] = {}
    for row in conn.execute(memberships).mappings():
        queues.setdefault(row["user_id"], []).append(row["queue_id"])
    return {row["user_id"]: _agent(row, queues.get(row["user_id"], [])) for row in presences.agents(conn)}


def facts_of(event: Event) -> Iterator[facts.Event]:
    """What an event of the log means for routing; changes of agents are read from the store instead."""
    data: Mapping[str, Any] = event.data
    match event.type:
        case "work.enqueued":
            yield facts.WorkEnqueued(work_of(data, event.queue_id or 0))
        case "work.assigned" if event.user_id is not None:
            yield facts.SlotTaken(event.user_id, data["work"], data["medium"])
        case "work.ended":
            yield from _ended(event, data)
        case "offer.ended" if event.user_id is not None:
            yield _offer_ended(data["work"], event.user_id, data["state"])


def work_of(data: Mapping[str, Any], queue_id: int) -> Work:
    """Waiting work as routing sees it."""
    return Work(
        id=data["work"],
        queue=queue_id,
        medium=data["medium"],
        enqueued_at=datetime.fromisoformat(data["enqueued_at"]),
        priority=data["priority"],
        skills=data["skills"],
        offer_seconds=data["offer_seconds"],
    )


def _ended(event: Event, data: Mapping[str, Any]) -> Iterator[facts.Event]:
    if data["previous"] == WorkState.ASSIGNED and event.user_id is not None:
        yield facts.SlotFreed(event.user_id, data["work"])
    else:
        yield facts.WorkWithdrawn(data["work"])


def _offer_ended(work_id: int, agent: int, state: str) -> facts.Event:
    match OfferState(state):
        case OfferState.ACCEPTED:
            return facts.OfferAccepted(work_id, agent)
        case OfferState.REJECTED:
            return facts.OfferRejected(work_id, agent)
        case OfferState.TIMED_OUT:
            return facts.OfferTimedOut(work_id, agent)
        case _:
            return facts.OfferEnded(work_id, agent)


def _agent(row: Row, queues: list[int]) -> Agent:
    capacity = Capacity.of(row["capacity"])
    return Agent(row["user_id"], work.routable(row), tuple(queues), row["skills"], capacity, row["since"])


def _open_offer(row: Row, of: Row) -> OpenOffer:
    return OpenOffer(work_of(work.described(of), of["queue_id"]), row["user_id"], row["id"], row["expires_at"])
