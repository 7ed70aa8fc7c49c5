"""Makes offers: of work to the best agents, and to an agent of the best work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from hub.routing.decisions import Decision, MakeOffer, Overflow
from hub.routing.explain import why_agent
from hub.routing.lines import Entry
from hub.routing.matching import Matcher
from hub.routing.offers import Reservation
from hub.routing.policy import TAKING_TURNS, OverflowRule, Strategy
from hub.routing.roster import Member
from hub.routing.state import State


class Offering:
    __slots__ = ("_matcher", "_policies", "_refused", "_state")

    def __init__(self, state: State) -> None:
        self._state = state
        self._policies = state.queues.policies
        self._refused = state.refusals.of_work
        self._matcher = Matcher(state.roster, state.waiting, state.offers, state.refusals)

    def to_agents(self, works: Iterable[int], now: datetime) -> list[Decision]:
        made: list[Decision] = []
        nobody: set[int] = set()
        for entry in self._state.waiting.sorted(works):
            work = entry.work
            if id(entry.line) in nobody and work.agent is None:
                continue
            agent = self._matcher.best_agent(entry, now)
            if agent is None and work.id not in self._state.refusals.of_work and work.id not in self._state.offers:
                nobody.add(id(entry.line))
            while agent is not None:
                line = entry.line or self._state.waiting.line_for(work, now)
                candidates = max(sum(len(link.free) for link in line.open), 1)
                made.append(self._offer(entry, self._state.roster.members[agent], now, candidates))
                agent = self._matcher.best_agent(entry, now) if work.id in self._state.waiting else None
        return made

    def serve_all(self, agents: Iterable[int | None], now: datetime) -> list[Decision]:
        return [decision for agent in agents for decision in self.serve(agent, now)]

    def serve(self, agent: int | None, now: datetime) -> list[Decision]:
        """Offer an agent all they have room for."""
        member = self._state.roster.members.get(agent) if agent is not None else None
        return [] if member is None else self.fill(member, now)

    def fill(self, member: Member, now: datetime) -> list[Decision]:
        made: list[Decision] = []
        if not member.agent.routable:
            return made
        while (entry := self._matcher.best_work(member, now)) is not None:
            made.append(self._offer(entry, member, now, candidates=1))  # could others have taken it, they would have it
        return made

    def _offer(self, entry: Entry, member: Member, now: datetime, candidates: int) -> MakeOffer:
        state, work, agent = self._state, entry.work, member.agent
        number, policy = entry.number, self._policies[work.queue]
        strategy, refused, ring = policy.strategy, number in self._refused, entry.ring
        in_hand, idle_since = member.in_hand, member.idle_since
        why = partial(why_agent, work, agent, candidates, in_hand, idle_since, refused, strategy, ring, now)
        if strategy in TAKING_TURNS:
            state.roster.took_turn(member, work.queue, strategy)
        if strategy is not Strategy.ALL_RING or entry.kept_for is not None:
            state.waiting.take(entry)
        expires_at = now + work.lease
        alongside = state.reserve(member, work, expires_at)
        return MakeOffer(number, agent.id, expires_at, why, policy.auto_accept, alongside)

    def requeue(self, reservation: Reservation, now: datetime, released: Sequence[int] = ()) -> list[Decision]:
        """Back to its place, which its first enqueue time keeps; the agent is free for other work.

        `released`: what else may go to others now.
        """
        work = reservation.work
        self._state.drop(reservation)
        if work.id not in self._state.offers and work.id not in self._state.waiting:
            self._state.waiting.add(work, now)
        return [*self.to_agents([work.id, *released], now), *self.serve(reservation.agent, now)]

    def move_on(self, works: Iterable[int], rule: OverflowRule, now: datetime) -> list[Decision]:
        """What still waits of these shall wait elsewhere."""
        entries = [entry for work in works if (entry := self._state.waiting.entry(work)) is not None]
        for entry in entries:
            self._state.waiting.ask(entry, rule, now)
        return [Overflow(entry.work.id, rule) for entry in entries]
