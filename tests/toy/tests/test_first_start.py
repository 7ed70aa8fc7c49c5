"""What the site file says becomes rows, secrets encrypted, whatever state its plugins are in."""

from __future__ import annotations

from pathlib import Path

from hub.plugin.discovery import Plugins, discover
from hub.store.tables import accounts
from tests.toy.tests.exchange import Exchange
from tests.toy.tests.house import House


class Empty(House):
    """A house whose plugin is not installed yet."""

    def plugins(self) -> Plugins:
        return discover(["toy"], [])


async def test_secrets_of_a_channel_that_is_not_there_yet_are_encrypted_all_the_same(
    database_url: str, tmp_path: Path, exchange: Exchange
) -> None:
    async with Empty(database_url, tmp_path, exchange) as house:
        [row] = await house.rows(accounts)
        assert row["settings"] == {}
        assert b"squeak" not in row["secrets"]
    async with House(database_url, tmp_path, exchange) as house:
        await house.exchange.say("say", text="Here at last", **{"from": "bear"})
        await house.becomes("QUEUED")
