"""What a script may ask of the world outside it, and the world of a running hub."""

from __future__ import annotations

import asyncio
import hmac
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from hub.api import Attachment, Context
from plugins.self_service import links, switches
from plugins.self_service.fetching import Fetcher
from plugins.self_service.pace import Pace
from plugins.self_service.settings import SelfServiceSettings

LARGEST_FILE = 20_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request to one of the site's own systems."""

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    timeout: float = 4.0


class World(Protocol):
    """Answers None, or False, where there is nothing: no look-up ever raises for that."""

    async def ticket(self, serial: str, proof: str) -> Mapping[str, Any] | None: ...

    async def queue(self, key: str) -> Mapping[str, Any] | None: ...

    async def fetch(self, wanted: Wanted) -> Any: ...

    async def is_on(self, flow: str) -> bool: ...

    async def switch(self, flow: str, on: bool, by: str) -> None: ...

    def knows_pin(self, name: str, said: str) -> bool: ...

    async def file(self, folder: Path, name: str) -> Attachment | None: ...

    def link(self, name: str, hours: float) -> str: ...


class HubWorld:
    """The hub's: tickets and queues by the context, switches in our own table."""

    def __init__(self, context: Context, settings: SelfServiceSettings) -> None:
        self._context = context
        self._settings = settings
        self._fetcher = Fetcher(settings)
        self._look_ups = Pace(settings.look_ups_per_minute)
        self._pins = Pace(settings.look_ups_per_minute)

    async def ticket(self, serial: str, proof: str) -> Mapping[str, Any] | None:
        if not self._look_ups.allows():
            return None
        found = await self._context.ticket(serial, proof)
        if found is None:
            return None
        at = found.updated_at.isoformat()
        return {"serial": found.serial, "status": found.status, "subject": found.subject, "updated_at": at}

    async def queue(self, key: str) -> Mapping[str, Any] | None:
        found = await self._context.queue(key)
        if found is None:
            return None
        opens = found.opens_at.isoformat() if found.opens_at else None
        return {"open": found.open, "waiting": found.waiting, "agents": found.agents, "opens_at": opens}

    async def fetch(self, wanted: Wanted) -> Any:
        return await self._fetcher.fetch(wanted.url, wanted.method, wanted.headers, wanted.body, wanted.timeout)

    async def is_on(self, flow: str) -> bool:
        return await self._context.store.read(lambda conn: switches.is_on(conn, flow))

    async def switch(self, flow: str, on: bool, by: str) -> None:
        await self._context.store.write(lambda conn: switches.switch(conn, flow, on, by))

    def knows_pin(self, name: str, said: str) -> bool:
        pin = self._settings.pins.get(name)
        if pin is None or not self._pins.allows():
            return False
        return hmac.compare_digest(pin.get_secret_value().encode(), said.strip().encode())

    async def file(self, folder: Path, name: str) -> Attachment | None:
        return await asyncio.to_thread(read_file, folder, name)

    def link(self, name: str, hours: float) -> str:
        """Where who is sent it may fetch this file for so long, without logging in."""
        key, until = self._context.key(links.PURPOSE), datetime.now(UTC) + timedelta(hours=hours)
        return f"{self._context.site_url}/p/{self._context.plugin}{links.path(key, name, until)}"


def read_file(folder: Path, name: str) -> Attachment | None:
    """A document that lies beside the script, and nowhere else; None for any other."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file() or path.stat().st_size > LARGEST_FILE:
        return None
    return Attachment(path.name, mimetypes.guess_type(path.name)[0] or "application/octet-stream", path.read_bytes())
