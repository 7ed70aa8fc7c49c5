"""Access tokens are fetched when needed, once for all who wait, and never when they are still good."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import SecretStr

from hub.api import Misconfigured, Unreachable
from plugins.email.oauth import TokenSource
from plugins.email.settings import EmailConnection
from plugins.email.tests.token_server import TokenServer


def settings(url: str) -> EmailConnection:
    return EmailConnection(oauth_url=url, oauth_client_id="hub", oauth_refresh_token=SecretStr("r"))


async def test_ten_who_ask_at_once_get_one_token() -> None:
    async with TokenServer(["a", "b"]) as server:
        tokens = TokenSource()
        assert set(await asyncio.gather(*(tokens.token(settings(server.url)) for _ in range(10)))) == {"a"}
        tokens.forget(settings(server.url))
        assert await tokens.token(settings(server.url)) == "b"
        assert len(server.asked) == 2


async def test_a_refused_refresh_token_needs_an_administrator() -> None:
    async with TokenServer([]) as server:
        with pytest.raises(Misconfigured, match="answered 400"):
            await TokenSource().token(settings(server.url))


async def test_an_authority_that_is_away_is_tried_again_later() -> None:
    async with TokenServer([]) as server:
        url = server.url
    with pytest.raises(Unreachable):
        await TokenSource().token(settings(url))
    with pytest.raises(Unreachable):
        await TokenSource().token(settings("no url at all"))
