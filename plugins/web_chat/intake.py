"""What a visitor says, taken in: stored first, acknowledged afterwards."""

from typing import assert_never

from hub.api import Accepted, Address, Json, Overloaded, Raw, Signal, Unauthenticated, crash_point
from plugins.web_chat import form, transcript, wire
from plugins.web_chat.channel import external_id
from plugins.web_chat.desk import Desk
from plugins.web_chat.frames import (
    End,
    Frame,
    Hello,
    Leave,
    NotUnderstood,
    Ping,
    Problem,
    Rate,
    Receipts,
    Say,
    Transcript,
    Typing,
    parse,
)
from plugins.web_chat.rooms import Room, Seat
from plugins.web_chat.settings import WebChatAccount

TRY_AGAIN = 2.0
"""Seconds a client waits when the hub cannot store."""
TRANSCRIPTS = 3
"""Times a minute at most; and never before an agent has said something, so that nobody mails strangers through us."""


class Intake:
    """Reads the frames of one seat."""

    def __init__(self, desk: Desk, room: Room, seat: Seat) -> None:
        self.desk = desk
        self.room = room
        self.seat = seat

    @property
    def settings(self) -> WebChatAccount:
        settings: WebChatAccount = self.room.account.settings
        return settings

    async def take(self, text: str) -> None:
        """One frame. Raises NotUnderstood; everything else that can be wrong is told to the client."""
        frame = parse(text)
        await self._act(frame, text)

    async def _act(self, frame: Frame, text: str) -> None:
        match frame:
            case Say():
                await self._say(frame, text)
            case Typing():
                await self._typing(frame)
            case Receipts() | Rate():
                await self._note(frame, text)
            case End():
                await self.desk.context.close(self.room.account, self.room.thread, "visitor_ended")
            case Transcript():
                await self._transcript(frame)
            case Ping():
                await self._answer(wire.frame("pong"))
            case Hello():
                raise NotUnderstood("hello was said already")
            case _:
                assert_never(frame)

    # --- messages -------------------------------------------------------------------------------------------------

    async def _say(self, frame: Say, text: str) -> None:
        if refusal := self._refusal(frame):
            return await self._answer(refusal)
        begins = not self.room.interaction or self.room.state in wire.OVER
        stored = await self._store(text, frame.id)
        if stored is None:
            return None
        if begins:
            self.desk.feed.expect(self.room, external_id(self.room.visitor, frame.id), stored.raw_id)
        crash_point("after_commit_before_ack")
        await self._answer(wire.frame("ack", id=frame.id))
        crash_point("after_ack")
        if not isinstance(frame, Leave):
            await self.desk.away.watch(self.room)
        return None

    def _refusal(self, frame: Say) -> str | None:
        limits = self.settings.limits
        if len(frame.text) > limits.text:
            return wire.problem(Problem.TOO_LARGE, f"at most {limits.text} characters", frame.id)
        begins = not self.room.awaited and (not self.room.interaction or self.room.state in wire.OVER)
        if begins and (owed := form.owed(self.settings, self.room.visitor, frame.answers)):
            return wire.problem(Problem.FORM_REQUIRED, ", ".join(owed), frame.id)
        if wait := self.desk.wait("message", self.room.thread, limits.messages):
            return wire.problem(Problem.RATE_LIMITED, "", frame.id, wait)
        return None

    async def _note(self, frame: Receipts | Rate, text: str) -> None:
        """Receipts need no ack: a client says them again when it finds the message without, after a reconnect."""
        if not self.room.interaction:
            return await self._answer(wire.problem(Problem.NO_CONVERSATION))
        if isinstance(frame, Receipts):
            await self._store(text, None)
        elif await self._store(text, frame.id):
            await self._answer(wire.frame("ack", id=frame.id))
        return None

    async def _store(self, text: str, own_id: str | None) -> Accepted | None:
        room = self.room
        meta: dict[str, Json] = {
            "account": room.account.address.value,
            "token": self.desk.visitors.token(room.visitor),
            "client": self.seat.socket.client,
        }
        try:
            return await self.desk.context.emit(room.account, Raw(text.encode(), meta))
        except Overloaded:
            await self._answer(wire.problem(Problem.OVERLOADED, own_id=own_id, retry_after=TRY_AGAIN))
        except Unauthenticated as error:
            await self._answer(wire.problem(Problem.BAD_TOKEN, str(error), own_id))
        return None

    # --- the rest -------------------------------------------------------------------------------------------------

    async def _typing(self, frame: Typing) -> None:
        if not self.room.interaction:
            return
        data: dict[str, Json] = {"typing": frame.typing}
        if self.settings.live_typing and frame.text:
            data["text"] = frame.text
        await self.desk.context.emit_signal(self.room.account, Signal(self.room.thread, "typing", data))

    async def _transcript(self, frame: Transcript) -> None:
        if not self.settings.transcript:
            return await self._answer(wire.problem(Problem.NOT_ALLOWED))
        if wait := self.desk.wait("transcript", self.room.thread, TRANSCRIPTS):
            return await self._answer(wire.problem(Problem.RATE_LIMITED, retry_after=wait))
        to = Address("mailto", frame.mailto, self.room.visitor.name)
        if await transcript.post(self.desk.context, self.room.account, self.room.thread, to):
            return await self._answer(wire.frame("transcript", mailto=frame.mailto))
        return await self._answer(wire.problem(Problem.NOT_ALLOWED))

    async def _answer(self, text: str) -> None:
        await self.seat.socket.send(text)
