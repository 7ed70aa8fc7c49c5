"""The demo users' password: in a file of its own, and as HUB_DEMO_PASSWORD wants it from the next start on."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from plugins.demo import desk_phones
from plugins.demo.hub_client import HubClient, Refused

log = logging.getLogger(__name__)

VARIABLE = "HUB_DEMO_PASSWORD"
SHORTEST = 8
"""What the API takes."""
LOGINS = ("supervisor", "agent1", "agent2", "admin")
"""Who has it; the administrator last, because whoever changes the others must still be who they were."""


async def follow(site: str, file: Path, wanted: str | None = None) -> str:
    """The password that holds now. When HUB_DEMO_PASSWORD is another one than the file's, the demo's users get it.

    Raises Refused when somebody changed the administrator's by hand.
    """
    now = stored(file)
    wanted = os.environ.get(VARIABLE, "") if wanted is None else wanted
    if not wanted or wanted == now:
        return now
    if len(wanted) < SHORTEST:
        log.warning("%s has fewer than %d characters; the demo keeps its password", VARIABLE, SHORTEST)
        return now
    async with HubClient(site) as hub:
        await _log_in(hub, now, wanted)
        ids = {user["login"]: user["id"] async for user in hub.each("/users")}
        await desk_phones.follow(hub, ids, wanted)
        for login in filter(ids.__contains__, LOGINS):
            await hub.patch(f"/users/{ids[login]}", {"password": wanted})
    write(file, wanted)
    return wanted


def stored(file: Path) -> str:
    """The password in the file."""
    return file.read_text(encoding="utf-8").strip()


def write(file: Path, password: str) -> None:
    """Replace the file at once, readable by its owner alone."""
    fresh = file.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as text:
        text.write(password + "\n")
    fresh.replace(file)


async def _log_in(hub: HubClient, old: str, wanted: str) -> None:
    """With the old one; with the new one when a change before was cut off before the file was written."""
    try:
        await hub.log_in("admin", old)
    except Refused:
        await hub.log_in("admin", wanted)
