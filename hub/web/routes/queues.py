"""Queues, who takes their work, and agents' presence."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field
from sqlalchemy import Connection

from hub.api import Medium
from hub.model.errors import Invalid, NotFound
from hub.model.hours import OpeningHours
from hub.model.permissions import Permission
from hub.model.states import Presence
from hub.pipeline import presence
from hub.routing.policy import OverflowReason, Strategy
from hub.store import access, admin_agents, admin_queues
from hub.store.admin_agents import Agent, PresenceRecord
from hub.store.admin_queues import Member, Queue
from hub.store.paging import Page
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import CLOSED, Body, Id, Name, Paging, Seconds, Short, Small, integral
from hub.web.routes.me import PresenceChange
from hub.web.routes.users import Levels
from hub.web.routing import Routes

routes = Routes("queues")
READ = Permission.INTERACTIONS_READ
MANAGE = Permission.QUEUES_MANAGE
QueueKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]
OfferSeconds = Annotated[int, Field(ge=1, le=3600), BeforeValidator(integral)]
Codes = Annotated[list[Annotated[str, Field(min_length=1, max_length=80)]], Field(max_length=200)]
Span = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Spans = Annotated[list[Span], Field(max_length=20)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_LONG, _SHORT = r"(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])", r"(0[469]|11)-(0[1-9]|[12][0-9]|30)"
_FEBRUARY, _LEAP = r"02-(0[1-9]|1[0-9]|2[0-8])", r"20([02468][048]|[13579][26])-02-29"
Date = Annotated[str, Field(pattern=rf"^(20[0-9]{{2}}-({_LONG}|{_SHORT}|{_FEBRUARY})|{_LEAP})$")]


class Hours(Body):
    """Opening hours: spans a day of the week, and dates that differ (an empty list is closed).

    `holidays` are calendars (`CN`, `HK`, `DE-BY`); `holiday_hours` hold on their days.
    """

    zone: Short = "UTC"
    week: dict[Day, Spans] = Field(default_factory=dict)
    exceptions: Annotated[dict[Date, Spans], Field(max_length=1000, json_schema_extra=CLOSED)] = Field(
        default_factory=dict
    )
    holidays: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=10)] = Field(default_factory=list)
    holiday_hours: Spans = Field(default_factory=list)


class RingBody(Body):
    """From `after` seconds on these levels are enough (0: not asked for) and these queues' agents help."""

    after: Seconds
    skills: Levels = Field(default_factory=dict)
    queues: Annotated[list[Id], Field(max_length=20)] = Field(default_factory=list)


class OverflowBody(Body):
    """WAIT: after `limit` seconds; DEPTH: `limit` others wait already; CLOSED: outside the hours.

    `action`: into `queue`; `callback` keeps the place and rings back; `message` leaves it for later without waiting;
    `end` closes it with a note to the customer.
    """

    reason: OverflowReason
    limit: Seconds = 0
    queue: Id | None = None
    action: Literal["queue", "callback", "message", "end"] = "queue"


class TargetBody(Body):
    """The service level: `percent` of what comes is to be answered within `seconds`. `medium` null: of any."""

    medium: Medium | None = None
    percent: Annotated[int, Field(ge=1, le=100), BeforeValidator(integral)] = 80
    seconds: Seconds = 20


class QueueRouting(Body):
    """How a queue is served (docs/routing.md).

    `width`: how many agents ALL_RING rings at once, 0 is all. `last_agent_seconds`: how long work is kept for the
    customer's last agent, 0 is not at all. `missed_calls`: whoever gave up waiting is owed an answer, as work; null:
    those who called. `callback_attempts`: how often who was promised a call is tried, `callback_pause` seconds apart.
    `agent_hangs_up`: what becomes of a caller whose agent hangs up.
    """

    strategy: Strategy = Strategy.LEAST_BUSY
    width: Annotated[int, Field(ge=0, le=1000), BeforeValidator(integral)] = 0
    auto_accept: bool = False
    rings: Annotated[list[RingBody], Field(max_length=10)] = Field(default_factory=list)
    overflow: Annotated[list[OverflowBody], Field(max_length=3)] = Field(default_factory=list)
    last_agent_seconds: Seconds = 0
    targets: Annotated[list[TargetBody], Field(max_length=4)] = Field(default_factory=list)
    missed_calls: bool | None = None
    callback_attempts: Annotated[int, Field(ge=1, le=20), BeforeValidator(integral)] = 3
    callback_pause: Annotated[int, Field(ge=60, le=86_400), BeforeValidator(integral)] = 900
    agent_hangs_up: Literal["end", "queue"] = "end"


class NewQueue(Body):
    """`hours` null is always open; `skills` are the levels an agent needs."""

    key: QueueKey
    name: Name
    department: Id | None = None
    skills: Levels = Field(default_factory=dict)
    priority: Small = 0
    offer_seconds: OfferSeconds = 30
    wrap_up_seconds: Seconds = 0
    dispositions: Codes = Field(default_factory=list)
    hours: Hours | None = None
    routing: QueueRouting = Field(default_factory=QueueRouting)
    enabled: bool = True


class QueueChange(Body):
    """Only what is named changes."""

    name: Name | None = None
    department: Id | None = None
    skills: Levels | None = None
    priority: Small | None = None
    offer_seconds: OfferSeconds | None = None
    wrap_up_seconds: Seconds | None = None
    dispositions: Codes | None = None
    hours: Hours | None = None
    routing: QueueRouting | None = None
    enabled: bool | None = None


class MemberBody(Body):
    """A user, how early they are asked (lower first), and their share by WEIGHTED."""

    user: Id
    preference: Small = 0
    weight: Annotated[int, Field(ge=1, le=1000), BeforeValidator(integral)] = 1


class Members(Body):
    """All members of a queue."""

    members: Annotated[list[MemberBody], Field(max_length=2000)]


class AgentQuery(Paging):
    """Agents in one state, if asked."""

    state: Presence | None = None


@routes.get("/queues", READ)
async def list_queues(call: Call, query: Paging) -> Page[Queue]:
    """The queues one sees."""
    return await call.read(lambda conn: admin_queues.list_queues(conn, call.actor, query.cursor, query.limit))


@routes.post("/queues", MANAGE, status=201)
async def create_queue(call: Call, body: NewQueue) -> Queue:
    """Add a queue."""
    return await call.write(lambda tx: _create(call, tx, body))


@routes.get("/queues/{queue_id}", READ)
async def get_queue(call: Call, queue_id: int) -> Queue:
    """One queue."""
    return await call.read(lambda conn: admin_queues.get_queue(conn, call.actor, queue_id))


@routes.patch("/queues/{queue_id}", MANAGE)
async def change_queue(call: Call, queue_id: int, body: QueueChange) -> Queue:
    """Change a queue; its key stays."""
    return await call.write(lambda tx: _change(call, tx, queue_id, body))


@routes.get("/queues/{queue_id}/members", READ)
async def list_members_of_queue(call: Call, queue_id: int) -> list[Member]:
    """Who takes this queue's work."""
    return await call.read(lambda conn: _members(call, conn, queue_id))


@routes.put("/queues/{queue_id}/members", MANAGE)
async def set_members(call: Call, queue_id: int, body: Members) -> list[Member]:
    """Say who takes this queue's work."""
    return await call.write(lambda tx: _set_members(call, tx, queue_id, body))


@routes.get("/agents", READ)
async def list_agents(call: Call, query: AgentQuery) -> Page[Agent]:
    """Colleagues with presence and load."""
    return await call.read(
        lambda conn: admin_agents.list_agents(conn, call.actor, query.cursor, query.limit, query.state)
    )


@routes.put("/agents/{user_id}/presence", Permission.PRESENCE_FORCE)
async def force_presence(call: Call, user_id: int, body: PresenceChange) -> PresenceRecord:
    """Set an agent's presence, whatever they are doing; it stands in the audit log."""
    return await call.write(lambda tx: _force(call, tx, user_id, body))


def _create(call: Call, tx: Tx, body: NewQueue) -> Queue:
    access.require_department(tx.conn, call.actor, body.department)
    values = body.model_dump(exclude={"department", "hours", "routing"})
    values |= {"department_id": body.department, "hours": _hours(body.hours)}
    values["routing"] = _routing(call, tx, body.routing)
    made = admin_queues.insert_queue(tx, values)
    call.record(tx, "queue.created", "queue", made, key=body.key)
    return admin_queues.get_queue(tx.conn, call.actor, made)


def _change(call: Call, tx: Tx, queue_id: int, body: QueueChange) -> Queue:
    admin_queues.get_queue(tx.conn, call.actor, queue_id)
    values: dict[str, Any] = body.model_dump(exclude_none=True, exclude={"department", "hours", "routing"})
    if "department" in body.model_fields_set:
        access.require_department(tx.conn, call.actor, body.department)
        values["department_id"] = body.department
    if "hours" in body.model_fields_set:
        values["hours"] = _hours(body.hours)
    if body.routing is not None:
        values["routing"] = _routing(call, tx, body.routing)
    admin_queues.update_queue(tx, queue_id, values)
    call.record(tx, "queue.changed", "queue", queue_id, fields=sorted(values))
    return admin_queues.get_queue(tx.conn, call.actor, queue_id)


def _hours(hours: Hours | None) -> dict[str, Any]:
    """As it is stored. Raises NotFound for a time zone or calendar nobody knows."""
    document = hours.model_dump() if hours else {}
    try:
        OpeningHours.parse(document)
    except (ZoneInfoNotFoundError, KeyError, IsADirectoryError, OSError) as error:
        raise NotFound("There is no such time zone or holiday calendar.") from error
    except ValueError as error:
        raise Invalid(fields={"hours": str(error)}) from error
    return document


def _routing(call: Call, tx: Tx, routing: QueueRouting) -> dict[str, Any]:
    """As it is stored. Raises NotFound for a queue one does not see, Invalid for rules that say nothing or too much."""
    named = [queue for ring in routing.rings for queue in ring.queues]
    named += [rule.queue for rule in routing.overflow if rule.queue is not None]
    for queue_id in named:
        admin_queues.get_queue(tx.conn, call.actor, queue_id)
    reasons = [rule.reason for rule in routing.overflow]
    if len(set(reasons)) < len(reasons):
        raise Invalid(fields={"overflow": "One rule for each reason."})
    if any((rule.action == "queue") != (rule.queue is not None) for rule in routing.overflow):
        raise Invalid(fields={"overflow": "Name a queue for the action 'queue', and for no other."})
    return routing.model_dump(mode="json")


def _members(call: Call, conn: Connection, queue_id: int) -> list[Member]:
    admin_queues.get_queue(conn, call.actor, queue_id)
    return admin_queues.members_of(conn, queue_id)


def _set_members(call: Call, tx: Tx, queue_id: int, body: Members) -> list[Member]:
    admin_queues.get_queue(tx.conn, call.actor, queue_id)
    members = {member.user: (member.user, member.preference, member.weight) for member in body.members}
    for user_id in members:
        admin_agents.require_user(tx.conn, call.actor, user_id)
    admin_queues.set_members(tx, queue_id, list(members.values()))
    call.record(tx, "queue.members", "queue", queue_id, users=sorted(members))
    return admin_queues.members_of(tx.conn, queue_id)


def _force(call: Call, tx: Tx, user_id: int, body: PresenceChange) -> PresenceRecord:
    admin_agents.require_user(tx.conn, call.actor, user_id)
    presence.put(tx, user_id, body.state, body.reason)
    call.record(tx, "presence.forced", "user", user_id, state=body.state.value)
    return admin_agents.presence_of(tx.conn, user_id)
