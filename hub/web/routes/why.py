"""Why routing does what it does: for an interaction that is there, and for one that might come."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Connection

from hub.api import Medium
from hub.model.named import Named
from hub.model.permissions import Permission
from hub.pipeline.owner import dry_run
from hub.pipeline.owner.dry_run import Picture
from hub.routing import documents
from hub.routing.explain import NotThem, NotYet, WhyWaiting
from hub.routing.policy import QueuePolicy, RoutingSettings, Strategy
from hub.routing.queues import requirement
from hub.routing.retelling.staff import Staff
from hub.routing.snapshots import Snapshot, Work
from hub.store import access, admin_agents, admin_queues, offer_history, routing_rows, work
from hub.store.admin_queues import Queue
from hub.store.offer_history import PastOffer
from hub.web.call import Call
from hub.web.fields import Body, Id, Seconds, Short, Small
from hub.web.routes.capacity import SkilledUserBody
from hub.web.routes.queues import QueueRouting
from hub.web.routes.rules import Blending
from hub.web.routes.users import Levels
from hub.web.routing import Routes

routes = Routes("routing")
READ = Permission.INTERACTIONS_READ
MANAGE = Permission.QUEUES_MANAGE


@dataclass(frozen=True, slots=True)
class NotThis:
    """An agent who does not get it, and what stands in the way; `lacks` names skills."""

    agent: Named
    reason: NotYet
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why nobody has it yet. `position` counts from 1 within the queue; `ring`: how many of the queue's rings have
    opened; `next_step_seconds`: until waiting alone changes something; `kept_for`: for whom it is kept;
    `reasons`: for how many agents which reason holds; `named`: those of the queue, one by one."""

    position: int
    waited_seconds: float
    ring: int
    next_step_seconds: float | None
    kept_for: Named | None
    reasons: Mapping[NotYet, int]
    named: list[NotThis]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How routing stands with an interaction. `waiting` and `estimated_wait` are null unless it waits.

    `estimated_wait`: seconds until its turn by the queue's pace lately; null, too, when nobody is there to take it.
    """

    state: Literal["NONE", "WAITING", "OFFERED", "ASSIGNED"]
    waiting: Waiting | None
    estimated_wait: float | None
    offers: list[PastOffer]


class Question(Body):
    """Work as it might come: into `queue`, having waited for `waited_seconds`, for `agent` if they are there.
    `skills` are asked for besides the queue's. Tried in the place of what there is: `routing` of the queue, skills of
    these users (`taught`), what blocks what (`blending`)."""

    queue: Id
    medium: Medium = Medium.VOICE
    channel: Short = ""
    skills: Levels = Field(default_factory=dict)
    priority: Small = 0
    waited_seconds: Seconds = 0
    agent: Id | None = None
    routing: QueueRouting | None = None
    taught: Annotated[list[SkilledUserBody], Field(max_length=1000)] = Field(default_factory=list)
    blending: Blending | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Who would get it: `first`, the best first. `skills` are the levels asked for after `ring` rings; `reasons`: for
    how many agents which reason holds; `named`: those of the queue, one by one."""

    first: list[Named]
    ring: int
    strategy: Strategy
    skills: Mapping[str, int]
    reasons: Mapping[NotYet, int]
    named: list[NotThis]


@routes.post("/routing/preview", MANAGE)
async def preview_routing(call: Call, body: Question) -> Answer:
    """Who would get work like this now if nothing else waited, and why the others would not; nothing is changed."""
    queue = await call.read(lambda conn: _queue(call, conn, body))
    snapshot, settings = await call.read(dry_run.read)
    snapshot = _as_proposed(snapshot, await call.read(routing_rows.blending), body)
    return await asyncio.to_thread(_answer, snapshot, settings, queue, body, await _everybody(call, snapshot))


@routes.get("/interactions/{interaction_id}/routing", READ)
async def explain_routing(call: Call, interaction_id: int) -> Explanation:
    """Whom it was offered to and why, and why nobody has it yet; at most a second old."""
    await call.read(lambda conn: access.require_interaction(conn, call.actor, interaction_id))
    row = await call.read(lambda conn: work.open_for(conn, interaction_id))
    history = await call.read(lambda conn: offer_history.offers_of(conn, interaction_id))
    if row is None:
        return Explanation("NONE", None, None, history)
    waiting = await _waiting(call, row["id"]) if row["state"] == "WAITING" else None
    if waiting is None:
        return Explanation(row["state"], None, None, history)
    wait = await call.read(lambda conn: call.node.waits.expected(conn, row, waiting.position))
    return Explanation(row["state"], waiting, wait, history)


async def _waiting(call: Call, work_id: int) -> Waiting | None:
    picture = await call.node.picture.get(lambda: _picture(call), call.node.services.store.tail.last)
    why = await asyncio.to_thread(picture.why_waiting, work_id)
    if why is None:
        return None
    ids = {each.agent for each in why.named} | ({why.kept_for} if why.kept_for else set())
    names = await call.read(lambda conn: offer_history.names_of(conn, ids))
    return _in_words(why, names)


async def _picture(call: Call) -> Picture:
    snapshot, settings = await call.read(dry_run.read)
    return await asyncio.to_thread(Picture, snapshot, settings, datetime.now(UTC))


def _in_words(why: WhyWaiting, names: Mapping[int, Named]) -> Waiting:
    return Waiting(
        position=why.position,
        waited_seconds=why.waited_seconds,
        ring=why.ring,
        next_step_seconds=why.next_step_seconds,
        kept_for=names.get(why.kept_for) if why.kept_for else None,
        reasons=why.agents,
        named=_named(why.named, names),
    )


def _as_proposed(snapshot: Snapshot, had: Mapping[str, Any], body: Question) -> Snapshot:
    tried = routing_rows.blending_of(body.model_dump(mode="json", include={"blending"})) if body.blending else had
    staff = Staff({each.user: each.skills for each in body.taught}, had, tried)
    return replace(snapshot, agents=tuple(map(staff.as_proposed, snapshot.agents)))


def _queue(call: Call, conn: Connection, body: Question) -> Queue:
    for user in {*({body.agent} if body.agent is not None else ()), *(each.user for each in body.taught)}:
        admin_agents.require_user(conn, call.actor, user)
    return admin_queues.get_queue(conn, call.actor, body.queue)


async def _everybody(call: Call, snapshot: Snapshot) -> Mapping[int, Named]:
    ids = [agent.id for agent in snapshot.agents]
    return await call.read(lambda conn: offer_history.names_of(conn, ids))


def _answer(
    snapshot: Snapshot, settings: RoutingSettings, queue: Queue, body: Question, names: Mapping[int, Named]
) -> Answer:
    now = datetime.now(UTC)
    policy, wanted = _policy(queue, body), _work(queue, body, now)
    found = dry_run.preview(snapshot, settings, policy, wanted, now)
    return Answer(
        first=[names[agent] for agent in found.first if agent in names],
        ring=found.ring,
        strategy=found.strategy,
        skills=dict(requirement(policy, wanted, found.ring).skills),
        reasons=found.agents,
        named=_named(found.named, names),
    )


def _policy(queue: Queue, body: Question) -> QueuePolicy:
    proposed: Mapping[str, Any] = body.routing.model_dump(mode="json") if body.routing else queue.routing
    return documents.policy(queue.id, proposed, queue.hours)


def _work(queue: Queue, body: Question, now: datetime) -> Work:
    return Work(
        id=0,
        queue=queue.id,
        medium=body.medium,
        enqueued_at=now - timedelta(seconds=body.waited_seconds),
        priority=queue.priority + body.priority,
        skills={**queue.skills, **body.skills},
        channel=body.channel,
        agent=body.agent,
    )


def _named(reasons: Iterable[NotThem], names: Mapping[int, Named]) -> list[NotThis]:
    return [NotThis(names[each.agent], each.reason, each.lacks) for each in reasons if each.agent in names]
