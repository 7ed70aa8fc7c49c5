"""Tickets that went through some states, so that they have a history."""

from __future__ import annotations

from functools import partial

from plugins.demo import story
from plugins.demo.hub_client import HubClient
from plugins.demo.seeding import customers
from plugins.demo.seeding.cast import Cast
from plugins.demo.seeding.ledger import Ledger
from plugins.demo.story import Matter


async def fill(cast: Cast, ledger: Ledger) -> None:
    """Open every ticket, then move it on its path."""
    for matter in story.matters():
        key = f"ticket {matter.customer} {matter.subject}"
        number = await ledger.once(key, partial(_open, cast, ledger, matter), partial(_find, cast.admin, matter))
        for step, status in enumerate(matter.path):
            move = partial(_move, cast.agents[matter.agent], number, status)
            await ledger.once(f"{key} {step}", move, partial(_moved, cast.admin, number, status))


async def _open(cast: Cast, ledger: Ledger, matter: Matter) -> int:
    thing = customers.asset(matter.customer, 0)
    department = next(each["id"] for each in await cast.admin.get("/departments") if "Service" in each["name"])
    body = {
        "subject": matter.subject,
        "type": matter.type,
        "priority": matter.priority,
        "department": department,
        "customer": ledger[customers.customer(matter.customer)],
        "assignee": cast.user_ids.get(matter.agent),
        "asset": ledger.get(thing),
    }
    return int((await cast.admin.post("/tickets", body))["id"])


async def _find(hub: HubClient, matter: Matter) -> int | None:
    found = [each async for each in hub.each("/tickets", q=matter.subject)]
    return next((int(each["id"]) for each in found if each["subject"] == matter.subject), None)


async def _move(agent: HubClient, number: int, status: str) -> int:
    await agent.patch(f"/tickets/{number}", {"status": status})
    return number


async def _moved(hub: HubClient, number: int, status: str) -> int | None:
    return number if (await hub.get(f"/tickets/{number}"))["status"] == status else None
