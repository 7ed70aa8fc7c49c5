"""Canned replies, in both languages."""

from __future__ import annotations

from functools import partial
from typing import Any

from plugins.demo import story
from plugins.demo.hub_client import HubClient
from plugins.demo.seeding.cast import Cast
from plugins.demo.seeding.ledger import Ledger


async def fill(cast: Cast, ledger: Ledger) -> None:
    """One after the other."""
    for template in story.templates():
        key = f"template {template['title']}"
        await ledger.once(key, partial(_make, cast.admin, template), partial(_find, cast.admin, template))


async def _make(hub: HubClient, template: dict[str, Any]) -> int:
    return int((await hub.post("/templates", template))["id"])


async def _find(hub: HubClient, template: dict[str, Any]) -> int | None:
    ids = [each["id"] for each in await hub.get("/templates") if each["title"] == template["title"]]
    return int(ids[0]) if ids else None
