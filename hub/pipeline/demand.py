"""What an interaction's need for an agent asks for: its queue's skills, the site's routing rules, the last agent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from hub.model.conditions import Condition, ConditionError
from hub.store import routing_rows, work
from hub.store.rows import Row
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class Demand:
    """Where the work goes and what it asks for. `agent` is asked first, alone until `agent_until`; `point` is how many
    seconds of waiting one point of priority counts for."""

    queue: Row
    priority: int
    point: int
    skills: Mapping[str, int] = field(default_factory=dict)
    agent: int | None = None
    agent_until: datetime | None = None
    rules: tuple[str, ...] = ()

    def requirement(self) -> dict[str, Any]:
        """As it is kept with the work."""
        until = self.agent_until.isoformat() if self.agent_until else None
        kept = {"agent": self.agent, "agent_until": until} if self.agent else {}
        return {"skills": dict(self.skills), **kept, **({"rules": list(self.rules)} if self.rules else {})}

    def place(self, enqueued_at: datetime) -> int:
        """Where it stands among all that waits."""
        return work.place(self.priority, enqueued_at, self.point)


def of(tx: Tx, interaction: Row, queue: Row, chosen: bool) -> Demand:
    """What the interaction asks for as it enters a queue. Rules may send it to another one only where it comes in for
    the first time and nobody chose the queue. A rule that cannot be read holds for nothing."""
    settings = routing_rows.settings(tx.conn)
    point = settings.get("priority_seconds", work.PRIORITY_SECONDS)
    demand = Demand(queue, interaction["priority"] + queue["priority"], point, queue["skills"])
    if rules := settings.get("rules"):
        moves = not chosen and interaction["enqueued_at"] is None
        values = _values(tx.conn, interaction, queue)
        for rule in rules:
            if _holds(rule["when"], values):
                demand = _applied(tx, demand, rule, moves, interaction["customer_id"])
    seconds = demand.queue["routing"].get("last_agent_seconds", 0)
    if seconds and demand.agent is None and interaction["customer_id"] is not None:
        demand = _kept_for(tx, demand, routing_rows.last_agent(tx.conn, interaction["customer_id"]), seconds)
    return demand


def _applied(tx: Tx, demand: Demand, rule: Mapping[str, Any], moves: bool, customer: int | None) -> Demand:
    """The demand with what a rule adds."""
    queue = work.queue(tx.conn, rule["queue"]) if rule.get("queue") and moves else None
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
    )
    agent = rule.get("agent_id")
    if rule.get("agent") == "last" and customer is not None:
        agent = routing_rows.last_agent(tx.conn, customer)
    return _kept_for(tx, demand, agent, rule.get("keep_seconds", 0)) if agent else demand


def _kept_for(tx: Tx, demand: Demand, agent: int | None, seconds: int) -> Demand:
    if agent is None:
        return demand
    until = tx.now + timedelta(seconds=seconds) if seconds else None
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


def _values(conn: Connection, interaction: Row, queue: Row) -> dict[str, object]:
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
        "returning": routing_rows.has_history(conn, interaction["customer_id"], interaction["id"]),
        "customer": {
            "kind": customer.get("kind"),
            "name": customer.get("name"),
            "language": customer.get("language"),
            "attributes": customer.get("attributes", {}),
        },
    }
