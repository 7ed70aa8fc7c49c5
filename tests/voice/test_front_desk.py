"""The demo's hotline: a caller hears of their ticket what it says; a message left is there though they hung up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hub.api import Audio
from plugins.demo.hub_client import HubClient
from plugins.demo.tests.conftest import until
from plugins.tts import wav
from plugins.tts.cache import Cache
from plugins.tts.providers.espeak import Espeak
from plugins.tts.speaker import Speaker
from tests.support.fixtures import StartHub
from tests.voice.baresip import Baresip, Sound

pytestmark = [pytest.mark.slow, pytest.mark.peer]

PASSWORD = "a-long-password-for-tests"
NUMBER = "+8657188886666"
CUSTOMER = "+8613912345678"
TONE = 500
PATIENCE = 60  # looks, a second each
PIECE = 4000  # samples: half a second
ALIKE = 0.8


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What a caller hears does not depend on the database."""
    return sqlite_url


@dataclass(frozen=True)
class Hotline:
    """The demo by its API, and who calls it."""

    hub: HubClient
    caller: Baresip

    async def asked(self, words: str) -> dict[str, Any]:
        """The newest prompt with these words, once it is sent and something is heard."""

        async def look() -> dict[str, Any] | None:
            found = [each for each in await self.messages() if words in each["text"]]
            sent = found and found[-1]["delivery"]["state"] == "SENT"
            return found[-1] if sent and self.caller.level() > 200 else None

        found: dict[str, Any] = await until(look)
        return found

    async def messages(self) -> list[dict[str, Any]]:
        items = (await self.hub.get("/interactions"))["items"]
        said = await self.hub.get(f"/interactions/{items[0]['id']}/messages") if items else {"items": []}
        return list(said["items"])


@pytest.fixture
async def hotline(hub_process: StartHub, tmp_path: Path) -> AsyncIterator[Hotline]:
    demo = await hub_process("--demo", HUB_DEMO_PASSWORD=PASSWORD)
    account = f"<sip:{CUSTOMER}@127.0.0.1:{{sip}}>;regint=0"
    async with HubClient(demo.http) as hub, Baresip(tmp_path / "caller", account, TONE) as caller:
        await hub.log_in("admin", PASSWORD)
        host, port = await hub.listener("sip", 30)
        await caller.do("dial", f"sip:{NUMBER}@{host}:{port}")
        yield Hotline(hub, caller)


async def test_a_caller_hears_the_status_of_their_ticket(hotline: Hotline, tmp_path: Path) -> None:
    serial = await ticket(hotline.hub)
    for answer, question in (("1", "What can we do"), (serial, "nine digits"), (CUSTOMER[-4:], "last four digits")):
        await hotline.asked(question)
        for key in answer:
            await hotline.caller.do("sndcode", key)
    status = await hotline.asked("Fridge hums: it is received.")
    assert f"{serial[:4]}-{serial[4:8]}-{serial[8:]}" in status["text"]
    await heard(hotline.caller, await spoken(status, tmp_path))
    await hotline.caller.do("hangup")
    await hotline.caller.until("CALL_CLOSED")


async def test_who_leaves_a_message_and_hangs_up_has_left_it(hotline: Hotline) -> None:
    await hotline.asked("What can we do")
    await hotline.caller.do("sndcode", "4")
    prompt = await hotline.asked("leave your message")
    await asyncio.sleep(len(prompt["text"]) / 10 + 2)  # they listen, then speak
    await hotline.caller.do("hangup")
    item = await until(lambda: closed(hotline.hub))
    assert item["disposition"] == "CALLBACK"
    assert item["ticket"] is not None
    [voicemail] = [each for each in await hotline.messages() if each["kind"] == "VOICEMAIL"]
    [file] = voicemail["attachments"]
    assert file["size"] > 16_000, "a second of them at least"


async def closed(hub: HubClient) -> dict[str, Any] | None:
    [item] = (await hub.get("/interactions"))["items"]
    return dict(item) if item["state"] == "CLOSED" else None


async def ticket(hub: HubClient) -> str:
    customer = await hub.post(
        "/customers", {"name": "Emma Clarke", "identities": [{"scheme": "tel", "value": CUSTOMER}]}
    )
    return str((await hub.post("/tickets", {"subject": "Fridge hums", "customer": customer["id"]}))["serial"])


async def spoken(message: dict[str, Any], folder: Path) -> Audio:
    """The same prompt, synthesised once more."""
    speaker = Speaker([Espeak()], Cache(folder / "again", 10**7), 30.0, 1)
    return await speaker.speak(message["fields"]["speech"], "en")


async def heard(caller: Baresip, audio: Audio) -> None:
    """The caller's record holds this, as it was made; a quarter of it may have been hit by a line that stumbled."""
    wanted = wav.read(audio.path)
    match = 0.0
    for _ in range(PATIENCE):
        match = float(np.quantile(likeness(caller.heard(), wanted), 0.25))
        if match > ALIKE:
            return
        await asyncio.sleep(1)  # it is being spoken
    raise AssertionError(f"the best match is {match:.2f}")


def likeness(record: Sound, wanted: Sound) -> Sound:
    """Of each half second that is more than silence, how well it matches at its best place, 1 for the very same: what a
    busy machine does to a line spoils the pieces it hits, and no others."""
    pieces = [wanted[at : at + PIECE] for at in range(0, len(wanted) - PIECE + 1, PIECE)]
    pieces = [piece for piece in pieces if (piece**2).mean() > 0.1 * (wanted**2).mean()]
    if len(record) < PIECE:
        return np.zeros(len(pieces))
    size = 1 << int(np.ceil(np.log2(len(record) + PIECE)))
    spectrum = np.fft.rfft(record, size)
    energy = np.cumsum(np.concatenate([[0.0], record**2]))
    here = np.sqrt(np.maximum(energy[PIECE:] - energy[:-PIECE], 1.0))
    products = [np.fft.irfft(spectrum * np.conj(np.fft.rfft(piece, size)), size)[: len(here)] for piece in pieces]
    return np.array([(each / here).max() / np.sqrt((p**2).sum()) for each, p in zip(products, pieces, strict=True)])
