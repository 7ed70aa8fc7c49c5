"""What supervisors see of faxes that are coming in now to numbers of theirs: the list, anew with every page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Final

from hub.api import Closed, Overloaded, PluginRoutes, Viewer, WebSocket, WebSocketRoute
from plugins.fax.incoming.arriving import Arrival
from plugins.fax.office import Office

PERMISSION: Final = "interactions.supervise"
PAUSE: Final = 0.25
"""Seconds from one list to the next at least: nobody reads faster, however many come in."""


def routes(office: Office) -> PluginRoutes:
    """Under /p/fax/."""
    what = "Faxes that are coming in now: {items}, anew whenever it changes."
    return [WebSocketRoute("/arriving", _Screen(office).open, login=True, permission=PERMISSION, docs=what)]


class _Screen:
    def __init__(self, office: Office) -> None:
        self._office = office

    async def open(self, socket: WebSocket) -> None:
        """Until it is closed; what it says is not listened to."""
        if socket.viewer is None:
            return
        await socket.accept()
        showing = self._office.soon(self._show(socket, socket.viewer))
        try:
            with suppress(Closed):
                while True:
                    await socket.receive()
        finally:
            showing.cancel()

    async def _show(self, socket: WebSocket, viewer: Viewer) -> None:
        with suppress(Closed):
            async for arrivals in self._office.arriving.watch():
                with suppress(Overloaded):  # whose they are nobody knows now; the list comes again before long
                    items = [asdict(each) for each in await self._seen(viewer, arrivals)]
                    await socket.send(json.dumps({"items": items}, ensure_ascii=False))
                await asyncio.sleep(PAUSE)

    async def _seen(self, viewer: Viewer, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Those that come to accounts of the viewer's departments, or of none."""
        accounts = {each.account for each in arrivals}
        seen = await self._office.seen(viewer, accounts) if accounts else frozenset[int]()
        return [each for each in arrivals if each.account in seen]
