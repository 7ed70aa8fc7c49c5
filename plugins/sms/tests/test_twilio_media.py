"""Pictures of a text, each on its own: what cannot be taken takes no other with it, and the text is never lost."""

from __future__ import annotations

import asyncio

import pytest

from hub.api import Json
from plugins.sms.provider import Heard
from plugins.sms.tests.desk import account, connection, context
from plugins.sms.twilio import meaning, media
from plugins.sms.twilio.fetch import NotFetched, fetch

OURS, API = "+18005551212", "https://api.twilio.com"
WAY = connection("twilio", {"account_sid": "AC1", "auth_token": "x"})


async def pictured(url: str, *_: object, **__: object) -> tuple[bytes, str]:
    """A far side of several tempers."""
    if url.endswith("late"):
        await asyncio.get_running_loop().create_future()
    if url.endswith("away"):
        raise NotFetched("away", again=True)
    if url.endswith("page"):
        raise NotFetched("it is of a type that is not taken")
    return b"\x89PNG", "image/png"


async def fetched(attempt: int, *names: str) -> tuple[list[Heard], int]:
    """What is handed in after this attempt, and how many further ones are waited for."""
    office = context(account(OURS, WAY))
    urls: dict[str, Json] = {f"MediaUrl{n}": f"{API}/{name}" for n, name in enumerate(names)}
    fields: dict[str, Json] = {"MessageSid": "SM1", "From": "+1", "To": OURS, "NumMedia": str(len(names)), **urls}
    await media.due(office, media.TIMER, {"account": OURS, "fields": fields, "attempt": attempt})
    heard = [news for _, raw in office.emitted for news in meaning.read(raw) if isinstance(news, Heard)]
    return heard, len(office.timers)


async def test_one_picture_that_cannot_be_taken_drops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "fetch", pictured)
    (heard,), waiting = await fetched(0, "one", "page", "two")
    assert [each.name for each in heard.attachments] == ["1.png", "3.png"] and not waiting
    assert heard.text == meaning.NOT_FETCHED, "that one is missing can be seen"
    assert await fetched(0, "one", "away") == ([], 1), "what may come yet is waited for"
    (heard,), waiting = await fetched(len(media.WAITS) - 1, "one", "away")
    assert len(heard.attachments) == 1 and not waiting


async def test_a_picture_that_trickles_in_is_given_up_before_the_timer_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "fetch", pictured)
    monkeypatch.setattr(media, "WITHIN", 0.01)
    assert await fetched(0, "late") == ([], 1)
    (heard,), waiting = await fetched(len(media.WAITS) - 1, "late")
    assert heard.text == meaning.NOT_FETCHED and not waiting


@pytest.mark.parametrize("url", ["https://api.twilio.com:99999/x", "https://[::1", "http://\0/", ""])
async def test_an_address_that_is_none_is_not_fetched(url: str) -> None:
    with pytest.raises(NotFetched):
        await fetch(url, API, (), ("a", "b"), most=10, timeout=1)


async def test_a_port_nobody_can_have_at_an_allowed_host_is_not_fetched() -> None:
    with pytest.raises(NotFetched):
        await fetch("https://media.example:99999/", API, ("media.example",), ("a", "b"), most=10, timeout=1)
