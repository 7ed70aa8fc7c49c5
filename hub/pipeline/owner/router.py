"""The owner of routing: one node per site, by lease, tells the engine what happened and commits what it decides."""

import asyncio
import gc
import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from hub.api import Event, Overloaded
from hub.pipeline import offer, overflow, presence
from hub.pipeline.owner.journal import Journal
from hub.pipeline.owner.routing_feed import AGENT_CHANGES, agents, facts_of, members, policies, snapshot
from hub.routing import documents
from hub.routing import events as facts
from hub.routing.decisions import Decision, ExpireOffer, MakeOffer, Overflow, RescindOffer
from hub.routing.engine import Engine
from hub.store import routing_rows, timers
from hub.store.database import Store

log = logging.getLogger(__name__)
LEASE = "routing"
GROUP = 64  # offers committed together
QUEUE_CHANGED, RULES_CHANGED = "queue.changed", "routing.changed"


class Router:
    """Runs on every node; only the one that holds the lease decides."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._life = timers.life(store.postgres)
        self._journal = Journal(store)
        self.engine: Engine | None = None

    async def run(self) -> None:
        """Own routing whenever the lease can be had; rebuilt from the store each time."""
        while True:
            try:
                if await self._hold():
                    await self._own()
            except Overloaded:
                log.warning("routing pauses: the database cannot be written now")
            finally:
                self.engine = None
            await asyncio.sleep(self._life / 4)

    def explain(self, work_id: int) -> dict[str, Any] | None:
        """Why this work still waits; None when it does not, or on a node that does not own routing."""
        if self.engine is None:
            return None
        why = self.engine.explain(work_id, datetime.now(UTC))
        return asdict(why) if why is not None else None

    async def _hold(self) -> bool:
        return await self._store.write(lambda tx: timers.hold(tx, LEASE, self._store.node, self._life))

    async def _own(self) -> None:
        keeper = asyncio.create_task(self._renew(), name="hub-routing-lease")
        follower = asyncio.create_task(self._take_over(), name="hub-routing")
        try:
            await asyncio.wait({keeper, follower}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            keeper.cancel()
            follower.cancel()
            results = await asyncio.gather(keeper, follower, return_exceptions=True)
            await self._journal.close()
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._life / 4)
            if not await self._hold():
                log.warning("another node owns routing now")
                return

    async def _take_over(self) -> None:
        state, last = await self._store.read(snapshot)
        document = await self._store.read(routing_rows.settings)
        now = datetime.now(UTC)
        self.engine = Engine(documents.settings(document))
        # in a thread: a hundred thousand waiting take seconds, and the lease must be renewed meanwhile
        decisions = await asyncio.to_thread(self.engine.restore, state, now)
        gc.freeze()  # what waits lives long: not looked at by every collection
        self._journal.began(state, document, now)
        await self._carry_out(decisions)
        log.info("routing is owned by this node: %d waiting, %d agents", len(state.waiting), len(state.agents))
        await self._follow(last)

    async def _follow(self, since: int) -> None:
        batches = self._store.tail.batches(since)
        upcoming = asyncio.ensure_future(anext(batches))
        try:
            while True:
                await asyncio.wait({upcoming}, timeout=self._pause())
                heard: list[facts.Event] = []
                if upcoming.done():
                    batch = upcoming.result()
                    if any(event.type == RULES_CHANGED for event in batch):
                        return  # the order of all work may be another: taken over anew
                    heard = await self._hear(batch)
                    upcoming = asyncio.ensure_future(anext(batches))
                await self._apply([*heard, facts.Tick()])
        finally:
            upcoming.cancel()

    def _pause(self) -> float | None:
        deadline = self._engine.next_deadline()
        return max((deadline - datetime.now(UTC)).total_seconds(), 0.0) if deadline else None

    async def _hear(self, batch: Sequence[Event]) -> list[facts.Event]:
        heard = [fact for event in batch for fact in facts_of(event)]
        queues = {event.queue_id for event in batch if event.type == QUEUE_CHANGED and event.queue_id}
        changed = {event.user_id for event in batch if event.type in AGENT_CHANGES and event.user_id}
        if queues:
            heard += [facts.QueueChanged(policy) for policy in await self._store.read(lambda c: policies(c, queues))]
            changed |= self._engine.members_of(queues) | await self._store.read(lambda conn: members(conn, queues))
        if changed:
            known = await self._store.read(lambda conn: agents(conn, changed))
            heard += [facts.AgentChanged(agent) for agent in known.values()]
        return heard

    async def _apply(self, heard: Sequence[facts.Event]) -> None:
        await self._carry_out(self._decide(heard))

    def _decide(self, heard: Sequence[facts.Event]) -> list[Decision]:
        now = datetime.now(UTC)
        decisions = [decision for fact in heard for decision in self._engine.apply(fact, now)]
        self._journal.note(now, heard, decisions)
        return decisions

    async def _carry_out(self, decisions: Sequence[Decision]) -> None:
        """Commit decisions together; what the store answers may lead to more."""
        while decisions:
            offers = [each for each in decisions if isinstance(each, MakeOffer)]
            others = [each for each in decisions if not isinstance(each, MakeOffer)]
            groups = [self._make(offers[start : start + GROUP]) for start in range(0, len(offers), GROUP)]
            made, _ = await asyncio.gather(asyncio.gather(*groups), asyncio.gather(*map(self._commit, others)))
            decisions = self._decide([answer for answers in made for answer in answers])

    async def _commit(self, decision: Decision) -> None:
        match decision:
            case ExpireOffer():
                await self._expire(decision)
            case RescindOffer() if decision.offer is not None:
                offer_id = decision.offer
                await self._store.write(lambda tx: offer.rescind(tx, offer_id))
            case Overflow(work, rule):
                reason, queue, action = rule.reason.value, rule.queue, rule.action
                await self._store.write(lambda tx: overflow.move_on(tx, work, reason, queue, action))

    async def _make(self, decisions: Sequence[MakeOffer]) -> list[facts.Event]:
        now = datetime.now(UTC)
        proposals = [_proposal(each, now) for each in decisions]
        made = await self._store.write(lambda tx: offer.make(tx, proposals))
        return [_answer(each, number) for each, number in zip(decisions, made, strict=True)]

    async def _expire(self, decision: ExpireOffer) -> None:
        offer_id = decision.offer
        if offer_id is not None:
            await self._store.write(lambda tx: presence.not_answered(tx, offer_id, decision.agent))

    @property
    def _engine(self) -> Engine:
        if self.engine is None:
            raise RuntimeError("this node does not own routing")
        return self.engine


def _proposal(decision: MakeOffer, now: datetime) -> offer.Proposal:
    return offer.Proposal(
        work=decision.work,
        agent=decision.agent,
        seconds=(decision.expires_at - now).total_seconds(),
        why=asdict(decision.why),
        alongside=decision.alongside,
        auto_accept=decision.auto_accept,
    )


def _answer(decision: MakeOffer, made: int | None) -> facts.Event:
    if made is None:
        return facts.OfferFailed(decision.work, decision.agent)
    return facts.OfferCommitted(decision.work, decision.agent, made)
