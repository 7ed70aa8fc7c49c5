"""Twilio, end to end in the real process: a far side that signs as Twilio does and keeps a ledger."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from hub.api import Misconfigured, Unreachable
from plugins.sms.tests.desk import connection, context
from plugins.sms.tests.firm import Firm, write_site
from plugins.sms.twilio.provider import Twilio
from tests.farside.commanded import Commanded
from tests.farside.twilio_api import ACCOUNT, PICTURE, TOKEN
from tests.support.fixtures import StartHub

OURS, HANDSET = "+18005551212", "+14158675309"
CONNECTION = """
[connections.settings.twilio]
account_sid = "{account}"
auth_token = "{token}"
api_url = "{api}"
"""
pytestmark = pytest.mark.slow


def text(number: int, body: str, sender: str = HANDSET, **more: str) -> dict[str, str]:
    return {"MessageSid": f"SM{number:032d}", "From": sender, "To": OURS, "Body": body, "NumMedia": "0", **more}


async def test_texts_by_twilio(tmp_path: Path, hub_process: StartHub) -> None:
    """In, replayed a hundred times at once, forged; out, with its receipts and refusals; pictures."""
    async with Commanded("tests.farside.twilio_api", tmp_path / "ledger") as far:
        api = f"http://127.0.0.1:{far.port}"
        write_site(
            tmp_path, "twilio", OURS, CONNECTION.format(account=ACCOUNT, token=TOKEN, api=api), "pictures = true"
        )
        async with Firm(await hub_process()) as firm:
            hook = f"{firm.hub.http}/c/sms/{OURS}/message"
            await can_be_tried(api)
            interaction = await has_one_effect(firm, far, hook)
            await is_answered(firm, far, interaction)
            await has_pictures(firm, far, hook, api, interaction)
            await comes_of(firm, far, hook)
            await shows_pictures(firm, far, interaction)


async def can_be_tried(api: str) -> None:
    """By the account's own page at Twilio; a wrong token is for an administrator, a far side that is away is not."""
    settings = {"account_sid": ACCOUNT, "auth_token": TOKEN, "api_url": api}
    provider = Twilio(context())
    assert await provider.probe(connection("twilio", settings)) == "Twilio account Test: active"
    for wrong, error in (({"auth_token": "x"}, Misconfigured), ({"api_url": "http://127.0.0.1:1"}, Unreachable)):
        with pytest.raises(error):
            await provider.probe(connection("twilio", {**settings, **wrong}))


async def has_one_effect(firm: Firm, far: Commanded, hook: str) -> int:
    """A replay is signed as well as the first; a forgery is not."""
    far.do("post", url=hook, fields=text(1, "Hello 你好"), times=100)
    far.do("post", url=hook, fields=text(2, "forged"), token="another token")
    await far.event("answered", lambda event: event["status"] == 403)
    await firm.until(lambda: _answers(far), lambda count: count == 101)
    assert {event["status"] for event in far.named("answered")} == {200, 403}
    far.do("post", url=hook, fields=text(3, "and then"))
    interaction = await firm.interaction("and then")
    said = [message["text"] for message in await firm.messages(interaction["id"])]
    assert said == ["Hello 你好", "and then"]
    assert len((await firm.get("/interactions"))["items"]) == 1
    return int(interaction["id"])


async def _answers(far: Commanded) -> int:
    return len(far.named("answered"))


async def is_answered(firm: Firm, far: Commanded, interaction: int) -> None:
    """Sent once, whatever happens to the answer; DELIVERED as the signed callbacks say."""
    await firm.take(interaction)
    await firm.reply(interaction, "We are on our way.")
    await firm.delivered(interaction, "We are on our way.", "DELIVERED")
    (sent,) = far.named("text")
    assert (sent["To"], sent["From"], sent["Body"]) == (HANDSET, OURS, "We are on our way.")


async def has_pictures(firm: Firm, far: Commanded, hook: str, api: str, interaction: int) -> None:
    """Fetched after they are stored, again while their host is away; from nowhere else, and nothing else."""
    for number, (name, body) in enumerate({"late": "Look", "elsewhere": "", "page": ""}.items(), 10):
        more = {"NumMedia": "1", "MediaUrl0": f"{api}/media/{name}", "MediaContentType0": "image/png"}
        far.do("post", url=hook, fields=text(number, body) | more)

    async def look() -> list[tuple[str, list[str]]]:
        said = await firm.messages(interaction)
        return [(each["text"], [file["media_type"] for file in each["attachments"]]) for each in said[3:]]

    seen = await firm.until(look, lambda said: len(said) == 4)
    assert sorted(seen) == [("", ["image/png"]), ("Look", []), ("[…]", []), ("[…]", [])]
    assert all(event["known"] for event in far.named("media"))


async def shows_pictures(firm: Firm, far: Commanded, interaction: int) -> None:
    """Fetched by Twilio from an address that needs no login and is none of anybody's guess; nothing but pictures go."""
    detail = await firm.get(f"/interactions/{interaction}")
    assert detail["capabilities"]["attachments"]
    answer = await firm.client.post("/uploads", files={"file": ("cat.png", PICTURE, "image/png")})
    upload = answer.raise_for_status().json()["id"]
    body = {"kind": "TEXT", "text": "", "attachments": [upload], "idempotency_key": "a picture"}
    await firm.post(f"/interactions/{interaction}/messages", body)
    fetched = await far.event("fetched", lambda event: True)
    assert (fetched["status"], fetched["type"]) == (200, "image/png")
    assert fetched["sha256"] == sha256(PICTURE).hexdigest()
    async with httpx.AsyncClient() as stranger:
        assert (await stranger.get(fetched["url"][:-1] + "_")).status_code == 404


async def comes_of(firm: Firm, far: Commanded, hook: str) -> None:
    """What becomes of a text when Twilio does not take it, or does not say so, or says it did not arrive."""

    async def talk(last: str, state: str) -> None:
        far.do("post", url=hook, fields=text(int(last), f"from {last}", f"+1415867{last}"))
        interaction = (await firm.interaction(f"from {last}"))["id"]
        await firm.take(interaction)
        await firm.reply(interaction, f"to {last}")
        await firm.delivered(interaction, f"to {last}", state)

    wanted = {"0404": "FAILED", "1610": "FAILED", "0500": "DELIVERED", "0429": "DELIVERED"}
    await asyncio.gather(*(talk(last, state) for last, state in wanted.items()))
    bodies = [event["Body"] for event in far.named("text")]
    assert sorted(bodies[1:]) == ["to 0404", "to 0429", "to 0500"], "each once, although one answer was cut off"
