"""An agent's browser as a phone, without the inbox: a page of the site's own, logged in, whose microphone is a tone."""

from __future__ import annotations

import json
from typing import Any

from playwright.async_api import Page

SCRIPT = """
class Telephone {
  constructor(hertz, loud) {
    this.frames = [];
    this.context = new AudioContext();
    const [voice, mouth] = [this.context.createOscillator(), this.context.createMediaStreamDestination()];
    const volume = this.context.createGain();
    voice.frequency.value = hertz;
    volume.gain.value = loud;
    voice.connect(volume).connect(mouth);
    voice.start();
    this.mouth = mouth.stream;
    this.ear = new Audio();
    this.ear.autoplay = true;
    this.meter = this.context.createAnalyser();
    this.meter.fftSize = 8192;
    this.meter.smoothingTimeConstant = 0; // what was heard before says nothing
  }

  /** As the page does: what is to carry its audio may just be starting anew. */
  async begin() {
    for (let tries = 0; tries < 60; tries += 1) {
      const { session, sdp } = await this.ask();
      if (session) return this.hear(session, sdp);
      this.drop();
      await new Promise((done) => setTimeout(done, 250));
    }
    throw new Error("no session");
  }

  ask() {
    const connection = (this.connection = new RTCPeerConnection());
    this.mouth.getTracks().forEach((track) => connection.addTrack(track, this.mouth));
    connection.ontrack = ({ track }) => {
      this.ear.srcObject = new MediaStream([track]);
      this.context.createMediaStreamSource(this.ear.srcObject).connect(this.meter);
    };
    this.socket = new WebSocket(location.origin.replace("http", "ws") + "/p/sip/softphone");
    this.socket.onmessage = ({ data }) => this.frames.push(JSON.parse(data));
    this.socket.onclose = ({ code }) => this.frames.push({ closed: code });
    this.socket.onopen = async () => {
      await connection.setLocalDescription(await connection.createOffer());
      this.say({ do: "session", sdp: connection.localDescription.sdp });
    };
    return this.until((frame) => frame.session || frame.error);
  }

  async hear(session, sdp) {
    await this.connection.setRemoteDescription({ type: "answer", sdp });
    while (this.connection.connectionState !== "connected") await new Promise((done) => setTimeout(done, 20));
    return session;
  }

  /** As when the network goes: no word, no farewell. */
  drop() {
    this.socket.close();
    this.connection.close();
    this.frames = [];
  }

  say(word) {
    this.socket.send(JSON.stringify(word));
  }

  async until(wanted) {
    for (let looks = 0; looks < 1500; looks += 1) {
      const found = this.frames.findIndex(wanted);
      if (found >= 0) return this.frames.splice(found, 1)[0];
      await new Promise((done) => setTimeout(done, 10));
    }
    throw new Error("not told: " + JSON.stringify(this.frames));
  }

  /** Of what is heard now: the loudest tone in hertz, 0 for silence. */
  tone() {
    const bins = new Float32Array(this.meter.frequencyBinCount);
    this.meter.getFloatFrequencyData(bins);
    const peak = bins.indexOf(Math.max(...bins));
    return bins[peak] > -50 ? (peak * this.context.sampleRate) / this.meter.fftSize : 0;
  }

  async hears(hertz) {
    for (let looks = 0; looks < 400; looks += 1) {
      if (Math.abs(this.tone() - hertz) < 20) return true;
      await new Promise((done) => setTimeout(done, 25));
    }
    return false;
  }

  async measure() {
    const stats = [...(await this.connection.getStats()).values()];
    const heard = stats.find((each) => each.type === "inbound-rtp");
    const told = stats.find((each) => each.type === "remote-inbound-rtp");
    return { received: heard?.packetsReceived, lost: heard?.packetsLost, trip: told?.roundTripTime };
  }
}
"""


class BrowserPhone:
    """`hertz` is what it says, so `loud`; `page` must be let run scripts of ours (bypass_csp)."""

    def __init__(self, page: Page, site: str, hertz: int, loud: float = 1) -> None:
        self._page, self._site, self._hertz, self._loud = page, site, hertz, loud
        self.session = ""

    async def opens(self, login: str, password: str) -> None:
        """Log in and be heard."""
        page = self._page
        await page.goto(f"{self._site}/p/sip/static/look.js")  # any page of the site's
        answered = await page.request.post(f"{self._site}/api/v1/login", data={"login": login, "password": password})
        assert answered.ok, await answered.text()
        await page.evaluate(f"() => {{ {SCRIPT}; window.phone = new Telephone({self._hertz}, {self._loud}); }}")
        self.session = await self._do("begin()")

    async def drops(self) -> None:
        await self._do("drop()")

    async def comes_back(self) -> None:
        """To the same session."""
        assert await self._do("begin()") == self.session

    async def sent_away(self) -> None:
        """The hub does not hear it any more."""
        await self.told("closed")
        await self.drops()

    async def says(self, do: str, leg: str, **more: object) -> None:
        await self._do(f"say({json.dumps({'do': do, 'leg': leg, **more})})")

    async def becomes(self, state: str) -> dict[str, Any]:
        """It is told this state of a call."""
        frame: dict[str, Any] = await self._do(f"until((frame) => frame.state === {json.dumps(state)})")
        return frame

    async def told(self, what: str) -> Any:
        """The next frame that has this."""
        return (await self._do(f"until((frame) => {json.dumps(what)} in frame)"))[what]

    async def hears(self, hertz: int) -> None:
        assert await self._do(f"hears({hertz})"), f"not {hertz} Hz but {await self._do('tone()')}"

    async def measures(self) -> dict[str, Any]:
        """What its browser says of how it hears."""
        found: dict[str, Any] = await self._do("measure()")
        return found

    async def _do(self, what: str) -> Any:
        return await self._page.evaluate(f"() => window.phone.{what}")
