"""One call from the customers' desk: a browser on one side, the hub's SIP listener on the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

from plugins.demo.phone.audio_port import AudioPort
from plugins.demo.phone.caller import Caller
from plugins.demo.phone.rtp import Onward, Packet
from plugins.demo.phone.sdp import PCMU, Audio
from plugins.demo.phone.stages import Stage, Why

if TYPE_CHECKING:
    from plugins.demo.phone.browser import Browser

FIND_WITHIN: Final = 10.0
"""Seconds for browser and demo to find each other."""

Tell = Callable[[Mapping[str, str]], None]


class Call:
    """`hub` is where SIP is taken, `caller` and `called` are numbers. `tell` is given what the page is to know."""

    def __init__(self, hub: tuple[str, int], caller: str, called: str, tell: Tell) -> None:
        self._hub, self._numbers, self._tell = hub, (caller, called), tell
        self._ended = asyncio.Event()
        self._held = False
        self._to_hub, self._to_browser = Onward({}), Onward({PCMU: PCMU})  # nothing goes out before it is agreed on

    def hang_up(self) -> None:
        """The customer puts the phone down, whatever the call is at."""
        self._over(Why.YOU_HUNG_UP)

    async def run(self, offer: str) -> None:
        """From the browser's offer to the end of the call."""
        try:
            await asyncio.to_thread(import_module, "plugins.demo.phone.browser")  # a second, at the first call
            from plugins.demo.phone.browser import BadOffer, Browser, NotHeard
        except ImportError:
            return self._over(Why.NO_WEBRTC)
        try:
            async with Browser(offer, self._from_browser, self.hang_up) as voice:
                self._tell({"answer": voice.answer})
                self._tell({"stage": Stage.CONNECTING})
                if await self._found(voice):
                    await self._talk(voice)
        except (BadOffer, NotHeard):
            self._over(Why.NOT_HEARD)
        return None

    async def _found(self, voice: Browser) -> bool:
        """Whether browser and demo found each other before somebody hung up. Raises NotHeard."""
        finding = asyncio.create_task(voice.connect(FIND_WITHIN))
        ending = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({finding, ending}, return_when=asyncio.FIRST_COMPLETED)
            if finding.done():
                await finding
            return finding.done() and not self._ended.is_set()
        finally:
            finding.cancel()
            ending.cancel()

    async def _talk(self, voice: Browser) -> None:
        try:
            caller = Caller(self._hub, *self._numbers, self._changed, self._agreed)
            async with caller as line, AudioPort(line.host, self._from_hub) as port:
                self._voice, self._port = voice, port
                line.place(port.port)
                await self._ended.wait()
        except OSError:  # no such host, no socket left
            self._over(Why.UNREACHABLE)

    def _agreed(self, theirs: Audio) -> None:
        """Where the hub takes audio, and which payload types mean what there."""
        self._port.talk_to(theirs.host, theirs.port)
        self._held = theirs.holds_us
        self._to_hub.kinds = {PCMU: PCMU}
        if theirs.keys is not None and self._voice.keys is not None:
            self._to_hub.kinds[self._voice.keys] = theirs.keys

    def _from_browser(self, packet: Packet) -> None:
        if not self._ended.is_set() and not self._held and (carried := self._to_hub.carry(packet)):
            self._port.send(carried)

    def _from_hub(self, packet: Packet) -> None:
        if carried := self._to_browser.carry(packet):
            self._voice.send(carried)

    def _changed(self, stage: Stage, why: Why | None) -> None:
        if stage is Stage.ENDED:
            self._over(why or Why.THEY_HUNG_UP)
        else:
            self._tell({"stage": stage})

    def _over(self, why: Why) -> None:
        if not self._ended.is_set():
            self._ended.set()
            self._tell({"stage": Stage.ENDED, "why": why})
