"""What the core is told of one call, in order: each thing is stored before the next is told; media waits for none."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Protocol

from hub.api import AnyAccount, Cause, Context, InputError, Json, LegState, Overloaded, Quality, Raw, crash_point
from plugins.sip.lines.whom import Whom
from plugins.sip.media.engine import MediaError
from plugins.sip.recordings.under_way import Piece
from plugins.sip.wire import sound

log = logging.getLogger(__name__)
AGAIN_AFTER: Final = 0.5
TRIES: Final = 60
MEASURED: Final = 1.0
"""Seconds that the end of a leg waits for how well it was heard."""


class Measured(Protocol):
    """A leg, whoever carries its audio."""

    async def quality(self) -> Quality | None: ...


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to tell: with how well a leg was `heard`, a recording that is not needed on disk once it is stored."""

    raw: Raw
    heard: Measured | None = None
    piece: Piece | None = None


class Reports:
    """One call's. `close` lets what is waiting go out."""

    def __init__(self, context: Context, account: AnyAccount, thread: str, caller: str) -> None:
        self._context = context
        self._account = account
        self._about: dict[str, Json] = {"account": account.address.value, "thread": thread, "caller": caller}
        self._waiting: asyncio.Queue[Telling | None] = asyncio.Queue()
        self._place = 0
        self._known = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    def begin(self) -> None:
        """The core has the call; what there was to tell of it before has waited."""
        crash_point("call_stored")
        self._known.set()

    def leg(self, state: LegState, leg: str = "", cause: Cause | str = "") -> None:
        """A LegFact."""
        self._leg(state, leg, cause=str(cause))

    def ended(self, leg: str, cause: Cause, heard: Measured | None) -> None:
        """A LegFact, with how well this was heard; None when it never was."""
        self._leg(LegState.ENDED, leg, heard, cause=str(cause))

    def consulting(self, leg: str, colleague: int) -> None:
        """An agent's phone has called a colleague, a user."""
        self._leg(LegState.CONSULTING, leg, colleague=colleague)

    def returned(self, leg: str) -> None:
        """And has done with it."""
        self._leg(LegState.RETURNED, leg)

    def passed_on(self, leg: str, to: Whom) -> None:
        """An agent's phone wants somebody else to have the customer."""
        self._leg(LegState.PASSED_ON, leg, colleague=to.colleague, queue=to.queue)

    def _leg(self, state: LegState, leg: str, heard: Measured | None = None, **more: Json) -> None:
        fact = {"state": state.value, "leg": leg, "at": datetime.now(UTC).isoformat(), **more}
        self._tell("leg", json.dumps(fact).encode(), heard=heard)

    def keys(self, keys: str) -> None:
        """What the customer entered."""
        self._tell("keys", json.dumps({"keys": keys}).encode())

    def audio(self, piece: Piece, what: str, wav: bytes, seconds: float, pauses: list[list[float]]) -> None:
        """A "voicemail" or "recording" that is complete; by its name it is known again after a crash. `pauses`: from
        when to when it is silent because somebody asked for that, in seconds."""
        about: dict[str, Json] = {"what": what, "place": piece.name, "seconds": round(seconds, 1)}
        if pauses:
            about["pauses"] = [list[Json](pause) for pause in pauses]
        self._waiting.put_nowait(Telling(Raw(wav, {**self._about, **about}), piece=piece))

    def close(self) -> None:
        """Nothing more will come."""
        self._waiting.put_nowait(None)

    def drop(self) -> None:
        """The core never got the call: there is nothing to tell."""
        self._task.cancel()

    async def done(self) -> None:
        """Wait until everything is told."""
        await asyncio.wait([self._task])

    def _tell(self, what: str, body: bytes, heard: Measured | None = None) -> None:
        self._place += 1
        raw = Raw(body, {**self._about, "what": what, "place": self._place})
        self._waiting.put_nowait(Telling(raw, heard))

    async def _run(self) -> None:
        await self._known.wait()
        while (told := await self._waiting.get()) is not None:
            raw = told.raw if told.heard is None else await _with_quality(told.raw, told.heard)
            if await self._emit(raw) and told.piece is not None:
                await asyncio.to_thread(told.piece.done)

    async def _emit(self, raw: Raw) -> bool:
        """Whether it is stored."""
        for _ in range(TRIES):
            try:
                await self._context.emit(self._account, raw)
            except Overloaded:
                await asyncio.sleep(AGAIN_AFTER)
            except InputError:
                log.exception("the core refused what a call had to tell")
                return False
            else:
                return True
        log.error("the core could not store what a call had to tell")
        return False


async def _with_quality(raw: Raw, leg: Measured) -> Raw:
    try:
        quality = await asyncio.wait_for(leg.quality(), MEASURED)
    except (MediaError, TimeoutError):
        return raw
    if quality is None:
        return raw
    return replace(raw, body=json.dumps({**json.loads(raw.body), "quality": sound.as_json(quality)}).encode())
