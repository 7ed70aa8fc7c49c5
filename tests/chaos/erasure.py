"""A customer is erased by a hub that dies before it has told every plugin: afterwards all have forgotten them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx

from hub.api.faults import ERASURE_POINTS
from tests.chaos.report import number
from tests.chaos.scene import Scene
from tests.chaos.site import PASSWORD

FUSE = f"{ERASURE_POINTS[0]}:1"
WITHIN = 60.0


async def erase(scene: Scene, handset: str) -> None:
    """Until the hub, which dies of it, serves again; `handset` has written, and been answered."""
    async with asyncio.timeout(WITHIN), _admin(scene) as admin:
        items = (await admin.get("/interactions?limit=200")).raise_for_status().json()["items"]
        talk = next(item for item in items if item["identity"]["value"] == handset)
        (await admin.post(f"/interactions/{talk['id']}/close", json={})).raise_for_status()
        said = {"account": talk["account"]["id"], "number": handset, "allow": True, "note": "on the phone"}
        (await admin.post(f"{scene.hub.http}/p/sms/consent", json=said)).raise_for_status()
        back = asyncio.create_task(scene.back_again())
        await asyncio.sleep(0)  # it counts deaths from now on
        with suppress(httpx.TransportError):  # it may be dead before it has answered
            (await admin.delete(f"/customers/{talk['customer']['id']}")).raise_for_status()
        await back


async def left_of(scene: Scene, handset: str) -> int:
    """In how many rows the number stands, once nothing is promised to anybody any more."""
    async with asyncio.timeout(WITHIN):
        while await number(scene.database, "SELECT count(*) FROM erasures"):  # noqa: ASYNC110  # seen from outside
            await asyncio.sleep(0.05)
    places = ("identities WHERE value", "sms_consents WHERE number")
    return sum([await number(scene.database, f"SELECT count(*) FROM {each} = '{handset}'") for each in places])


@asynccontextmanager
async def _admin(scene: Scene) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{scene.hub.http}/api/v1", timeout=WITHIN) as client:
        answer = await client.post("/login", json={"login": "admin", "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['token']}"
        client.cookies.clear()
        yield client
