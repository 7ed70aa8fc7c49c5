"""One recording of a customer's leg: from the first sample on disk until the core is told."""

from __future__ import annotations

import asyncio
import time

from hub.api import crash_point
from plugins.sip.lines.within import Within
from plugins.sip.recordings.under_way import Note, Piece


class Recording:
    """`what` is "recording" or "voicemail"."""

    def __init__(self, line: Within, leg: str, what: str, piece: Piece) -> None:
        self._line, self._leg, self._what, self._piece = line, leg, what, piece
        self.paused = False
        self._began = time.monotonic()
        self._turns: list[float] = []

    @classmethod
    async def begin(cls, line: Within, what: str) -> Recording:
        """Of who is on the line. Raises MediaError, OSError."""
        assert line.customer is not None
        leg = line.customer.media.name
        note = Note.now(what, line.account.address.value, line.thread, line.caller)
        piece = await asyncio.to_thread(line.under_way.begin, note)
        await line.engine.record(leg, piece.path)
        return cls(line, leg, what, piece)

    async def pause(self, paused: bool) -> None:
        """Silence from now on, or sound again; its time goes on. Raises MediaError."""
        engine = self._line.engine
        await (engine.pause_recording(self._leg) if paused else engine.resume_recording(self._leg))
        self.paused = paused
        self._turns.append(time.monotonic() - self._began)

    async def finish(self) -> None:
        """It joins the conversation. Raises MediaError, OSError: then the next start finds what there is of it."""
        made = await self._line.engine.stop_recording(self._leg)
        wav = await asyncio.to_thread(self._piece.path.read_bytes)
        crash_point("recording_made")
        self._line.reports.audio(self._piece, self._what, wav, made.seconds, self._pauses(made.seconds))

    def _pauses(self, seconds: float) -> list[list[float]]:
        """From when to when silence was written, in seconds."""
        turns = [round(min(turn, seconds), 1) for turn in self._turns]
        if len(turns) % 2:
            turns.append(round(seconds, 1))
        return [[begin, end] for begin, end in zip(turns[::2], turns[1::2], strict=True)]
