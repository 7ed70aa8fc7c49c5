"""Translates the event log into the facts the routing engine understands, and the store into its snapshot."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub.api import Event
from hub.model.capacity import Capacity
from hub.model.states import OfferState, WorkState
from hub.routing import documents
from hub.routing import events as facts
from hub.routing.policy import QueuePolicy, Strategy
from hub.routing.snapshots import Agent, Held, OpenOffer, Refusal, Snapshot, Turn, Work
from hub.store import eventlog, presences, routing_rows, work
from hub.store.rows import Row, many
from hub.store.tables import queue_members, queues

IN_TURN = frozenset({Strategy.ROUND_ROBIN, Strategy.WEIGHTED})
AGENT_CHANGES = frozenset({"presence.changed", "user.changed"})


def snapshot(conn: Connection) -> tuple[Snapshot, int]:
    """All that routing must know, and the number of the last event it includes: one consistent view."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    last = eventlog.last_number(conn)
    rows = work.all_open(conn)
    by_id = {row["id"]: row for row in rows}
    on_offer = {row["id"] for row in rows if row["state"] == WorkState.OFFERED}
    offers = [row for row in work.open_offers(conn) if row["work_id"] in on_offer]
    offered = {row["work_id"] for row in offers}
    waiting = [row for row in rows if row["state"] != WorkState.ASSIGNED and row["id"] not in offered]
    held = [row for row in rows if row["state"] == WorkState.ASSIGNED and row["user_id"] is not None]
    served = policies(conn)
    in_turn = [policy.id for policy in served if policy.strategy in IN_TURN]
    return (
        Snapshot(
            agents=tuple(agents(conn).values()),
            waiting=tuple(work_of(work.described(row), row["queue_id"]) for row in waiting),
            held=tuple(Held(row["id"], row["user_id"], row["medium"], row["channel"], row["queue_id"]) for row in held),
            offers=tuple(_open_offer(row, by_id[row["work_id"]]) for row in offers),
            queues=tuple(served),
            turns=tuple(Turn(queue, user) for queue, user in routing_rows.turns(conn, in_turn)),
            refused=tuple(Refusal(*row) for row in routing_rows.refusals(conn)),
        ),
        last,
    )


def agents(conn: Connection, only: Collection[int] | None = None) -> dict[int, Agent]:
    """Every agent, or `only` these, as routing sees them: queues in their order of preference."""
    memberships = select(queue_members).order_by(queue_members.c.preference, queue_members.c.queue_id)
    if only is not None:
        memberships = memberships.where(queue_members.c.user_id.in_(only))
    of: dict[int, list[Any]] = {}
    for row in conn.execute(memberships).mappings():
        of.setdefault(row["user_id"], []).append(row)
    blending = routing_rows.blending(conn)
    return {row["user_id"]: _agent(row, of.get(row["user_id"], []), blending) for row in presences.agents(conn, only)}


def policies(conn: Connection, only: Collection[int] | None = None) -> list[QueuePolicy]:
    """How every queue, or `only` these, is served."""
    rows = many(conn, select(queues)) if only is None else many(conn, select(queues).where(queues.c.id.in_(only)))
    return [documents.policy(row["id"], row["routing"], row["hours"]) for row in rows]


def members(conn: Connection, of: Collection[int]) -> set[int]:
    """Who takes work of these queues."""
    return set(conn.execute(select(queue_members.c.user_id).where(queue_members.c.queue_id.in_(of))).scalars())


def facts_of(event: Event) -> Iterator[facts.Event]:
    """What an event of the log means for routing; changes of agents are read from the store instead."""
    data: Mapping[str, Any] = event.data
    match event.type:
        case "work.enqueued":
            yield facts.WorkEnqueued(work_of(data, event.queue_id or 0))
        case "work.assigned" if event.user_id is not None:
            yield facts.SlotTaken(event.user_id, data["work"], data["medium"], data.get("channel", ""))
        case "work.ended":
            yield from _ended(event, data)
        case "offer.accepted" if event.user_id is not None:
            yield facts.OfferAccepted(data["work"], event.user_id, bridged=False)
        case "offer.ended" if event.user_id is not None:
            yield _offer_ended(data["work"], event.user_id, data["state"])


def work_of(data: Mapping[str, Any], queue_id: int) -> Work:
    """Waiting work as routing sees it."""
    until, queued_at = data.get("agent_until"), data.get("queued_at")
    return Work(
        id=data["work"],
        queue=queue_id,
        medium=data["medium"],
        enqueued_at=datetime.fromisoformat(data["enqueued_at"]),
        priority=data["priority"],
        skills=data["skills"],
        offer_seconds=data["offer_seconds"],
        channel=data.get("channel", ""),
        queued_at=datetime.fromisoformat(queued_at) if queued_at else None,
        agent=data.get("agent"),
        agent_until=datetime.fromisoformat(until) if until else None,
        visited=frozenset(data.get("visited", ())),
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
        case OfferState.BRIDGED:
            return facts.OfferBridged(work_id, agent)
        case OfferState.REJECTED:
            return facts.OfferRejected(work_id, agent)
        case OfferState.TIMED_OUT:
            return facts.OfferTimedOut(work_id, agent)
        case _:
            return facts.OfferEnded(work_id, agent)


def _agent(row: Row, of: Sequence[Mapping[str, Any]], blending: Mapping[str, Any]) -> Agent:
    best = min((each["preference"] for each in of), default=0)
    return Agent(
        id=row["user_id"],
        routable=work.routable(row),
        queues=tuple(each["queue_id"] for each in of),
        skills=row["skills"],
        capacity=Capacity.of({**blending, **row["capacity"]}, row["limits"]),
        idle_since=row["since"],
        preferences={each["queue_id"]: rank for each in of if (rank := each["preference"] - best) > 0},
        weights={each["queue_id"]: each["weight"] for each in of if each["weight"] != 1},
    )


def _open_offer(row: Row, of: Row) -> OpenOffer:
    return OpenOffer(
        work_of(work.described(of), of["queue_id"]),
        row["user_id"],
        row["id"],
        row["expires_at"],
        row["state"] == OfferState.ACCEPTED,
    )
