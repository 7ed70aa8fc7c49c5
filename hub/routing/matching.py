"""Finds the best agent for a piece of work, and the best work for an agent.

Between two events no waiting work has an agent who could take it. So what an event frees can be matched alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from hub.routing.classes import Line, Link
from hub.routing.offers import Offers
from hub.routing.policy import Strategy
from hub.routing.refusals import Refusals
from hub.routing.roster import Member, Roster
from hub.routing.waiting import Entry, Waiting


class Matcher:
    def __init__(self, roster: Roster, waiting: Waiting, offers: Offers, refusals: Refusals) -> None:
        self._roster = roster
        self._waiting = waiting
        self._offers = offers
        self._refusals = refusals

    def best_agent(self, entry: Entry, now: datetime) -> int | None:
        """Whom the work goes to now: its own agent if they can, else the best of its line."""
        work = entry.work
        if work.agent is not None and self._own_can(entry, now):
            return work.agent
        return None if entry.line is None else self._best_of(entry.line, work.id, now)

    def best_work(self, member: Member, now: datetime) -> Entry | None:
        """What the agent gets next: what is kept for them, else the first of all the lines they reach."""
        work = self._kept(member, now)
        if work is None:
            found = self._first(member)
            if found is None:
                return None
            work = found[1]
            if not self._may(work, found[2], member.agent.id, now):
                work = self._first_accepted(member, now)
        return None if work is None else self._waiting.entry(work)

    def _best_of(self, line: Line, work: int, now: datetime) -> int | None:
        if line.policy.strategy is not Strategy.ALL_RING and not self._refusals.any_of(work):
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

    def _kept(self, member: Member, now: datetime) -> int | None:
        kept = self._waiting.kept.get(member.agent.id)
        if kept is None:
            return None
        paused = self._refusals.paused

        def accepts(work: int) -> bool:
            return member.has_room(self._waiting[work].slot) and member.agent.id not in paused(work, now)

        found = kept.first_where(accepts)
        return None if found is None else found[1]

    def _first(self, member: Member) -> tuple[float, int, Line] | None:
        """The place, work and line of what is first of all, by place and the agent's preference."""
        heads = self._roster.matrix.heads
        best: tuple[float, int, Line] | None = None
        for slot, reach in member.group.reach.items():
            if member.has_room(slot):
                first = reach.first(heads)
                if first is not None and (best is None or first[:2] < best[:2]):
                    best = first
        return best

    def _first_accepted(self, member: Member, now: datetime) -> int | None:
        """As `_first`, passing over what the agent may not have just now."""
        best: tuple[float, int] | None = None
        for link in self._open_links(member):
            line = link.line
            found = line.waiting.first_where(partial(self._may, line=line, agent=member.agent.id, now=now))
            if found is not None and (best is None or (found[0] + link.handicap, found[1]) < best):
                best = (found[0] + link.handicap, found[1])
        return None if best is None else best[1]

    def _open_links(self, member: Member) -> Iterator[Link]:
        """The links to the lines of which one more would fit."""
        for slot, reach in member.group.reach.items():
            if member.has_room(slot):
                yield from reach.links

    def _may(self, work: int, line: Line, agent: int, now: datetime) -> bool:
        if self._refusals.any_of(work) and agent in self._refusals.paused(work, now):
            return False
        if line.policy.strategy is not Strategy.ALL_RING:
            return True
        return self._wide_enough(work, line) and self._offers.between(work, agent) is None

    def _wide_enough(self, work: int, line: Line) -> bool:
        """Whether it may ring at one more."""
        width = line.policy.width
        return not width or len(self._offers.of(work)) < width
