"""An agent has taken a call-back: their device rings, then the customer is called, by the node that makes such calls.

It looks at the record after every change, at every start, and every now and then, so nothing is lost with a process or
with a database that was away; a second look does nothing. The vetoes are asked before each attempt, and one transaction
makes it.
"""

import asyncio
from collections.abc import Collection, Sequence
from functools import partial

from hub.api import Address, AnyAccount, Cause, Contact, Event, Refusal
from hub.model.actor import Actor
from hub.model.errors import Conflict, Invalid
from hub.model.states import CallbackState, WorkState
from hub.pipeline import presence, thread
from hub.pipeline.calls import calls
from hub.pipeline.directory import Directory
from hub.pipeline.errands import Errands
from hub.pipeline.promises import attempts
from hub.plugin.hooks import Hooks
from hub.store import callbacks, interactions, work
from hub.store.database import Store
from hub.store.rows import Row
from hub.store.unit import Tx

AGAIN = 15.0  # seconds between two looks
HERE = 0


class Dialler:
    """One a node; `held` are the connections this node holds: the calls on them are its to make."""

    def __init__(self, store: Store, directory: Directory, hooks: Hooks) -> None:
        self._store = store
        self._directory = directory
        self._hooks = hooks
        self.held: Collection[int] = ()
        self._works = Errands(self._call, "the callback of work")
        self._looks = Errands(self._take_up, "the look at call-backs of node")
        self._watch: asyncio.Task[None] | None = None

    async def hold(self, held: Collection[int]) -> None:
        """These connections are this node's from now on: what was to be called over them is soon called by this one."""
        more = set(held) - set(self.held)
        self.held = held
        if more:
            self._looks.ask(HERE)
        self._watch = self._watch or asyncio.create_task(self._look_again(), name="hub-call-backs")

    def observe(self, batch: Sequence[Event]) -> None:
        """Agents have taken work: call those among it who were promised a call."""
        taken = {event.data.get("work") for event in batch if event.type in {"work.accepted", "work.assigned"}}
        for number in taken if self._calling() else ():
            if isinstance(number, int):
                self._works.ask(number)

    async def close(self) -> None:
        """Stop; what is not called yet is called after the next start."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._looks.close()
        await self._works.close()

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(AGAIN)
            self._looks.ask(HERE)

    async def _take_up(self, _here: int) -> None:
        """Whatever agents have in hand and nobody has called yet."""
        for promise in await self._store.read(callbacks.in_hand) if self._calling() else ():
            self._works.ask(promise["work_id"])

    def _calling(self) -> list[AnyAccount]:
        return [each for each in self._directory.calling() if each.connection_id in self.held]

    async def _call(self, work_id: int) -> None:
        """Ask the vetoes, and place the call, if it is work of that kind, and this node's to do."""
        for promise in await self._store.read(lambda conn: callbacks.in_hand(conn, [work_id])):
            account = account_for(self._directory, promise)
            if account is None or account.connection_id not in self.held:
                continue
            about = promise["customer_id"], promise["interaction_id"]
            contact = Contact(account.id, account.channel, _to(promise), attempts.KIND, *about)
            refusal = await self._hooks.veto(contact)
            await self._store.write(partial(self._place, number=promise["id"], account=account, refusal=refusal))

    def _place(self, tx: Tx, number: int, account: AnyAccount, refusal: Refusal | None) -> None:
        promise = callbacks.locked(tx, number)
        held = work.get(tx.conn, promise["work_id"]) if promise and promise["work_id"] else None
        if promise is None or promise["state"] != CallbackState.WAITING:
            return
        if held is None or held["state"] != WorkState.ASSIGNED:
            return
        when = attempts.earliest(tx, promise)  # work may have waited until long after the hours
        if when is None or when > tx.now:
            _let_go(tx, held)
            attempts.put_off(tx, promise, when)
        elif refusal is not None:
            _let_go(tx, held)
            attempts.missed(tx, promise, attempts.tried(tx, held["user_id"], attempts.VETOED))
        else:
            self._dial(tx, promise, account, held)

    def _dial(self, tx: Tx, promise: Row, account: AnyAccount, held: Row) -> None:
        try:
            call_id = self._placed(tx, promise, account, held["user_id"])
        except Conflict:  # they have a call by now: it is for somebody else, or for them when it is over
            work.move(tx, held, WorkState.WAITING, "work.requeued", user_id=None)
        except Invalid:  # this is no number, and never will be
            _let_go(tx, held)
            attempt = attempts.tried(tx, held["user_id"], Cause.UNREACHABLE)
            attempts.put_off(tx, promise, None, tries=[*promise["tries"], attempt])
        else:
            callbacks.move(tx, promise, CallbackState.DIALING, call_id=call_id, account_id=account.id)
            work.end(tx, held)

    def _placed(self, tx: Tx, promise: Row, account: AnyAccount, user_id: int) -> int:
        """Raises Conflict or Invalid, before anything is written."""
        row, can = self._directory.row(account.id), self._directory.channel_of(account).capabilities
        actor = Actor(user_id, "", frozenset(), None)
        scope = thread.scope_of(row, can.dedup_scope)
        call_id = calls.place(tx, actor, account, row, can, scope, calls.Wanted(_to(promise)))
        self._relate(tx, promise, call_id)
        return call_id

    def _relate(self, tx: Tx, promise: Row, call_id: int) -> None:
        """The call is of the same matter, and says which promise it keeps."""
        asked, call = interactions.get(tx.conn, promise["interaction_id"]) or {}, interactions.locked(tx, call_id)
        placed = {**call["attributes"][calls.PLACED], attempts.KIND: promise["id"]}
        values = {name: asked[name] for name in ("ticket_id",) if asked.get(name) is not None}
        values |= {"attributes": {**call["attributes"], calls.PLACED: placed}, "queue_id": promise["queue_id"]}
        interactions.change(tx, call, **values)


def account_for(directory: Directory, promise: Row) -> AnyAccount | None:
    """The account to call from: the one they came by, else one that leads to the same queue, else any that can."""
    able = _able(directory, promise["to"].get("scheme"))
    own = [each for each in able if each.id == promise["account_id"]]
    near = [each for each in able if directory.row(each.id)["queue_id"] == promise["queue_id"]]
    return next(iter([*own, *near, *able]), None)


def account_to(
    directory: Directory, scheme: str, among: Collection[int] | None = None, queue_id: int | None = None
) -> AnyAccount | None:
    """An account from which one can call an address of this scheme, `among` these where they are given; one that leads
    to this queue before others."""
    able = [each for each in _able(directory, scheme) if among is None or each.id in among]
    near = [each for each in able if directory.row(each.id)["queue_id"] == queue_id]
    return next(iter([*near, *able]), None)


def _let_go(tx: Tx, held: Row) -> None:
    """The agent who had taken it is free."""
    work.end(tx, held)
    presence.work_ended(tx, held["user_id"])


def _able(directory: Directory, scheme: str | None) -> list[AnyAccount]:
    found = [(account, directory.channel_of(account).capabilities) for account in directory.calling()]
    return [account for account, can in found if can.can_start and can.start_scheme == scheme]


def _to(promise: Row) -> Address:
    return Address(promise["to"]["scheme"], promise["to"]["value"], promise["to"].get("name", ""))
