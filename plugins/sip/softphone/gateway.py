"""What carries a softphone's audio between browser and the lines' media, as the hub asks for it, and the built-in one:
aiortc in processes of its own."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from plugins.sip.media.engine import Direction, Endpoint, MediaError
from plugins.sip.media.processes import Processes
from plugins.sip.media.settings import MediaSettings
from plugins.sip.media.worker_process import WorkerProcess

COMMAND: Final = (sys.executable, "-P", str(Path(__file__).with_name("start.py")))


@dataclass(frozen=True, slots=True)
class Heard:
    """The browser and the gateway have found each other."""

    phone: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The browser cannot be heard any more, or never was. `legs_too`: what carried it is no more, nor are its legs."""

    phone: str
    legs_too: bool = False


Told = Callable[[Heard | Lost], None]


class Gateway(Protocol):
    """Every method raises MediaError. A phone is named by who opens it, and so are its legs."""

    async def start(self, tell: Told) -> None:
        """Be at work until `stop`; `tell` gets what happens."""

    async def stop(self) -> None:
        """All phones end."""

    async def open(self, phone: str, offer: str) -> str:
        """The answer to a browser's offer; of a phone that is open, its new browser's. Its legs stay."""

    async def close(self, phone: str) -> None:
        """It is over, and its legs with it."""

    async def reserve(self, phone: str, leg: str) -> Endpoint:
        """Where a leg's audio is taken, as RTP."""

    async def connect(
        self, phone: str, leg: str, remote: tuple[str, int], events: int | None, direction: Direction
    ) -> None:
        """What the leg's far side takes, and where; again after each change."""

    async def free(self, phone: str, leg: str) -> None:
        """This leg is over."""


class AiortcGateway:
    """A phone lives in one process; when that dies, its phones are lost and may be opened again."""

    def __init__(self, settings: MediaSettings) -> None:
        self._settings = settings
        self._tell: Told = lambda event: None
        make = functools.partial(_made, settings)
        self._processes = Processes(settings, self._heard, self._died, make)
        self._where: dict[str, WorkerProcess] = {}

    async def start(self, tell: Told) -> None:
        """See Gateway."""
        self._tell = tell
        self._processes.start()

    async def stop(self) -> None:
        """See Gateway."""
        await self._processes.stop()

    @property
    def pids(self) -> list[int]:
        """Of its processes."""
        return [worker.pid for worker in self._processes.alive if worker.pid is not None]

    async def open(self, phone: str, offer: str) -> str:
        """See Gateway."""
        worker = self._where.get(phone) or await self._processes.least_loaded()
        self._where[phone] = worker  # before there is an answer: a page that goes meanwhile is closed there
        worker.legs.add(phone)
        answer: str = await worker.ask("open", phone=phone, offer=offer)
        return answer

    async def close(self, phone: str) -> None:
        """See Gateway."""
        if worker := self._where.pop(phone, None):
            worker.legs.discard(phone)
            await worker.ask("close", phone=phone)

    async def reserve(self, phone: str, leg: str) -> Endpoint:
        """See Gateway."""
        return Endpoint(self._settings.host, await self._ask("reserve", phone, leg=leg))

    async def connect(
        self, phone: str, leg: str, remote: tuple[str, int], events: int | None, direction: Direction
    ) -> None:
        """See Gateway."""
        host = self._settings.host if remote[0] == self._settings.advertised else remote[0]  # our own, from within
        aimed = {"remote": (host, remote[1]), "events": events}
        await self._ask("connect", phone, leg=leg, **aimed, talks=direction.sending, listens=direction.receiving)

    async def free(self, phone: str, leg: str) -> None:
        """See Gateway."""
        if phone in self._where:
            await self._ask("free", phone, leg=leg)

    async def _ask(self, method: str, phone: str, **arguments: object) -> Any:
        if phone not in self._where:
            raise MediaError("the softphone is not open")
        return await self._where[phone].ask(method, phone=phone, **arguments)

    def _heard(self, event: Heard | Lost) -> None:
        self._tell(event)

    def _died(self, worker: WorkerProcess) -> None:
        for phone in sorted(worker.legs):
            self._where.pop(phone, None)
            self._tell(Lost(phone, legs_too=True))
        worker.legs.clear()


def _made(settings: MediaSettings, _: Sequence[str], tell: Callable[[Any], None]) -> WorkerProcess:
    ports = map(str, settings.ports)
    return WorkerProcess([settings.host, settings.advertised, *ports], tell, COMMAND, _event)


def _event(name: str, values: Mapping[str, Any]) -> Heard | Lost:
    return Heard(**values) if name == Heard.__name__ else Lost(**values)
