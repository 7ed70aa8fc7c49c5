"""All the engine knows, and what of it has to move together."""

from __future__ import annotations

from datetime import datetime

from hub.routing.decisions import Decision, RescindOffer
from hub.routing.offers import Offers, Reservation
from hub.routing.policy import RoutingSettings, Strategy
from hub.routing.queues import Queues
from hub.routing.refusals import Refusals
from hub.routing.roster import Member, Roster
from hub.routing.snapshots import OpenOffer, Slot, Snapshot, Work
from hub.routing.waiting import Waiting


class State:
    """`holders`: work → who has it, and what of theirs it fills."""

    __slots__ = ("holders", "offers", "queues", "refusals", "roster", "settings", "waiting")

    def __init__(self, settings: RoutingSettings) -> None:
        self.settings = settings
        self.queues = Queues()
        self.roster = Roster(settings)
        self.waiting = Waiting(self.roster.matrix, self.queues, settings)
        self.offers = Offers(settings.retry)
        self.refusals = Refusals(settings)
        self.holders: dict[int, tuple[Member, Slot]] = {}

    def restore(self, snapshot: Snapshot, now: datetime) -> list[int]:
        """What the store says; returns the work that needs somebody."""
        for policy in snapshot.queues:
            self.queues.change(policy, now)
        for agent in snapshot.agents:
            self.roster.change(agent, now)
        for turn in snapshot.turns:
            self.roster.had_turn(turn.agent, turn.queue, self.queues.policies[turn.queue].strategy)
        for refusal in snapshot.refused:
            self.refusals.add(refusal.work, refusal.agent, refusal.at)
        for held in snapshot.held:
            self.hold(held.agent, held.work, (held.medium, held.channel), now)
        for offer in snapshot.offers:
            self.reserve(self.roster.known(offer.agent, now), offer.work, offer.expires_at, offer.offer, offer.accepted)
        for work in sorted(snapshot.waiting, key=self.waiting.place):  # lies in memory as it will be served
            self.put(work, now)
        self.roster.matrix.prepare()
        ringing = {each.work.id: each.work for each in snapshot.offers if self._rings_on(each)}
        for work in ringing.values():
            self.waiting.add(work, now)
        return [*ringing, *(work.id for work in snapshot.waiting)]

    def put(self, work: Work, now: datetime) -> None:
        """It waits from now on: for its own agent alone, or for anybody."""
        self.waiting.add(work, now, self._is_kept(work, now))

    def hold(self, agent: int, work: int, slot: Slot, now: datetime) -> None:
        """The agent has it. Hearing of it twice does not count it twice."""
        held = self.holders.get(work)
        if held is not None and held[0].agent.id == agent:
            return
        self.let_go(work)
        member = self.roster.known(agent, now)
        self.holders[work] = (member, slot)
        self.roster.count(member, slot, 1)

    def reserve(
        self, member: Member, work: Work, until: datetime, offer: int | None = None, accepted: bool = False
    ) -> bool:
        """It rings at the agent, who has room for so much less; whether it rings elsewhere already."""
        slot = work.slot
        self.roster.count(member, slot, 1)
        return self.offers.open(Reservation(work, member, slot, offer, accepted), until)

    def let_go(self, work: int) -> int | None:
        """Nobody holds it any more; who did."""
        held = self.holders.pop(work, None)
        if held is None:
            return None
        member, slot = held
        self.roster.count(member, slot, -1)
        return member.agent.id

    def done(self, agent: int, work: int, now: datetime) -> Member | None:
        """The agent has it no longer and is idle from now on; None if it was not theirs."""
        held = self.holders.get(work)
        if held is None or held[0].agent.id != agent:
            return None
        del self.holders[work]
        member, slot = held
        member.idle_since = now
        self.roster.count(member, slot, -1)
        return member

    def drop(self, reservation: Reservation) -> None:
        """It rings there no longer."""
        self.offers.drop(reservation)
        self.roster.count(reservation.member, reservation.slot, -1)

    def forget(self, work: int, winner: int | None = None) -> tuple[list[Decision], list[int]]:
        """It waits no longer; whoever it rings at, but the winner, is told and has room again."""
        self.waiting.drop(work)
        self.refusals.forget(work)
        told: list[Decision] = []
        freed: list[int] = []
        for reservation in self.offers.of(work):
            self.drop(reservation)
            if reservation.agent != winner:
                told.append(RescindOffer(work, reservation.agent, reservation.offer))
                freed.append(reservation.agent)
        return told, freed

    def _rings_on(self, offer: OpenOffer) -> bool:
        """Whether it may ring at more agents while this offer stands."""
        return self.queues.policies[offer.work.queue].strategy is Strategy.ALL_RING and not offer.accepted

    def _is_kept(self, work: Work, now: datetime) -> bool:
        """Whether it waits for its own agent alone: they are there, and the time it is kept for is not over."""
        if work.agent is None or work.agent_until is None or work.agent_until <= now:
            return False
        member = self.roster.members.get(work.agent)
        return member is not None and member.agent.routable and work.agent not in self.refusals.cooling(work.id, now)
