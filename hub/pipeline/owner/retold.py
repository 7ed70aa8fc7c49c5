"""What a recorded stretch would have come to had the site been served in another way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.pipeline import demand
from hub.pipeline.demand import Demand, Terms
from hub.pipeline.owner import recording
from hub.routing import documents, events
from hub.routing.policy import QueuePolicy
from hub.routing.retelling.comparison import Comparison, Targets, as_recorded, compared
from hub.routing.retelling.recorder import Recorder
from hub.routing.retelling.retell import Retelling
from hub.routing.retelling.staff import Staff
from hub.routing.retelling.stretch import Stretch
from hub.routing.snapshots import Work
from hub.store import journal_rows, recorded_work, routing_rows
from hub.store.rows import Row


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is tried: how these queues are served (`routing` documents by id), other skills of these users (by id), and
    the site's rules with what blocks what, if they change."""

    routing: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    settings: Mapping[str, Any] | None = None
    skills: Mapping[int, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stretch as the journal has it; `settings` are the site's at its end."""

    stretch: Stretch
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Retold:
    """`as_recorded`: how many contacts came to what is recorded when told again with nothing changed."""

    stretch: Stretch
    as_recorded: int
    comparison: Comparison


def rows(conn: Connection, since: datetime, until: datetime) -> list[Row]:
    """The journal of this stretch as it is stored; it is unpacked by `recorded`, which takes a while."""
    return list(journal_rows.between(conn, since, until))


def recorded(journal: Iterable[Row], since: datetime, until: datetime) -> Recorded:
    """What the journal says of these hours; from its first snapshot on, where that came later."""
    recorder, settings = Recorder(since, until), dict[str, Any]()
    for row in journal:
        if row["kind"] == "snapshot":
            state, settings = recording.read_snapshot(row["body"])
            recorder.snapshot(state, row["at"])
            continue
        for at, heard, decided in recording.read_cycles(row["body"]):
            if at < until:
                recorder.round(at, heard, decided)
        if recorder.is_over:
            break
    return Recorded(recorder.stretch(), settings)


def works(conn: Connection, told: Recorded, proposal: Proposal) -> dict[int, Work]:
    """The work that would have asked for something else as it came: by the rules, or for the customer's last agent.

    Judged by what is known of interaction and customer today, but for what came after.
    """
    if proposal.settings is None and not proposal.routing:
        return {}
    queues = recorded_work.queues(conn)
    tried = {**queues, **{each: {**queues[each], "routing": dict(proposal.routing[each])} for each in proposal.routing}}
    firsts = {each.work.id: each for each in told.stretch.contacts if each.work.since == each.work.enqueued_at}
    found: dict[int, Work] = {}
    settings = told.settings if proposal.settings is None else proposal.settings
    for row in recorded_work.interactions_of(conn, firsts):
        contact = firsts[row["work_id"]]
        came = contact.work.enqueued_at
        before = demand.stored(lambda: conn, told.settings, queues.get, came, past=True)
        after = replace(before, settings=settings, queue=tried.get)
        work = _asked(contact.work, row, before, after)
        if work != contact.work:
            found[work.id] = work
    return found


def _asked(work: Work, interaction: Row, before: Terms, after: Terms) -> Work:
    """The work with what the second terms ask for where the first did not."""
    door = interaction["door"]
    old = _demand(before, interaction, door, moves=True)
    moves = old is not None and old.queue["id"] == work.queue
    if not moves:  # somebody chose its queue
        door = work.queue
        old = _demand(before, interaction, door, moves=False)
    new = _demand(after, interaction, door, moves)
    if old is None or new is None:
        return work
    work = replace(work, priority=work.priority + new.priority - old.priority)
    if new.queue["id"] != old.queue["id"]:
        work = replace(work, queue=new.queue["id"], offer_seconds=new.queue["offer_seconds"])
    if new.skills != old.skills:
        work = replace(work, skills=dict(new.skills))
    if (new.agent, new.agent_until) != (old.agent, old.agent_until):
        work = replace(work, agent=new.agent, agent_until=new.agent_until)
    return work


def _demand(terms: Terms, interaction: Row, queue_id: int | None, moves: bool) -> Demand | None:
    queue = terms.queue(queue_id) if queue_id is not None else None
    return None if queue is None else demand.by(terms, interaction, queue, moves)


def compare(told: Recorded, proposal: Proposal, changed: Mapping[int, Work]) -> Retold:
    """Tell the stretch twice, as it was and as proposed. Takes seconds for a day; nothing is changed."""
    stretch, known = told.stretch, _policies(told.stretch)
    tried = {queue: _tried(known.get(queue), queue, routing) for queue, routing in proposal.routing.items()}
    settings = told.settings if proposal.settings is None else proposal.settings
    before = Retelling(stretch, documents.settings(told.settings)).courses()
    had, blending = routing_rows.blending_of(told.settings), routing_rows.blending_of(settings)
    staff = Staff(proposal.skills, had, blending)
    after = Retelling(stretch, documents.settings(settings), tried, changed, staff).courses()
    alike = as_recorded(stretch.contacts, before)
    return Retold(stretch, alike, compared(before, after, _targets({**known, **tried})))


def _policies(stretch: Stretch) -> dict[int, QueuePolicy]:
    """The last of every queue."""
    later = (event.policy for _, event in stretch.happenings if isinstance(event, events.QueueChanged))
    return {**stretch.policies, **{policy.id: policy for policy in later}}


def _tried(known: QueuePolicy | None, queue: int, routing: Mapping[str, Any]) -> QueuePolicy:
    return documents.policy(queue, routing, known.source.get("hours", {}) if known else {})


def _targets(policies: Mapping[int, QueuePolicy]) -> Targets:
    return {
        queue: {each["medium"]: each["seconds"] for each in policy.source.get("routing", {}).get("targets", ())}
        for queue, policy in policies.items()
    }
