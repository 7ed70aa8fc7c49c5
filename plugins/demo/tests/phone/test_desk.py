"""Who may call from the desk, and what becomes of a call that cannot be made."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.api import Closed, Viewer
from plugins.demo.demo import Demo
from plugins.demo.phone.browser import BadOffer, Browser
from plugins.demo.phone.desk import ELSEWHERE, MOST_CALLS, NOT_UNDERSTOOD, Phone

ROOT = Path(__file__).parents[4]
OFFER = "\r\n".join((
    "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "m=audio 9 UDP/TLS/RTP/SAVPF 0 126",
    "c=IN IP4 0.0.0.0", "a=candidate:1 1 udp 2113937151 127.0.0.1 9 typ host", "a=ice-ufrag:wWWW",
    "a=ice-pwd:KRgaF2d722Hhmo/r5zrzNNbt", "a=fingerprint:sha-256 " + ":".join(["AB"] * 32), "a=setup:actpass",
    "a=mid:0", "a=sendrecv", "a=rtcp-mux", "a=rtpmap:0 PCMU/8000", "a=rtpmap:126 telephone-event/8000", "",
))  # fmt: skip


class Window:
    """A page's websocket, as the hub hands it over."""

    params: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    client = "127.0.0.1"
    viewer: Viewer | None = None

    def __init__(self, *frames: str, origin: str = "http://desk.test") -> None:
        self.headers: Mapping[str, str] = {"host": "desk.test", "origin": origin}
        self.shown: list[dict[str, Any]] = []
        self.code = 1000
        self.told = asyncio.Event()
        self._frames = list(frames)

    async def accept(self, subprotocol: str | None = None) -> None:
        """Open."""

    async def receive(self) -> str:
        if self._frames:
            return self._frames.pop(0)
        await asyncio.Event().wait()
        raise Closed

    async def send(self, text: str) -> None:
        self.shown.append(json.loads(text))
        self.told.set()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.code = code


class Desk:
    """So much of a demo as a phone asks for; `where` is where the hub takes calls."""

    def __init__(self, where: tuple[str, int] | None) -> None:
        self._where = where

    async def telephone(self) -> tuple[str, int]:
        if self._where is None:
            raise TimeoutError
        return self._where


def phone(where: tuple[str, int] | None = ("127.0.0.1", 9)) -> Phone:
    return Phone(cast("Demo", Desk(where)))


def dial(**changed: str) -> str:
    return json.dumps({"caller": "", "called": "+864001234567", "offer": OFFER, **changed})


async def test_a_page_of_somebody_else_makes_no_calls() -> None:
    window = Window(dial(), origin="http://elsewhere.test")
    await phone().call(window)
    assert window.code == ELSEWHERE


@pytest.mark.parametrize("frame", ["", "{}", dial(called="sip:me@evil.test"), dial(caller="x"), dial(called="")])
async def test_what_is_no_number_is_not_dialled(frame: str) -> None:
    window = Window(frame)
    await phone().call(window)
    assert (window.code, window.shown) == (NOT_UNDERSTOOD, [])


async def test_a_site_without_telephone_says_so() -> None:
    window = Window(dial())
    await phone(None).call(window)
    assert window.shown == [{"stage": "ENDED", "why": "UNREACHABLE"}]


async def test_an_offer_without_our_kind_of_audio_ends_the_call() -> None:
    window = Window(dial(offer=OFFER.replace("PCMU/8000", "opus/48000/2").replace("SAVPF 0", "SAVPF 111")))
    await phone().call(window)
    assert window.shown == [{"stage": "ENDED", "why": "NOT_HEARD"}]


async def test_a_missing_aiortc_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plugins.demo.phone.browser", None)
    window = Window(dial())
    await phone().call(window)
    assert window.shown == [{"stage": "ENDED", "why": "NO_WEBRTC"}]


@pytest.mark.slow
def test_a_hub_starts_without_what_only_a_call_needs() -> None:
    asked = "import sys, plugins.demo; print(sorted({'aiortc', 'av', 'aioice'} & sys.modules.keys()))"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert answer.stdout.strip() == "[]"


async def test_so_many_calls_at_once_and_no_more() -> None:
    """All of them wait for a browser that never comes; hanging up makes room."""
    desk = phone()
    windows = [Window(dial()) for _ in range(MOST_CALLS)]
    calls = [asyncio.create_task(desk.call(window)) for window in windows]
    async with asyncio.timeout(10):
        await asyncio.gather(*(window.told.wait() for window in windows))
    refused = Window(dial())
    await desk.call(refused)
    assert refused.shown == [{"stage": "ENDED", "why": "TOO_MANY"}]
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)


@given(st.data())
def test_a_forged_offer_is_refused_and_nothing_else(data: st.DataObject) -> None:
    lines = OFFER.split("\r\n")
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        cut = data.draw(st.integers(0, len(lines[place])))
        lines[place] = lines[place][:cut] + data.draw(st.sampled_from(["", " ", ":", "a", "9", "=", "/", "\n", "-1"]))
    with suppress(BadOffer):
        Browser("\r\n".join(lines), lambda _: None, lambda: None)
