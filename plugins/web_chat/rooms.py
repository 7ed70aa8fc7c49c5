"""Who is here: one room per visitor, one seat per open tab. Kept small: ten thousand of them fit in one process."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from hub.api import AnyAccount, WebSocket
from plugins.web_chat.visitors import Visitor


@dataclass(slots=True, eq=False)
class Seat:
    """One socket, and how far its client has read: `position` within `interaction`. `told` is the last state it got."""

    socket: WebSocket
    interaction: int = 0
    position: int = 0
    told: str = ""


@dataclass(slots=True, eq=False)
class Room:
    """One visitor's open tabs. `interaction` and `state` are what the store last said.

    lock      only one read-and-push at a time, so that every tab gets messages in order
    due       the read that is about to begin
    awaited   external id of an accepted message that has not come out of the pipeline yet
    raw_id    the number under which that message was accepted
    armed     a durable timer watches whether the visitor stays away
    """

    account: AnyAccount
    visitor: Visitor
    seats: list[Seat] = field(default_factory=list)
    interaction: int = 0
    state: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    queued: bool = False
    due: asyncio.TimerHandle | None = None
    awaited: str = ""
    raw_id: int = 0
    patience: float = 0.0
    armed: bool = False

    @property
    def thread(self) -> str:
        return self.visitor.thread


class Rooms:
    """All rooms of this process, by thread and by interaction."""

    def __init__(self) -> None:
        self._by_thread: dict[str, Room] = {}
        self._by_interaction: dict[int, Room] = {}
        self._by_raw: dict[int, Room] = {}
        self._waiting: dict[str, Room] = {}

    def __len__(self) -> int:
        return len(self._by_thread)

    def __iter__(self) -> Iterator[Room]:
        return iter(self._by_thread.values())

    def enter(self, account: AnyAccount, visitor: Visitor, seat: Seat) -> Room:
        """The visitor's room with one more seat; the account's settings are the newest."""
        room = self._by_thread.setdefault(visitor.thread, Room(account, visitor))
        room.account, room.visitor = account, visitor
        room.seats.append(seat)
        return room

    def leave(self, room: Room, seat: Seat) -> None:
        """One tab is gone; with the last one the room is forgotten."""
        if seat in room.seats:
            room.seats.remove(seat)
        if room.seats or self._by_thread.get(room.thread) is not room:
            return
        del self._by_thread[room.thread]
        self._waiting.pop(room.thread, None)
        self._by_interaction.pop(room.interaction, None)
        self._by_raw.pop(room.raw_id, None)
        if room.due:
            room.due.cancel()

    def find(self, thread: str) -> Room | None:
        return self._by_thread.get(thread)

    def having(self, interaction: int | None) -> Room | None:
        return self._by_interaction.get(interaction) if interaction else None

    def expect(self, room: Room, external_id: str, raw_id: int) -> None:
        """A message was accepted that begins a conversation."""
        self._by_raw.pop(room.raw_id, None)
        room.awaited, room.raw_id = external_id, raw_id
        self._by_raw[raw_id] = room

    def begun(self, raw_id: object, interaction: int) -> None:
        """An accepted message has become part of this conversation: whose it is, the event log cannot say."""
        room = self._by_raw.pop(raw_id, None) if isinstance(raw_id, int) else None
        if room is not None and room.interaction != interaction:
            self.know(room, interaction, "INITIATED", waits=False)

    def know(self, room: Room, interaction: int, state: str, waits: bool) -> None:
        """Note what the store said of this room's conversation."""
        if room.interaction != interaction:
            self._by_interaction.pop(room.interaction, None)
            self._by_interaction[interaction] = room
        room.interaction, room.state = interaction, state
        if waits:
            self._waiting[room.thread] = room
        else:
            self._waiting.pop(room.thread, None)

    @property
    def waiting(self) -> list[Room]:
        """Those whose visitors wait for an agent and are told how many are before them."""
        return list(self._waiting.values())
