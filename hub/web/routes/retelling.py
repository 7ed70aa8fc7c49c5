"""A change of routing tried on recorded traffic."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Connection

from hub.model.errors import Invalid
from hub.model.named import Named
from hub.model.permissions import Permission
from hub.pipeline.owner import retold
from hub.pipeline.owner.retold import Proposal, Recorded, Retold
from hub.routing.explain import WhyAgent
from hub.routing.policy import OverflowReason
from hub.routing.retelling.comparison import QueueFigures
from hub.routing.retelling.courses import Course, Ending
from hub.store import admin_agents, admin_queues, offer_history, recorded_work
from hub.store.recorded_work import Subject
from hub.web.call import Call
from hub.web.fields import Body, Id, Moment
from hub.web.routes import rules
from hub.web.routes.capacity import SkilledUserBody
from hub.web.routes.queues import QueueRouting
from hub.web.routes.rules import RoutingRules
from hub.web.routing import Routes

routes = Routes("routing")
LONGEST = timedelta(days=1)
SHOWN = 200
YEARS = range(2000, 2200)


class ProposedRouting(Body):
    """How a queue would be served."""

    queue: Id
    routing: QueueRouting


class Replay(Body):
    """Recorded hours, a day at most, and what is tried on them: `queues` served in another way, other `rules` with what
    blocks what, users with other `skills`. `queue`: figures and contacts of this one only."""

    since: Moment
    until: Moment
    queue: Id | None = None
    queues: Annotated[list[ProposedRouting], Field(max_length=50)] = Field(default_factory=list)
    rules: RoutingRules | None = None
    skills: Annotated[list[SkilledUserBody], Field(max_length=1000)] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CourseTaken:
    """How it goes with one contact: where its wait ends, whose it becomes, and why theirs. `overflow`: why it moved on
    before, if it did."""

    ending: Ending
    queue: Named | None
    agent: Named | None
    waited_seconds: float
    overflow: OverflowReason | None
    why: WhyAgent | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A contact that goes another way."""

    interaction: Subject
    before: CourseTaken
    after: CourseTaken


@dataclass(frozen=True, slots=True)
class QueueCompared:
    """A queue as it was served and as it would be."""

    queue: Named
    before: QueueFigures
    after: QueueFigures


@dataclass(frozen=True, slots=True)
class AgentCompared:
    """How many contacts an agent gets."""

    agent: Named
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """The same hours twice, as they were and as proposed. `as_recorded` of the `contacts` came to what is recorded when
    nothing was changed: how far to trust the rest. `differ`: how many go another way, of which `differences` are the
    first. `full`: more came than are told again, up to `until`."""

    since: datetime
    until: datetime
    full: bool
    contacts: int
    as_recorded: int
    differ: int
    queues: list[QueueCompared]
    agents: list[AgentCompared]
    differences: list[Difference]


@routes.post("/routing/replay", Permission.QUEUES_MANAGE)
async def replay_routing(call: Call, body: Replay) -> Replayed:
    """What recorded hours would have come to under a change that is not saved, beside what they came to.

    Who would have got whom, waits and service levels, and the contacts that differ. Takes seconds; nothing is changed.
    """
    if not timedelta() < body.until - body.since <= LONGEST or body.since.year not in YEARS:
        raise Invalid(fields={"until": "It is after the beginning, and a day at most."})
    proposal = await call.read(lambda conn: _proposal(call, conn, body))
    async with call.node.retelling:
        journal = await call.read(lambda conn: retold.rows(conn, body.since, body.until))
        told = await asyncio.to_thread(retold.recorded, journal, body.since, body.until)
        changed = await call.read(lambda conn: retold.works(conn, told, proposal))
        found = await asyncio.to_thread(retold.compare, told, proposal, changed)
    return await call.read(lambda conn: _answer(call, conn, body, told, found))


def _proposal(call: Call, conn: Connection, body: Replay) -> Proposal:
    for queue in {*(each.queue for each in body.queues), *({body.queue} if body.queue else ())}:
        admin_queues.get_queue(conn, call.actor, queue)
    routing: dict[int, Mapping[str, Any]] = {each.queue: each.routing.model_dump(mode="json") for each in body.queues}
    skills = {each.user: each.skills for each in body.skills}
    for user in skills:
        admin_agents.require_user(conn, call.actor, user)
    if body.rules is None:
        return Proposal(routing, skills=skills)
    rules.check(call, conn, body.rules)
    return Proposal(routing, rules.stored(conn, body.rules), skills)


def _answer(call: Call, conn: Connection, body: Replay, told: Recorded, found: Retold) -> Replayed:
    comparison = found.comparison
    queues = {each.id: Named(each.id, each.name) for each in admin_queues.visible(conn, call.actor)}
    shown = [body.queue] if body.queue else list(queues)
    pairs = [pair for pair in comparison.differing if _touches(pair, shown)]
    subjects = recorded_work.subjects(conn, call.actor, [before.work for before, _ in pairs])
    seen = [pair for pair in pairs if pair[0].work in subjects]
    people = offer_history.names_of(conn, comparison.agents)
    return Replayed(
        since=told.stretch.since,
        until=told.stretch.until,
        full=told.stretch.full,
        contacts=len(told.stretch.contacts),
        as_recorded=found.as_recorded,
        differ=len(pairs),
        queues=[QueueCompared(queues[each], *comparison.queues[each]) for each in shown if each in comparison.queues],
        agents=[AgentCompared(people[each], *counts) for each, counts in comparison.agents.items() if each in people],
        differences=[
            Difference(subjects[before.work], _taken(before, queues, people), _taken(after, queues, people))
            for before, after in seen[:SHOWN]
        ],
    )


def _touches(pair: tuple[Course, Course], queues: list[int]) -> bool:
    return any(stay.queue in queues for course in pair for stay in course.stays)


def _taken(course: Course, queues: Mapping[int, Named], people: Mapping[int, Named]) -> CourseTaken:
    agent = people.get(course.agent) if course.agent is not None else None
    return CourseTaken(course.ending, queues.get(course.queue), agent, course.waited, course.overflow, course.why)
