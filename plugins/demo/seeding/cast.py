"""Who acts while the site is filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugins.demo.hub_client import HubClient


@dataclass(frozen=True, slots=True)
class Cast:
    """The administrator, the agents by login, and what they must know of the site."""

    admin: HubClient
    agents: Mapping[str, HubClient]
    user_ids: Mapping[str, int]
    support: str

    @classmethod
    async def gather(cls, people: Mapping[str, HubClient]) -> Cast:
        """From one logged-in client a login."""
        admin = people["admin"]
        ids = {user["login"]: int(user["id"]) async for user in admin.each("/users")}
        agents = {login: hub for login, hub in people.items() if login != "admin"}
        return cls(admin, agents, ids, (await admin.addresses("mailto"))[0])
