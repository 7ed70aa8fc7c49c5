"""Sound in the timeline: it is heard, seen and moved about in where it was said, whichever channel brought it."""

from __future__ import annotations

import io
import math
import re
import wave
from array import array
from typing import Any

from playwright.async_api import Route, expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE, Desk
from tests.browser.office import Office
from tests.browser.test_accessibility import faults

RATE = 8000
SECONDS = 20
MESSAGES = re.compile(r"/interactions/\d+/messages")
MIDDLE = re.compile("^(9|10)$")
# How much is drawn in each quarter of the picture: [upper left, upper right], [lower left, lower right].
INKED = """canvas => {
  const pen = canvas.getContext("2d"), [wide, high] = [canvas.width >> 1, canvas.height >> 1];
  const inked = (x, y) => pen.getImageData(x, y, wide, high).data.filter((a, at) => at % 4 === 3 && a > 0).length;
  return [[inked(0, 0), inked(wide, 0)], [inked(0, high), inked(wide, high)]];
}"""


def talk(seconds: int = SECONDS) -> bytes:
    """A wav file: the left speaks in its first half, the right in its second."""
    tone = [round(9000 * math.sin(place / 3)) for place in range(RATE)]
    first = [value for loud in tone for value in (loud, 0)]
    second = [value for loud in tone for value in (0, loud)]
    with io.BytesIO() as file:
        with wave.open(file, "wb") as sound:
            sound.setnchannels(2)
            sound.setsampwidth(2)
            sound.setframerate(RATE)
            sound.writeframes(array("h", (first * (seconds // 2)) + (second * (seconds // 2))).tobytes())
        return file.getvalue()


async def gets(desk: Desk, office: Office, sound: bytes) -> None:
    """Somebody sends a sound file, and the agent takes it."""
    await desk.be("READY")
    await office.write_mail("Listen", "What I heard:", sound=sound)
    await desk.accept()
    await desk.sees("sound")


async def stands_at(desk: Desk, second: int) -> None:
    await expect(desk.at("sound-position")).to_have_attribute("aria-valuenow", str(second), timeout=PATIENCE)


async def test_a_sound_is_seen_heard_and_moved_about_in_by_keys(office: Office, sit_down: SitDown) -> None:
    lin = await sit_down(office, "lin")
    await gets(lin, office, talk())
    await expect(lin.at("sound-wave")).to_have_attribute("data-tracks", "2", timeout=PATIENCE)
    (above, below) = await lin.at("sound-wave").evaluate(INKED)
    assert above[0] > 3 * above[1] and below[1] > 3 * below[0], "the left above, and first; the right below, and then"
    assert await faults(lin) == []
    position = lin.at("sound-position")
    await position.focus()
    for key, second in (("ArrowRight", 5), ("End", SECONDS), ("PageDown", 0)):
        await position.press(key)
        await stands_at(lin, second)
    await position.click()
    await expect(position).to_have_attribute("aria-valuenow", MIDDLE, timeout=PATIENCE)
    await lin.at("sound-speed").click()
    await lin.sees("sound-speed", "1.5×")
    await position.press("Space")
    await lin.has("sound", "PLAYING")
    await expect(position).not_to_have_attribute("aria-valuenow", MIDDLE, timeout=PATIENCE)
    await position.press("Space")
    await lin.has("sound", "READY")


async def test_a_recording_is_for_who_may_hear_it_names_its_sides_and_is_downloaded_where_it_cannot_be_played(
    office: Office, sit_down: SitDown
) -> None:
    lin = await sit_down(office, "lin")
    await gets(lin, office, b"RIFF, and then nothing a browser knows")
    ada = await sit_down(office, "ada")
    for desk in (lin, ada):
        await desk.page.route(MESSAGES, as_recordings)
        await desk.page.goto(f"{office.url}/inbox/{lin.interaction}")
        await desk.sees("message-RECORDING", "Recording of the call · incomplete")
    await lin.sees("sound-withheld", "You may not listen to recordings.")
    await lin.sees_no("sound")
    await ada.sees("sound", "Our side")
    await ada.at("sound-play").click()
    await ada.sees("sound-broken")
    async with ada.page.expect_download() as download:
        await ada.at("sound").get_by_role("link").click()
    assert (await download.value).suggested_filename == "heard.wav"


async def test_a_long_sound_is_played_while_it_comes_and_moved_about_in_by_ranges(
    office: Office, sit_down: SitDown
) -> None:
    lin = await sit_down(office, "lin")
    parts: list[str] = []
    lin.page.on("response", lambda answer: parts.append(answer.headers.get("content-range", "")))
    await gets(lin, office, talk(SECONDS * 9))
    await lin.at("sound-play").click()
    await lin.has("sound", "PLAYING")
    position = lin.at("sound-position")
    await expect(position).to_have_attribute("aria-valuemax", "180", timeout=PATIENCE)  # so long it is, it knows by now
    await position.click()
    await expect(position).to_have_attribute("aria-valuenow", re.compile("^9[0-9]$"), timeout=PATIENCE)
    await lin.at("sound-play").click()
    await lin.has("sound", "READY")
    assert any(part.startswith("bytes ") for part in parts)


async def as_recordings(route: Route) -> None:
    """What a call leaves, and a hub that died meanwhile, differs from a mail's file by this alone."""
    answer = await route.fetch()
    page: dict[str, Any] = await answer.json()
    page["items"] = [{**message, "kind": "RECORDING", "fields": {"partial": True}} for message in page["items"]]
    await route.fulfill(response=answer, json=page)
