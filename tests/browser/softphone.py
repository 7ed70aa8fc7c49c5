"""The hub's side of a telephone in the browser, as a test plays it: the socket, and somebody to speak with."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Route, WebSocketRoute

from tests.browser.desk import Desk

STATIC = Path(__file__).parents[2] / "plugins" / "sip" / "static"
PANEL = {
    "plugin": "sip",
    "slot": "bar",
    "element": "sip-softphone",
    "module": "/p/sip/static/softphone.js",
    "titles": {"en": "Telephone in this browser"},
}
# a browser that takes any offer, and hums into the other's ear
FAR = """
async (offer) => {
  const far = new RTCPeerConnection();
  const sounds = new AudioContext();
  const hum = sounds.createOscillator();
  const out = sounds.createMediaStreamDestination();
  hum.connect(out);
  hum.start();
  far.addTrack(out.stream.getAudioTracks()[0], out.stream);
  await far.setRemoteDescription({ type: "offer", sdp: offer });
  await far.setLocalDescription(await far.createAnswer());
  await new Promise((done) => {
    const look = () => far.iceGatheringState === "complete" && done();
    far.onicegatheringstatechange = look;
    look();
  });
  window.far = far;
  return far.localDescription.sdp;
}
"""


@dataclass
class Switchboard:
    """What the browser said, and a way to tell it something."""

    far: Page
    said: list[dict[str, Any]] = field(default_factory=list)
    _socket: WebSocketRoute | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, desk: Desk) -> None:
        """The desk's page finds the telephone and its socket here; to be said before it is loaded."""
        page = desk.page
        await page.context.grant_permissions(["microphone"], origin=desk.url)
        await page.route("**/api/v1/panels", _panels)
        await page.route("**/p/sip/static/**", _module)
        await page.route("**/p/sip/rings", _rings)
        await page.route_web_socket("**/p/sip/softphone", self._opened)

    def tell(self, **what: Any) -> None:
        assert self._socket is not None, "the telephone is not on"
        self._socket.send(json.dumps(what))

    async def cut(self) -> None:
        """The line is."""
        assert self._socket is not None, "the telephone is not on"
        await self._socket.close()

    async def hears(self, do: str, **wanted: Any) -> dict[str, Any]:
        """The browser says this, or has said it."""
        while True:
            for each in self.said:
                if each["do"] == do and all(each.get(k) == v for k, v in wanted.items()):
                    return each
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), 15)

    def _opened(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.on_message(self._take)

    async def _take(self, text: str | bytes) -> None:
        said = json.loads(text)
        if said["do"] == "session":
            answer = await self.far.evaluate(FAR, said["sdp"])
            self.tell(session="a-token", sdp=answer)
        self.said.append(said)
        self._news.set()


async def _panels(route: Route) -> None:
    await route.fulfill(json=[PANEL])


async def _rings(route: Route) -> None:
    await route.fulfill(json={"rings": "all"})


async def _module(route: Route) -> None:
    path = STATIC / route.request.url.rpartition("/p/sip/static/")[2]
    await route.fulfill(path=path, content_type="text/javascript")
