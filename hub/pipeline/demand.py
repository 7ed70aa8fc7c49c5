"""What an interaction's need for an agent asks for: its queue's skills, the site's routing rules, the last agent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from hub.api.conditions import Condition, ConditionError
from hub.store import routing_rows, work
from hub.store.rows import Row
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class Demand:
    """Where the work goes and what it asks for. `agent` is asked first, alone until `agent_until`; `named`: because a
    rule says who. `point` is how many seconds of waiting one point of priority counts for. `attributes`: what rules say
    of the interaction."""

    queue: Row
    priority: int
    point: int
    skills: Mapping[str, int] = field(default_factory=dict)
    agent: int | None = None
    agent_until: datetime | None = None
    named: bool = False
    rules: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)

    def requirement(self) -> dict[str, Any]:
        """As it is kept with the work."""
        until = self.agent_until.isoformat() if self.agent_until else None
        kept = {"agent": self.agent, "agent_until": until} if self.agent else {}
        return {"skills": dict(self.skills), **kept, **({"rules": list(self.rules)} if self.rules else {})}

    def place(self, enqueued_at: datetime) -> int:
        """Where it stands among all that waits."""
        return work.place(self.priority, enqueued_at, self.point)


@dataclass(frozen=True, slots=True)
class Terms:
    """What demands are worked out by: the site's settings, its queues, and the moment. `values`: what conditions may
    speak of, given the interaction and its queue; `last_agent`: who had the interaction's customer last."""

    settings: Mapping[str, Any]
    queue: Callable[[int], Row | None]
    now: datetime
    values: Callable[[Row, Row], Mapping[str, object]]
    last_agent: Callable[[Row], int | None]


def stored(
    connection: Callable[[], Connection],
    settings: Mapping[str, Any],
    queue: Callable[[int], Row | None],
    now: datetime,
    past: bool = False,
) -> Terms:
    """As the store knows the customers, if they are asked for. `past`: of an interaction that came then; what its
    customer did since counts for nothing."""

    def last_agent(interaction: Row) -> int | None:
        if interaction["customer_id"] is None:
            return None
        return routing_rows.last_agent(connection(), interaction["customer_id"], interaction["id"] if past else None)

    def values(interaction: Row, queue: Row) -> Mapping[str, object]:
        return _values(connection(), interaction, queue, past)

    return Terms(settings, queue, now, values, last_agent)


def of(tx: Tx, interaction: Row, queue: Row, chosen: bool) -> Demand:
    """What the interaction asks for as it enters a queue. Rules may send it to another one only where it comes in for
    the first time and nobody chose the queue. A rule that cannot be read holds for nothing."""
    settings = tx.once("routing", routing_rows.settings)
    terms = stored(lambda: tx.conn, settings, lambda number: work.queue(tx.conn, number), tx.now)
    return by(terms, interaction, queue, not chosen and interaction["enqueued_at"] is None)


def by(terms: Terms, interaction: Row, queue: Row, moves: bool) -> Demand:
    """As `of`, by these terms; `moves`: rules may send it to another queue."""
    point = terms.settings.get("priority_seconds", work.PRIORITY_SECONDS)
    demand = Demand(queue, interaction["priority"] + queue["priority"], point, queue["skills"])
    if rules := terms.settings.get("rules"):
        values = terms.values(interaction, queue)
        for rule in rules:
            if _holds(rule["when"], values):
                demand = _applied(terms, demand, rule, moves, interaction)
                values = _told(values, rule.get("attributes", {}))
    seconds = demand.queue["routing"].get("last_agent_seconds", 0)
    if seconds and demand.agent is None:
        demand = _kept_for(terms, demand, terms.last_agent(interaction), seconds)
    return demand


def _applied(terms: Terms, demand: Demand, rule: Mapping[str, Any], moves: bool, interaction: Row) -> Demand:
    """The demand with what a rule adds."""
    queue = terms.queue(rule["queue"]) if rule.get("queue") and moves else None
    if queue is not None and queue["enabled"] and queue["id"] != demand.queue["id"]:
        change = queue["priority"] - demand.queue["priority"]
        own = {name: level for name, level in demand.skills.items() if name not in demand.queue["skills"]}
        skills = {**queue["skills"], **own}
        demand = replace(demand, queue=queue, priority=demand.priority + change, skills=skills)
    demand = replace(
        demand,
        priority=demand.priority + rule.get("priority", 0),
        skills={**demand.skills, **rule.get("skills", {})},
        rules=(*demand.rules, rule.get("name", "")),
        attributes={**demand.attributes, **rule.get("attributes", {})},
    )
    last = terms.last_agent(interaction) if rule.get("agent") == "last" else None
    agent = last or rule.get("agent_id")
    if not agent:
        return demand
    return replace(_kept_for(terms, demand, agent, rule.get("keep_seconds", 0)), named=last is None)


def _told(values: Mapping[str, object], attributes: Mapping[str, str]) -> Mapping[str, object]:
    """What the next rule may ask for: what this one says of the interaction, too."""
    known = values["attributes"]
    return {**values, "attributes": {**known, **attributes}} if attributes and isinstance(known, Mapping) else values


def _kept_for(terms: Terms, demand: Demand, agent: int | None, seconds: int) -> Demand:
    if agent is None:
        return demand
    until = terms.now + timedelta(seconds=seconds) if seconds else None
    return replace(demand, agent=agent, agent_until=until)


def _holds(text: str, values: Mapping[str, object]) -> bool:
    condition = _condition(text)
    return condition is not None and condition.holds(values)


@lru_cache(maxsize=1000)
def _condition(text: str) -> Condition | None:
    try:
        return Condition.parse(text)
    except ConditionError:
        return None


def _values(conn: Connection, interaction: Row, queue: Row, past: bool) -> dict[str, object]:
    """What a condition may speak of (docs/routing.md)."""
    customer = routing_rows.customer(conn, interaction["customer_id"]) or {}
    return {
        "channel": interaction["channel"],
        "medium": interaction["medium"],
        "account": routing_rows.account_address(conn, interaction["account_id"]),
        "queue": queue["key"],
        "language": interaction["language"],
        "subject": interaction["subject"],
        "priority": interaction["priority"],
        "attributes": interaction["attributes"],
        "returning": routing_rows.has_history(conn, interaction["customer_id"], interaction["id"], past),
        "customer": {
            "kind": customer.get("kind"),
            "name": customer.get("name"),
            "language": customer.get("language"),
            "attributes": customer.get("attributes", {}),
        },
    }
