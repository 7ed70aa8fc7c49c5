"""Finds the best agent for a piece of work, and the best work for an agent.

Between two events no waiting work has an agent who could take it. So what an event frees can be matched alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from hub.model.capacity import has_room
from hub.routing.lines import ID, NOBODY, Entry, Line, Link
from hub.routing.offers import Offers
from hub.routing.policy import Strategy
from hub.routing.refusals import Refusals
from hub.routing.roster import Member, Roster
from hub.routing.waiting import Waiting


class Matcher:
    def __init__(self, roster: Roster, waiting: Waiting, offers: Offers, refusals: Refusals) -> None:
        self._roster = roster
        self._waiting = waiting
        self._offers = offers
        self._refusals = refusals
        self._heads = roster.matrix.heads
        self._entries = waiting.entries
        self._kept_for = waiting.kept
        self._refused = refusals.of_work

    def best_agent(self, entry: Entry, now: datetime) -> int | None:
        """Whom the work goes to now: its own agent if they can, else the best of its line."""
        work = entry.work
        if work.agent is not None and self._own_can(entry, now):
            return work.agent
        return None if entry.line is None else self._best_of(entry.line, work.id, now)

    def best_work(self, member: Member, now: datetime) -> Entry | None:
        """What the agent gets next: what is kept for them, else the first of all the lines they reach."""
        agent, load, first = member.agent, member.load, NOBODY
        if agent.id in self._kept_for and (kept := self._kept(member, now)) is not None:
            return kept
        for (medium, channel), reach in member.group.reach.items():
            if has_room(load, medium, agent.capacity, channel) and (place := reach.first(self._heads)) < first:
                first = place
        if first is NOBODY:
            return None
        entry = self._entries[first & ID]
        return entry if self._may(entry, agent.id, now) else self._first_accepted(member, now)

    def _best_of(self, line: Line, work: int, now: datetime) -> int | None:
        if line.policy.strategy is not Strategy.ALL_RING and work not in self._refusals.of_work:
            return self._roster.best(line)
        cooling, paused = self._refusals.cooling(work, now), self._refusals.paused(work, now)
        if not self._wide_enough(work, line):
            return None
        ringing = {reservation.agent for reservation in self._offers.of(work)}
        fresh = self._roster.best(line, lambda agent: agent not in cooling and agent not in ringing)
        if fresh is not None:
            return fresh
        return self._roster.best(line, lambda agent: agent not in paused and agent not in ringing)

    def _own_can(self, entry: Entry, now: datetime) -> bool:
        """What is kept for them they get whatever their skills; else they come first of those who could take it."""
        work = entry.work
        member = self._roster.members.get(work.agent) if work.agent is not None else None
        if member is None or not member.has_room(work.slot) or self._offers.between(work.id, member.agent.id):
            return False
        if member.agent.id in self._refusals.cooling(work.id, now):
            return False
        if entry.line is None:
            return True
        return self._wide_enough(work.id, entry.line) and self._roster.reaches(member, entry.line)

    def _kept(self, member: Member, now: datetime) -> Entry | None:
        entries, paused = self._waiting.entries, self._refusals.paused

        def accepts(work: int) -> bool:
            return member.has_room(entries[work].work.slot) and member.agent.id not in paused(work, now)

        found = self._waiting.kept[member.agent.id].first_where(accepts)
        return None if found is None else entries[found[1]]

    def _first_accepted(self, member: Member, now: datetime) -> Entry | None:
        """The first of all lines, passing over what the agent may not have just now."""
        accepts = partial(self._may, agent=member.agent.id, now=now)
        found = {
            entry.place + link.handicap: entry
            for link in self._open_links(member)
            if (entry := link.line.first_where(accepts)) is not None
        }
        return found[min(found)] if found else None

    def _open_links(self, member: Member) -> Iterator[Link]:
        """The links to the lines of which one more would fit."""
        for slot, reach in member.group.reach.items():
            if member.has_room(slot):
                yield from reach.links

    def _may(self, entry: Entry, agent: int, now: datetime) -> bool:
        """Whether what stands in a line may go to the agent."""
        work, line = entry.number, entry.line
        if work in self._refused and agent in self._refusals.paused(work, now):
            return False
        if line is None or not line.rings_on:
            return True
        return self._wide_enough(work, line) and self._offers.between(work, agent) is None

    def _wide_enough(self, work: int, line: Line) -> bool:
        """Whether it may ring at one more."""
        width = line.policy.width
        return not width or len(self._offers.of(work)) < width
