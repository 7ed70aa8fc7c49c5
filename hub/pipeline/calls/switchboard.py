"""Has the channels bring about what the record says of each call, on the node that holds its connection.

It looks at the record after every change and compares, so a command that was missed is made up for by the next look,
and the same change seen twice does nothing. What a channel and the record do not agree on is found by asking now and
then.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from hub.api import AnyAccount, Cause, Event, HubError, Json, Overloaded, SendError, Signal
from hub.model.states import FINAL
from hub.pipeline.calls import leg, party
from hub.pipeline.calls.arrangement import NOTHING, Arrangement, Step, Talk, steps, wanted
from hub.pipeline.calls.operator import Call, Operator
from hub.pipeline.directory import Directory
from hub.pipeline.errands import Errands
from hub.plugin.isolated_calls import IsolatedCalls
from hub.plugin.isolation import IsolatedChannel
from hub.plugin.topics import Topics
from hub.store import interactions, legs, outbox, parties, work
from hub.store.database import Store
from hub.store.rows import Row
from hub.store.unit import Tx

log = logging.getLogger(__name__)
KEYS = "core.keys"
FOLLOWED = ("interaction.state", "offer.", "work.", "consult.", "party.", "monitor.", "delivery.state")
COMPARE, SETTLED = 15.0, timedelta(seconds=10)  # seconds between two comparisons; how long a change is left alone
LAST_WORDS = timedelta(seconds=20)  # how long what was still to be said holds up the end
REMEMBERED = 10_000


class Switchboard:
    """One a node. `held` are the connections this node holds: the calls on them are its to look after."""

    def __init__(self, store: Store, directory: Directory, topics: Topics) -> None:
        self._store = store
        self._directory = directory
        self._topics = topics
        self._operator = Operator(store)
        self.held: Collection[int] = ()
        self._now: dict[int, Arrangement] = {}
        self._passing: dict[int, asyncio.Task[None]] = {}
        self._calls = Errands(self._bring_about, "call")

    async def hold(self, held: Collection[int]) -> None:
        """These connections are this node's from now on. Calls on those that were not have ended with whoever held
        them: they are out of the record before anybody is offered one."""
        taken = set(held) - set(self.held)
        self.held = held
        for account in self._accounts():
            if account.connection_id in taken:
                await self._end_all(account)

    async def observe(self, batch: Sequence[Event]) -> None:
        """Something changed: look at the calls among it."""
        changed = {each.interaction_id for each in batch if each.interaction_id and _is_followed(each)}
        here = {account.id for account in self._accounts()}
        if not changed or not here:
            return
        for number in await self._calls_among(changed, here):
            self._calls.ask(number)

    async def _calls_among(self, changed: Collection[int], accounts: Collection[int]) -> Collection[int]:
        """Of these, the calls of this node; all, while the database is away: each look waits for it."""
        try:
            rows = await self._store.read(lambda conn: legs.calls_among(conn, changed))
        except Overloaded:
            return changed
        return [row["id"] for row in rows if row["account_id"] in accounts]

    async def run(self) -> None:
        """Compare with the channels now and then; pass on the keys that agents press."""
        async with self._topics.subscribe(KEYS) as pressed, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._compare_for_ever())
            async for data in pressed:
                await self._press(data)

    async def press(self, interaction_id: int, keys: str) -> None:
        """Send keys to the customer's side. They are stored nowhere: they may be the number of a card."""
        await self._topics.publish(KEYS, {"interaction": interaction_id, "keys": keys})

    async def close(self) -> None:
        """Stop; the calls stay as they are."""
        await self._calls.close()
        for passing in self._passing.values():
            passing.cancel()
        await asyncio.gather(*self._passing.values(), return_exceptions=True)

    def _accounts(self) -> list[AnyAccount]:
        return [account for account in self._directory.calling() if account.connection_id in self.held]

    async def _end_all(self, account: AnyAccount) -> None:
        try:
            await self._store.write(lambda tx: _end_open_calls(tx, account.id))
        except HubError as error:  # as for a comparison: one will find them
            log.warning("calls of %s could not be ended: %s", account.name, error.code)

    # --- bringing about -----------------------------------------------------------------------------------------------

    async def _bring_about(self, interaction_id: int) -> None:
        call = await self._store.read(lambda conn: self._read(conn, interaction_id))
        if call is None or (call.row["state"] in FINAL and call.speaking):
            return
        before, after = self._now.get(interaction_id, NOTHING), _wanted(call)
        self._remember(interaction_id, after)
        if after.talk is not Talk.PASSED_OUT:
            await self._stay(interaction_id)
        for step in steps(before, after):
            if step.command == "transfer_out":
                self._pass(call, step)
            else:
                await self._operator.carry_out(call, step)

    def _pass(self, call: Call, step: Step) -> None:
        """Out there it rings for a while, and who is passed on may be had back or hang up meanwhile."""
        task = asyncio.get_running_loop().create_task(self._operator.carry_out(call, step))
        self._passing[call.id] = task

    async def _stay(self, interaction_id: int) -> None:
        """Nobody is passed on any more."""
        if (passing := self._passing.pop(interaction_id, None)) is not None:
            passing.cancel()
            await asyncio.wait([passing])

    def _remember(self, interaction_id: int, now: Arrangement) -> None:
        self._now[interaction_id] = now
        if len(self._now) > REMEMBERED:
            self._now = {key: value for key, value in self._now.items() if value.talk is not Talk.OVER}

    def _read(self, conn: Connection, interaction_id: int) -> Call | None:
        row = interactions.get(conn, interaction_id)
        found = self._channel_of(row) if row else None
        if row is None or found is None:
            return None
        account, channel, commands = found
        queue = work.queue(conn, row["queue_id"])
        auto_answer = bool(queue and queue["routing"].get("auto_accept"))
        lately = row["closed_at"] is not None and row["closed_at"] > datetime.now(UTC) - LAST_WORDS
        speaking = lately and outbox.under_way(conn, interaction_id)
        there, others = legs.legs_of(conn, interaction_id), parties.parties_of(conn, interaction_id)
        return Call(row, there, others, auto_answer, speaking, account, channel, commands)

    def _channel_of(self, row: Row) -> tuple[AnyAccount, IsolatedChannel, IsolatedCalls] | None:
        account = self._directory.account(row["account_id"])
        if account is None or account.connection_id not in self.held:
            return None
        channel = self._directory.channels.get(account.channel)
        return (account, channel, channel.calls) if channel and channel.calls else None

    # --- comparing ----------------------------------------------------------------------------------------------------

    async def _compare_for_ever(self) -> None:
        while True:
            for account in self._accounts():
                try:
                    await self.compare(account)
                except HubError as error:  # the store is away, say: the next round compares again
                    log.warning("calls of %s could not be compared: %s", account.name, error.code)
            await asyncio.sleep(COMPARE)

    async def compare(self, account: AnyAccount, settled: timedelta = SETTLED) -> None:
        """End what only one side knows: after a node's or a process's death, or a word that was lost."""
        channel = self._directory.channel_of(account)
        if channel.calls is None:
            return
        try:
            alive = await channel.calls.alive(account)
        except SendError:  # nothing is known
            return
        before = datetime.now(UTC) - settled
        await self._store.write(lambda tx: _reconcile(tx, account.id, alive, before))
        for row in await self._store.read(lambda conn: legs.ended_among(conn, account.id, alive)):
            if row["closed_at"] < before:
                await channel.end(account, row["thread"], "over")
        for thread, names in await self._store.read(lambda conn: _unknown(conn, account.id, alive)):
            for name in names:
                await channel.calls.release(account, thread, name, "over")

    async def _press(self, data: Mapping[str, Json]) -> None:
        interaction_id, keys = data.get("interaction"), data.get("keys")
        if not isinstance(interaction_id, int) or not isinstance(keys, str):
            return
        call = await self._store.read(lambda conn: self._read(conn, interaction_id))
        if call is not None:
            await call.channel.signal(call.account, Signal(call.thread, "keys", {"keys": keys}))


def _is_followed(event: Event) -> bool:
    fields = event.data.get("fields")
    return event.type.startswith(FOLLOWED) or (isinstance(fields, list) and "audio" in fields)


def _wanted(call: Call) -> Arrangement:
    return wanted(call.row["state"], call.legs, call.parties, call.row["audio"])


def _end_open_calls(tx: Tx, account_id: int) -> None:
    for row in legs.open_calls(tx.conn, account_id):
        leg.lost(tx, row["id"])


def _reconcile(tx: Tx, account_id: int, alive: Mapping[str, Collection[str]], before: datetime) -> None:
    for row in legs.open_calls(tx.conn, account_id):
        if row["thread"] not in alive:
            if row["updated_at"] < before:
                leg.lost(tx, row["id"])
            continue
        for each in legs.legs_of(tx.conn, row["id"]):
            if each.name not in alive[row["thread"]] and (each.since if each.up else each.expires_at) < before:
                leg.agent_lost(tx, each.offer, Cause.FAILED if each.up else Cause.NO_ANSWER)
        for other in parties.parties_of(tx.conn, row["id"]):
            if other.name not in alive[row["thread"]] and (other.since if other.up else other.expires_at) < before:
                party.lost(tx, other.id)


def _unknown(conn: Connection, account_id: int, alive: Mapping[str, Collection[str]]) -> list[tuple[str, list[str]]]:
    """Legs that are alive and that the record has ended."""
    found = []
    for row in legs.open_calls(conn, account_id):
        known = {each.name for each in legs.legs_of(conn, row["id"])}
        known |= {each.name for each in parties.parties_of(conn, row["id"])}
        gone = sorted(set(alive.get(row["thread"], ())) - known)
        found += [(str(row["thread"]), gone)] if gone else []
    return found
