"""What supervisors see of faxes that are coming in now: the list, anew with every page."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import asdict
from typing import Final

from hub.api import Closed, PluginRoutes, WebSocket, WebSocketRoute
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
        await socket.accept()
        showing = self._office.soon(self._show(socket))
        try:
            with suppress(Closed):
                while True:
                    await socket.receive()
        finally:
            showing.cancel()

    async def _show(self, socket: WebSocket) -> None:
        with suppress(Closed):
            async for arrivals in self._office.arriving.watch():
                await socket.send(json.dumps({"items": [asdict(each) for each in arrivals]}, ensure_ascii=False))
                await asyncio.sleep(PAUSE)
