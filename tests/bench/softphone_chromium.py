"""Real browsers beside the thin ones: Chromiums that hum, each a process of its own, and say how they hear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Page, async_playwright

from tests.support.chromium import FLAGS, PROGRAM

SCRIPT: Final = """
async () => {
  const context = new AudioContext();
  const [voice, mouth] = [context.createOscillator(), context.createMediaStreamDestination()];
  voice.connect(mouth);
  voice.start();
  const connection = (window.connection = new RTCPeerConnection());
  connection.addTrack(mouth.stream.getAudioTracks()[0], mouth.stream);
  connection.ontrack = ({ track }) => {
    window.ear = new Audio();
    window.ear.autoplay = true;
    window.ear.srcObject = new MediaStream([track]);
  };
  await connection.setLocalDescription(await connection.createOffer());
  return connection.localDescription.sdp;
}
"""
AGREE: Final = """
async (sdp) => {
  await connection.setRemoteDescription({ type: "answer", sdp });
  for (let looks = 0; looks < 500 && connection.connectionState !== "connected"; looks += 1)
    await new Promise((done) => setTimeout(done, 20));
  return connection.connectionState === "connected";
}
"""
MEASURE: Final = """
async () => {
  const stats = [...(await connection.getStats()).values()].find((each) => each.type === "inbound-rtp") ?? {};
  const names = ["packetsReceived", "packetsLost", "concealedSamples", "totalSamplesReceived"];
  return names.map((name) => stats[name] ?? 0);
}
"""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Packets that came and that did not; of `samples` that were played so many were `made_up`."""

    received: int = 0
    missing: int = 0
    made_up: int = 0
    samples: int = 0

    @property
    def made_up_share(self) -> float:
        """In per cent."""
        return 100 * self.made_up / max(1, self.samples)

    def since(self, before: Hearing) -> Hearing:
        """What came after that."""
        return Hearing(
            self.received - before.received,
            self.missing - before.missing,
            self.made_up - before.made_up,
            self.samples - before.samples,
        )


class Chromiums:
    """Open."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = pages

    async def offers(self) -> list[str]:
        """Theirs."""
        return [await page.evaluate(SCRIPT) for page in self._pages]

    async def agree(self, answers: Sequence[str]) -> bool:
        """Whether each found who answered."""
        pairs = zip(self._pages, answers, strict=True)
        return all(await asyncio.gather(*(page.evaluate(AGREE, answer) for page, answer in pairs)))

    async def hearing(self) -> Hearing:
        """All together, from the start."""
        each = await asyncio.gather(*(page.evaluate(MEASURE) for page in self._pages))
        return Hearing(*(sum(values) for values in zip(*each, strict=True))) if each else Hearing()


@asynccontextmanager
async def chromiums(count: int) -> AsyncIterator[Chromiums]:
    """So many, until this ends."""
    async with AsyncExitStack() as stack:
        yield Chromiums([await _opened(stack) for _ in range(count)])


async def _opened(stack: AsyncExitStack) -> Page:
    program = await stack.enter_async_context(async_playwright())
    browser = await program.chromium.launch(executable_path=PROGRAM, args=FLAGS)
    stack.push_async_callback(browser.close)
    return await browser.new_page()
