"""What of a site file the simulation takes: queues, who serves them, and the site's time zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.api import Medium
from hub.main.sentence import Sentence
from hub.model.capacity import Capacity
from hub.model.erlang import Target
from hub.plugin.site_file import load
from hub.plugin.site_model import QueueTable, SiteFile, UserTable
from hub.routing import documents
from hub.routing.policy import QueuePolicy
from hub.routing.simulation.scenario import TARGETS, Desk
from hub.routing.snapshots import Agent

HIGHEST = 0.999  # a target of 100 % of all contacts takes no number of agents


@dataclass(frozen=True, slots=True)
class Site:
    """Queues are numbered from one, as the first start would number them."""

    queues: Mapping[str, QueueTable]
    ids: Mapping[str, int]
    desks: tuple[Desk, ...]
    agents: Mapping[str, Agent]
    zone: ZoneInfo

    @property
    def names(self) -> dict[int, str]:
        return {self.ids[key]: table.name for key, table in self.queues.items()}


def read(path: Path, zone: str = "") -> Site:
    """Raises SiteFileError or Sentence."""
    file = load(path)
    if not file.queues:
        raise Sentence(f"{path} describes no queue: write a [[queues]] table for each.")
    ids = {queue.key: number for number, queue in enumerate(file.queues, 1)}
    agents = {user.login: _agent(number, user, ids) for number, user in enumerate(file.users, 1) if user.queues}
    desks = tuple(_desk(queue, ids) for queue in file.queues)
    return Site({queue.key: queue for queue in file.queues}, ids, desks, agents, _zone(zone, file))


def policy(queue: QueueTable, ids: Mapping[str, int]) -> QueuePolicy:
    """How the queue is served, as a site that was started with the file would serve it."""
    return documents.policy(ids[queue.key], queue.routing.document(ids), queue.hours)


def _desk(queue: QueueTable, ids: Mapping[str, int]) -> Desk:
    return Desk(policy(queue, ids), queue.offer_seconds, queue.wrap_up_seconds, _targets(queue))


def _targets(queue: QueueTable) -> dict[str, Target]:
    """A target for any medium holds where the medium has none of its own; without any the usual ones do."""
    own = {each.medium: Target(min(each.percent / 100, HIGHEST), each.seconds) for each in queue.routing.targets}
    return {medium: own.get(medium, own.get(None, TARGETS[medium])) for medium in Medium}


def _agent(number: int, user: UserTable, ids: Mapping[str, int]) -> Agent:
    """The order of a user's queues is their order of preference."""
    queues = tuple(ids[key] for key in user.queues)
    preferences = {queue: place for place, queue in enumerate(queues)}
    return Agent(number, False, queues, user.skills, Capacity.of(user.capacity), preferences=preferences)


def _zone(name: str, file: SiteFile) -> ZoneInfo:
    """As given, else that of the first queue with hours."""
    found = name or next((queue.hours["zone"] for queue in file.queues if "zone" in queue.hours), "UTC")
    try:
        return ZoneInfo(found)
    except (KeyError, ValueError, OSError) as error:
        raise Sentence(f"there is no time zone {found!r}: write it like Asia/Shanghai.") from error
