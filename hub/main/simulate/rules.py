"""The site's routing rules from a file, asked of each contact as it comes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from hub.api.conditions import Condition, ConditionError
from hub.main.sentence import Sentence
from hub.main.simulate.site import Site
from hub.pipeline import demand
from hub.pipeline.demand import Terms
from hub.plugin.site_model import Table
from hub.routing.policy import RoutingSettings
from hub.routing.simulation.scenario import Contact, History, Wanted

Seconds = Annotated[int, Field(ge=0, le=86_400)]


class RuleTable(Table):
    """[[rules]]: as on the screen of the rules, with queues by key."""

    name: str = ""
    when: str
    queue: str = ""
    priority: int = 0
    skills: dict[str, int] = Field(default_factory=dict)
    agent: str = ""
    keep_seconds: Seconds = 0
    attributes: dict[str, str] = Field(default_factory=dict)


class RulesFile(Table):
    """The whole file."""

    priority_seconds: Seconds = 300
    preference_seconds: Seconds = 120
    rules: list[RuleTable] = Field(default_factory=list)


NO_RULES = RulesFile()


def read_rules(path: Path, site: Site) -> RulesFile:
    """Raises Sentence."""
    try:
        found = RulesFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise Sentence(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Sentence(f"{path}: not TOML: {error}.") from error
    except ValidationError as error:
        place, said = ".".join(map(str, error.errors()[0]["loc"])), error.errors()[0]["msg"]
        raise Sentence(f"{path}: {place}: {said}.") from error
    for number, rule in enumerate(found.rules, 1):
        if problem := _problem(rule, site):
            raise Sentence(f"{path}: rule {number}: {problem}")
    return found


def _problem(rule: RuleTable, site: Site) -> str:
    if rule.queue and rule.queue not in site.ids:
        return f"there is no queue {rule.queue!r}; the site has {', '.join(site.ids)}."
    if rule.agent not in {"", "last", *site.agents}:
        return f"no user {rule.agent!r} with queues is in the site file."
    try:
        Condition.parse(rule.when)
    except ConditionError as error:
        return f"when: {error}"
    return ""


def settings(rules: RulesFile) -> RoutingSettings:
    """What the rules say of the order of work."""
    return RoutingSettings(
        priority=timedelta(seconds=rules.priority_seconds), preference=timedelta(seconds=rules.preference_seconds)
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """Asks the rules of the file, and keeps for the customer's last agent where the queue says so."""

    document: Mapping[str, Any]
    queues: Mapping[int, dict[str, Any]]

    @classmethod
    def of(cls, rules: RulesFile, site: Site) -> Rules:
        queues = {
            site.ids[key]: {
                "id": site.ids[key],
                "key": key,
                "enabled": True,
                "priority": table.priority,
                "skills": table.skills,
                "routing": {"last_agent_seconds": table.routing.last_agent_seconds},
            }
            for key, table in site.queues.items()
        }
        return cls({"rules": [_document(rule, site) for rule in rules.rules]}, queues)

    def __call__(self, contact: Contact, history: History, now: datetime) -> Wanted:
        queue = self.queues[contact.queue]
        own = {name: level for name, level in contact.skills.items() if queue["skills"].get(name) != level}
        interaction = {"priority": contact.priority - queue["priority"]}
        terms = Terms(
            self.document,
            self.queues.get,
            now,
            lambda _, queue: _values(contact, history, queue["key"], interaction["priority"]),
            lambda _: history.last_agent,
        )
        found = demand.by(terms, interaction, queue, moves=True)
        skills = {**found.skills, **own}
        return Wanted(found.queue["id"], found.priority, skills, found.agent, found.agent_until)


def _document(rule: RuleTable, site: Site) -> dict[str, Any]:
    agent = site.agents.get(rule.agent)
    return {
        **rule.model_dump(),
        "queue": site.ids.get(rule.queue),
        "agent_id": agent.id if agent else None,
    }


def _values(contact: Contact, history: History, queue: str, priority: int) -> dict[str, object]:
    """What a condition may speak of (docs/routing.md); what the day file does not say is none."""
    values: dict[str, Any] = {
        "channel": contact.channel,
        "medium": contact.medium,
        "queue": queue,
        "priority": priority,
        "returning": history.returning,
        "attributes": {},
        "customer": {"name": contact.customer or None, "attributes": {}},
    }
    for name, value in contact.known.items():
        *above, last = name.split(".")
        into = values
        for step in above:
            into = into.setdefault(step, {})
        into[last] = value
    return values
