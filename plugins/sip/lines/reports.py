"""What the core is told of one call, in order: each thing is stored before the next is told; media waits for none."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from hub.api import AnyAccount, Cause, Context, InputError, Json, LegState, Overloaded, Raw, crash_point

log = logging.getLogger(__name__)
AGAIN_AFTER: Final = 0.5
TRIES: Final = 60


class Reports:
    """One call's. `close` lets what is waiting go out."""

    def __init__(self, context: Context, account: AnyAccount, thread: str, caller: str) -> None:
        self._context = context
        self._account = account
        self._about: dict[str, Json] = {"account": account.address.value, "thread": thread, "caller": caller}
        self._waiting: asyncio.Queue[Raw | None] = asyncio.Queue()
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

    def consulting(self, leg: str, colleague: int) -> None:
        """An agent's phone has called a colleague, a user."""
        self._leg(LegState.CONSULTING, leg, colleague=colleague)

    def returned(self, leg: str) -> None:
        """And has done with it."""
        self._leg(LegState.RETURNED, leg)

    def passed_on(self, leg: str, colleague: int) -> None:
        """An agent's phone wants a colleague, a user, to have the customer."""
        self._leg(LegState.PASSED_ON, leg, colleague=colleague)

    def _leg(self, state: LegState, leg: str, **more: Json) -> None:
        fact = {"state": state.value, "leg": leg, "at": datetime.now(UTC).isoformat(), **more}
        self._tell("leg", json.dumps(fact).encode())

    def keys(self, keys: str) -> None:
        """What the customer entered."""
        self._tell("keys", json.dumps({"keys": keys}).encode())

    def audio(self, what: str, wav: bytes, seconds: float) -> None:
        """A "voicemail" or "recording"."""
        self._tell(what, wav, {"seconds": round(seconds, 1)})

    def close(self) -> None:
        """Nothing more will come."""
        self._waiting.put_nowait(None)

    def drop(self) -> None:
        """The core never got the call: there is nothing to tell."""
        self._task.cancel()

    async def done(self) -> None:
        """Wait until everything is told."""
        await asyncio.wait([self._task])

    def _tell(self, what: str, body: bytes, more: Mapping[str, Json] | None = None) -> None:
        self._place += 1
        self._waiting.put_nowait(Raw(body, {**self._about, "what": what, "place": self._place, **(more or {})}))

    async def _run(self) -> None:
        await self._known.wait()
        while (raw := await self._waiting.get()) is not None:
            await self._emit(raw)

    async def _emit(self, raw: Raw) -> None:
        for _ in range(TRIES):
            try:
                await self._context.emit(self._account, raw)
            except Overloaded:
                await asyncio.sleep(AGAIN_AFTER)
            except InputError:
                log.exception("the core refused what a call had to tell")
                return
            else:
                return
        log.error("the core could not store what a call had to tell")
