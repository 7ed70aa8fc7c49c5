"""From the store to the visitors' screens: a wake-up makes one read for all tabs of a visitor, and pushes what is new.

Nothing is polled and nothing is held in memory that the store does not know: a wake-up that gets lost costs a delay,
never a message, because the next read starts at the position each tab has reached.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

from hub.api import Address, Closed, Context, Conversation, ConversationFile, ConversationMessage, Overloaded
from plugins.web_chat import wire
from plugins.web_chat.rooms import Room, Rooms, Seat
from plugins.web_chat.settings import VISITOR

log = logging.getLogger(__name__)

PAGE = 200
STALLED = 10.0  # seconds a client may take no byte before it is cut off; it comes back where it was
SETTLING = 0.05  # events come in bursts (stored, queued, offered): one read for all
FIRST_LOOK, LAST_LOOK = 0.5, 5.0  # how soon an accepted message is looked for, and when the core's events must do
QUEUE_PAUSE, QUEUE_STEP = 1.0, 40  # places in the queue are told at most so often, so many at a time
TRY_AGAIN = 1013  # close code: come back later
EARLIER = 10  # conversations looked through for one that was left unread


class Feed:
    """Pushes conversations to the rooms of one site."""

    def __init__(self, context: Context, rooms: Rooms, link: Callable[[Room, int], str]) -> None:
        self._context = context
        self._rooms = rooms
        self._link = link
        self._tasks: set[asyncio.Task[None]] = set()
        self._queue_moved: asyncio.TimerHandle | None = None

    # --- waking ---------------------------------------------------------------------------------------------------

    def wake(self, room: Room, delay: float = 0.0) -> None:
        """Read and push soon; a sooner wake-up overtakes a later one."""
        loop = asyncio.get_running_loop()
        if room.due:
            if room.due.when() <= loop.time() + delay:
                return
            room.due.cancel()
        room.due = loop.call_later(delay, self._begin, room)

    def expect(self, room: Room, external_id: str, raw_id: int) -> None:
        """A message was accepted. An event will say what it began; were it one that we have already, none would: so
        look for it, less and less often."""
        self._rooms.expect(room, external_id, raw_id)
        room.patience = FIRST_LOOK
        self.wake(room, room.patience)

    def queue_moved(self) -> None:
        """Somebody left a queue: those who wait want to know their place, but not all at the same instant."""
        if self._queue_moved is None and self._rooms.waiting:
            self._queue_moved = asyncio.get_running_loop().call_later(QUEUE_PAUSE, self._tell_places)

    async def settle(self, room: Room) -> None:
        """Read and push now; returns when every tab has what there is."""
        async with room.lock:
            await self._catch_up(room)

    async def tell(self, room: Room, text: str) -> None:
        """One frame to every tab."""
        for seat in list(room.seats):
            await self._send(room, seat, text)

    async def close(self) -> None:
        """Stop what is under way; clients come back to the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _tell_places(self) -> None:
        self._queue_moved = None
        for turn, room in enumerate(self._rooms.waiting):
            self.wake(room, SETTLING + QUEUE_PAUSE * (turn // QUEUE_STEP))

    def _begin(self, room: Room) -> None:
        room.due = None
        if not room.queued:  # a read that waits for the lock will see this news too
            room.queued = True
            self.spawn(self._refresh(room))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run it beside; an error is logged, not lost."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("web chat: pushing failed: %s", type(error).__name__, exc_info=error)

    # --- reading and pushing --------------------------------------------------------------------------------------

    async def _refresh(self, room: Room) -> None:
        try:
            async with room.lock:
                room.queued = False
                await self._catch_up(room)
        except Overloaded:
            self.wake(room, LAST_LOOK)  # no other news may come
        finally:
            room.queued = False

    async def _catch_up(self, room: Room) -> None:
        more = True
        while more and room.seats:
            more = await self._read(room)
        if room.awaited and room.patience < LAST_LOOK:
            room.patience *= 2
            self.wake(room, room.patience)

    async def _read(self, room: Room) -> bool:
        """Read one page and push it; whether there may be another."""
        after = min(seat.position if seat.interaction == room.interaction else 0 for seat in room.seats)
        known = room.interaction
        found = await self._context.conversation(room.account, room.thread, after, PAGE)
        if found is None or not room.seats:
            return False
        self._rooms.know(room, found.interaction_id, found.state, found.waiting_ahead is not None)
        if known not in {0, found.interaction_id} and after:
            return True  # the position belonged to the conversation before
        await self._push(room, found)
        return len(found.messages) >= PAGE

    async def _push(self, room: Room, found: Conversation) -> None:
        if any(message.external_id == room.awaited for message in found.messages):
            room.awaited = ""
        for seat in list(room.seats):
            await self._bring_up(room, seat, found)

    async def _bring_up(self, room: Room, seat: Seat, found: Conversation) -> None:
        if seat.interaction not in {0, found.interaction_id}:
            await self._finish(room, seat, found.interaction_id)
        if seat.interaction != found.interaction_id:
            seat.interaction, seat.position = found.interaction_id, 0
        await self._give(room, seat, found.interaction_id, found.messages)
        told = wire.state(found)
        if told != seat.told:
            seat.told = told
            await self._send(room, seat, told)

    async def _finish(self, room: Room, seat: Seat, newest: int) -> None:
        """What a tab has missed of conversations before the newest one."""
        identity = Address(VISITOR, room.visitor.id)
        earlier = await self._context.history(room.account, identity, EARLIER)
        for missed in sorted(earlier, key=lambda each: each.interaction_id):
            if seat.interaction <= missed.interaction_id < newest:
                if missed.interaction_id != seat.interaction:
                    seat.interaction, seat.position = missed.interaction_id, 0
                await self._give(room, seat, missed.interaction_id, missed.messages)

    async def _give(self, room: Room, seat: Seat, interaction: int, messages: Sequence[ConversationMessage]) -> None:
        new = [message for message in messages if message.position > seat.position]
        if not new:
            return
        items = wire.shown(new)
        if not items or await self._send(
            room, seat, wire.messages(interaction, items, room.visitor, self._links(room))
        ):
            seat.position = new[-1].position

    def _links(self, room: Room) -> wire.Link:
        def link(file: ConversationFile) -> str:
            return self._link(room, file.id)

        return link

    async def _send(self, room: Room, seat: Seat, text: str) -> bool:
        """Whether the frame left; a tab that takes none any more is let go of, and its reader ends by itself."""
        try:
            async with asyncio.timeout(STALLED):
                await seat.socket.send(text)
        except (Closed, TimeoutError):
            self._rooms.leave(room, seat)
            self.spawn(self._hang_up(seat))
            return False
        return True

    async def _hang_up(self, seat: Seat) -> None:
        with suppress(Closed, TimeoutError):
            async with asyncio.timeout(STALLED):
                await seat.socket.close(TRY_AGAIN)
