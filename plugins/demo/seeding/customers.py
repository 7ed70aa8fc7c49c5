"""Customers, organisations first, and what they own."""

from __future__ import annotations

from functools import partial
from typing import Any

from plugins.demo import story
from plugins.demo.hub_client import HubClient
from plugins.demo.seeding.cast import Cast
from plugins.demo.seeding.ledger import Ledger
from plugins.demo.story import Person, Thing


async def fill(cast: Cast, ledger: Ledger) -> None:
    """Asset types, then one customer after the other."""
    for kind in story.asset_types():
        await ledger.once(f"type {kind['key']}", partial(_type, cast.admin, kind), _unknown)
    for person in story.people().values():
        number = await ledger.once(
            customer(person.key), partial(_make, cast.admin, person, ledger), partial(_find, cast.admin, person)
        )
        for place, thing in enumerate(person.things):
            key = asset(person.key, place)
            await ledger.once(key, partial(_own, cast.admin, number, thing), partial(_owned, cast.admin, number, thing))


def customer(key: str) -> str:
    """Under which key the ledger has a customer."""
    return f"customer {key}"


def asset(key: str, place: int) -> str:
    """Under which key the ledger has the customer's n-th thing."""
    return f"asset {key} {place}"


async def _type(hub: HubClient, kind: dict[str, Any]) -> int:
    """Saving a type again changes nothing."""
    await hub.post("/asset-types", kind)
    return 0


async def _unknown() -> None:
    return None


async def _make(hub: HubClient, person: Person, ledger: Ledger) -> int:
    body = {
        "name": person.name,
        "kind": "ORGANISATION" if person.is_organisation else "PERSON",
        "language": person.language,
        "organisation": ledger[customer(person.organisation)] if person.organisation else None,
        "attributes": dict(person.attributes),
        "identities": _identities(person),
    }
    return int((await hub.post("/customers", body))["id"])


def _identities(person: Person) -> list[dict[str, Any]]:
    tel = {"scheme": "tel", "value": person.tel, "shared": person.is_organisation}
    return [{"scheme": "mailto", "value": person.address}, tel]


async def _find(hub: HubClient, person: Person) -> int | None:
    found = [each async for each in hub.each("/customers", q=person.address)]
    return int(found[0]["id"]) if found else None


async def _own(hub: HubClient, number: int, thing: Thing) -> int:
    body = {"type": thing.type, "fields": dict(thing.fields), "label": thing.label}
    return int((await hub.post(f"/customers/{number}/assets", body))["id"])


async def _owned(hub: HubClient, number: int, thing: Thing) -> int | None:
    found = await hub.get(f"/customers/{number}/assets")
    return next((int(each["id"]) for each in found if each["label"] == thing.label), None)
