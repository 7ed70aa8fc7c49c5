"""Self-service at work: gives a flow what happened, and says, asks, hands over or ends as it answers."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial

from sqlalchemy import Connection, select

from hub.api import End, Event, Flow, FlowStep, HandOver, Json
from hub.model.states import InteractionState
from hub.pipeline.directory import Directory
from hub.pipeline.errands import Errands
from hub.pipeline.flows import flow_dialogue, flow_state, flow_step
from hub.pipeline.promises.box_dialogue import NAME, BoxDialogue
from hub.store import interactions
from hub.store.database import Store
from hub.store.rows import Row
from hub.store.tables import interactions as table

log = logging.getLogger(__name__)
DEADLINE = 20.0


class FlowRunner:
    """Steps the dialogues of this node, one at a time each, several at once."""

    def __init__(self, store: Store, flows: Mapping[str, Flow], directory: Directory) -> None:
        self._store = store
        self._flows = flows
        self._house: Mapping[str, Flow] = {NAME: BoxDialogue(store)}  # the hub's own, which no account leads to
        self._directory = directory
        self._steps = Errands(self._run, "the flow of interaction")

    async def recover(self) -> None:
        """After a start: go on with every dialogue that has something unanswered."""
        for interaction_id in await self._store.read(_under_way):
            self.wake(interaction_id)

    def observe(self, event: Event) -> None:
        """Something changed: step the dialogue if there is one."""
        is_flow = event.type == "interaction.state" and event.data.get("state") == InteractionState.SELF_SERVICE
        fields = event.data.get("fields")
        changed = event.type == "interaction.changed" and isinstance(fields, list) and "flow_state" in fields
        if event.interaction_id is not None and (is_flow or changed):
            self.wake(event.interaction_id)

    def wake(self, interaction_id: int) -> None:
        """Step this dialogue until nothing is pending."""
        self._steps.ask(interaction_id)

    async def close(self) -> None:
        """Stop; what is pending is taken up at the next start."""
        await self._steps.close()

    async def _run(self, interaction_id: int) -> None:
        while row := await self._store.read(lambda conn: _pending(conn, interaction_id)):
            step = await self._step(row)
            seen = row["flow_version"], len(row["flow_state"]["pending"])
            take = partial(flow_step.take, interaction_id=interaction_id, step=step, seen=seen, via=self._directory)
            await self._store.write(take)

    async def _step(self, row: Row) -> FlowStep:
        memory = row["flow_state"]
        flow = self._house.get(memory["flow"]) or self._flows.get(memory["flow"])
        if flow is None:
            log.error("flow %s is not there for interaction %s", memory["flow"], row["id"])
            return _without(memory)
        dialogue = await self._store.read(lambda conn: flow_dialogue.of(conn, row))
        event = flow_state.event_of(memory["pending"][0], memory["choices"])
        try:
            async with asyncio.timeout(DEADLINE):
                return await flow.step(dialogue, memory["state"], event)
        except Exception:  # a flow that fails must not keep a customer
            log.exception("flow %s failed in interaction %s", memory["flow"], row["id"])
            return _without(memory)


def _without(memory: Mapping[str, Json]) -> FlowStep:
    """A person takes over, unless one has been there already."""
    return End() if memory.get("resumed") else HandOver()


def _under_way(conn: Connection) -> list[int]:
    waiting = select(table.c.id).where(table.c.state == InteractionState.SELF_SERVICE)
    return list(conn.execute(waiting).scalars())


def _pending(conn: Connection, interaction_id: int) -> Row | None:
    row = interactions.get(conn, interaction_id)
    if row is None or row["state"] != InteractionState.SELF_SERVICE or not row["flow_state"]:
        return None
    return row if row["flow_state"]["pending"] else None
