"""The site's routing rules, and the conditions they are made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from sqlalchemy import Connection

from hub.api import Medium
from hub.api.conditions import Condition, ConditionError
from hub.api.conditions.faults import Fault
from hub.model.errors import Forbidden, Invalid
from hub.model.permissions import Permission
from hub.store import admin_queues, interactions, routing_rows, users
from hub.store.site_values import set_site_value
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, Id, Name, Seconds, Short, Small, integral
from hub.web.routes.users import Levels
from hub.web.routing import Routes

routes = Routes("routing")
MANAGE = Permission.QUEUES_MANAGE
AGENT_ID = "agent_id"  # stored beside the login
LAST = "last"  # who had the customer last, in the place of a login
Text = Annotated[str, Field(max_length=4000)]


class RuleBody(Body):
    """Where `when` holds, the work gets `queue` in the place of its own, `priority` added, `skills` asked for besides,
    and is kept `keep_seconds` for `agent`: a login, or `last` for who had the customer last. `attributes` are put down
    with the interaction, for the rules after it and its agents; what the hub itself notes there cannot be named."""

    name: Name
    when: Text
    queue: Id | None = None
    priority: Small = 0
    skills: Levels = Field(default_factory=dict)
    agent: Short = ""
    keep_seconds: Seconds = 0
    attributes: Annotated[dict[Short, Short], Field(max_length=20)] = Field(default_factory=dict)


Few = Annotated[int, Field(ge=0, le=1000), BeforeValidator(integral)]


class Blending(Body):
    """What blocks what, for every agent of the site (docs/routing.md). `blocks` null: a call blocks chats and mail, a
    chat blocks calls. `budget` null: what the weights add up to is not limited."""

    blocks: dict[Medium, list[Medium]] | None = None
    interrupts: dict[Medium, list[Medium]] = Field(default_factory=dict)
    channels: Annotated[dict[Short, Few], Field(max_length=50)] = Field(default_factory=dict)
    weights: dict[Medium, Few] = Field(default_factory=dict)
    budget: Few | None = None


class RoutingRules(Body):
    """`priority_seconds`: how much waiting one point of priority counts for. `preference_seconds`: how much waiting a
    queue loses by each step down an agent's order. `rules` are asked from the first to the last; all that hold count,
    and what two of them say differently the later one decides. `blending` null: as it is."""

    priority_seconds: Seconds = 300
    preference_seconds: Seconds = 120
    rules: Annotated[list[RuleBody], Field(max_length=200)] = Field(default_factory=list)
    blending: Blending | None = None


class ConditionText(Body):
    """A condition as somebody types it."""

    when: Text


class ConditionCheck(Body):
    """`position` counts characters from 0; both it and `code` are null when the condition is right."""

    message: str
    code: Fault | None
    position: int | None


@routes.get("/routing/rules", MANAGE)
async def get_rules(call: Call) -> RoutingRules:
    """The site's routing rules."""
    return await call.read(_rules)


@routes.put("/routing/rules", MANAGE)
async def set_rules(call: Call, body: RoutingRules) -> RoutingRules:
    """Put these rules in the place of those before; for who sees the whole site."""
    return await call.write(lambda tx: _set_rules(call, tx, body))


@routes.post("/routing/conditions", MANAGE)
async def check_condition(call: Call, body: ConditionText) -> ConditionCheck:
    """Whether this is a condition, and where it goes wrong."""
    error = _fault(body.when)
    if error is None:
        return ConditionCheck(message="", code=None, position=None)
    return ConditionCheck(message=error.message, code=error.code, position=error.position)


def _rules(conn: Connection) -> RoutingRules:
    stored = routing_rows.settings(conn)
    rules = [{key: value for key, value in rule.items() if key != AGENT_ID} for rule in stored.get("rules", [])]
    return RoutingRules.model_validate({**stored, "rules": rules}, strict=False)


def stored(conn: Connection, body: RoutingRules) -> dict[str, Any]:
    """The document with the ids of the agents named, so that nobody is looked up when work comes."""
    document = body.model_dump(mode="json")
    if body.blending is None:
        document["blending"] = routing_rows.settings(conn).get("blending")
    for rule in document["rules"]:
        named = users.find_credentials(conn, rule["agent"]) if rule["agent"] not in ("", LAST) else None
        rule[AGENT_ID] = named.id if named else None
    return document


def _set_rules(call: Call, tx: Tx, body: RoutingRules) -> RoutingRules:
    check(call, tx.conn, body)
    set_site_value(tx, routing_rows.SETTINGS, stored(tx.conn, body))
    tx.event("routing.changed")
    call.record(tx, "routing.changed", rules=len(body.rules))
    return _rules(tx.conn)


def check(call: Call, conn: Connection, body: RoutingRules) -> None:
    """Raises Forbidden to who belongs to a department, Invalid that names each rule at fault, NotFound for a queue that
    is not there."""
    if call.actor.departments is not None:
        raise Forbidden("The rules are the whole site's, and you belong to a department.")
    faults: dict[str, str] = {}
    for index, rule in enumerate(body.rules):
        if rule.queue is not None:
            admin_queues.get_queue(conn, call.actor, rule.queue)
        if error := _fault(rule.when):
            faults[f"rules.{index}.when"] = str(error)
        if rule.agent not in ("", LAST) and users.find_credentials(conn, rule.agent) is None:
            faults[f"rules.{index}.agent"] = "Nobody logs in by this name."
        if wrong := sorted(name for name in rule.attributes if not name.strip() or name in interactions.OWN):
            faults[f"rules.{index}.attributes"] = f"No attribute can be called {wrong[0]!r}."
    if faults:
        raise Invalid(fields=faults)


def _fault(text: str) -> ConditionError | None:
    try:
        Condition.parse(text)
    except ConditionError as error:
        return error
    return None
