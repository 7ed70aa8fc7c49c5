"""The agents' phones, against a plugin that takes notes."""

from __future__ import annotations

from typing import Any, cast

from plugins.demo import desk_phones
from plugins.demo.hub_client import HubClient, Refused

IDS = {"admin": 1, "agent1": 7, "agent2": 8}


class Telephones:
    """The routes of the plugin that has them; without `phones` the site has no such plugin."""

    def __init__(self, phones: dict[int, dict[str, Any]] | None) -> None:
        self.phones = phones

    async def of_plugin(self, method: str, path: str, body: Any = None) -> Any:
        if self.phones is None:
            raise Refused(404, "not_found")
        if method == "PUT":
            self.phones[int(path.rpartition("/")[2])] = body
        return {"phones": [{"user_id": user, **phone} for user, phone in self.phones.items()]}

    def admin(self) -> HubClient:
        return cast("HubClient", self)


def phone(username: str, password: str, outside: str = "") -> dict[str, Any]:
    return {"username": username, "password": password, "outside": outside}


async def test_a_phone_logs_in_as_its_agent_does() -> None:
    site = Telephones({})
    await desk_phones.give(site.admin(), 7, "agent1", "a-password")
    assert site.phones == {7: phone("agent1", "a-password")}


async def test_phones_follow_the_demos_password_and_what_somebody_changed_stays() -> None:
    renamed = phone("front-desk", "theirs")
    site = Telephones({7: phone("agent1", "old", "10086"), 8: renamed, 1: phone("agent2", "admins")})
    await desk_phones.follow(site.admin(), IDS, "new-password")
    assert site.phones == {7: phone("agent1", "new-password", "10086"), 8: renamed, 1: phone("agent2", "admins")}


async def test_a_site_without_telephones_is_filled_all_the_same() -> None:
    site = Telephones(None)
    await desk_phones.give(site.admin(), 7, "agent1", "a-password")
    await desk_phones.follow(site.admin(), IDS, "new-password")
    assert site.phones is None
