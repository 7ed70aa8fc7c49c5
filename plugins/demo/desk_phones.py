"""The agents' SIP phones: user name and password are those of their logins, so that a newcomer can register one.

Set as a deployer would, through the routes of the plugin that has the telephones; a site without it has none.
"""

from __future__ import annotations

from collections.abc import Mapping

from plugins.demo.hub_client import HubClient, Refused

AGENTS = ("agent1", "agent2")
PHONES = "/sip/phones"


async def give(admin: HubClient, user_id: int, login: str, password: str, outside: str = "") -> None:
    """A phone, or another password for it. Raises Refused."""
    try:
        wanted = {"username": login, "password": password, "outside": outside}
        await admin.of_plugin("PUT", f"{PHONES}/{user_id}", wanted)
    except Refused as refused:
        if refused.status != 404:
            raise


async def follow(admin: HubClient, ids: Mapping[str, int], password: str) -> None:
    """The agents' password is about to be this one, and so is that of the phones they still have. Raises Refused."""
    try:
        phones = (await admin.of_plugin("GET", PHONES))["phones"]
    except Refused as refused:
        if refused.status != 404:
            raise
        return
    theirs = {(ids.get(login), login) for login in AGENTS}
    for phone in phones:
        if (phone["user_id"], phone["username"]) in theirs:
            await give(admin, phone["user_id"], phone["username"], password, phone["outside"])
