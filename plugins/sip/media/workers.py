"""The built-in media engine: worker processes, a leg in one of them, the dead replaced."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from plugins.sip.media import wav, wire
from plugins.sip.media.engine import (
    Codec,
    Crypto,
    Direction,
    Endpoint,
    Event,
    Gone,
    Load,
    MediaError,
    Recording,
    Statistics,
)
from plugins.sip.media.listeners import Listeners
from plugins.sip.media.processes import Processes
from plugins.sip.media.prompt_files import PromptFiles
from plugins.sip.media.settings import MediaSettings
from plugins.sip.media.worker_process import WorkerProcess


class WorkerEngine:
    """A MediaEngine; an async context manager that runs its processes."""

    def __init__(self, settings: MediaSettings = MediaSettings()) -> None:  # noqa: B008  # frozen
        self._settings = settings
        self._listeners = Listeners()
        self._processes = Processes(settings, self._listeners.tell, self._died)
        self._legs: dict[str, WorkerProcess] = {}
        self._rooms: dict[str, tuple[WorkerProcess, set[str]]] = {}
        self._recordings: dict[str, tuple[Path, WorkerProcess]] = {}
        self._plays = itertools.count(1)
        self._prompts = PromptFiles(settings.folder)

    async def __aenter__(self) -> Self:
        self._processes.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._processes.stop()
        self._prompts.clear()

    async def open(self, leg: str, *, beside: str | None = None) -> Endpoint:
        """See MediaEngine."""
        return await self._opened("open", leg, beside)

    async def _opened(self, method: str, leg: str, beside: str | None = None) -> Endpoint:
        if leg in self._legs:
            raise MediaError(f"{leg} is open already")
        worker = self._place(beside) if beside is not None else await self._processes.least_loaded()
        self._legs[leg] = worker
        worker.legs.add(leg)
        try:
            port = await worker.ask(method, leg=leg)
        except BaseException:  # also when whoever asked does not wait any more: nobody else would close it
            self._forget(leg)
            worker.tell("close", leg=leg)
            raise
        return Endpoint(self._settings.advertised or self._settings.host, port)

    async def connect(
        self,
        leg: str,
        remote: tuple[str, int],
        codec: Codec,
        telephone_event: int | None = None,
        crypto: Crypto | None = None,
        *,
        direction: Direction = Direction.SENDRECV,
        learn: bool = True,
        rtcp: int = 0,
    ) -> None:
        """See MediaEngine."""
        await self._ask(
            leg, "connect", remote=remote, codec=codec, telephone_event=telephone_event,
            crypto=wire.keys_out(crypto), direction=direction, learn=learn, rtcp=rtcp,
        )  # fmt: skip

    async def play(self, leg: str, audio: Path | bytes, *, loop: bool = False, interruptible: bool = True) -> int:
        """See MediaEngine."""
        play = next(self._plays)
        path = await asyncio.to_thread(self._prompts.path, audio) if isinstance(audio, bytes) else audio
        await self._ask(leg, "play", path=str(path), play=play, loop=loop, interruptible=interruptible)
        return play

    async def stop(self, leg: str) -> None:
        """See MediaEngine."""
        await self._ask(leg, "stop_playing")

    async def bridge(self, one: str, other: str) -> None:
        """See MediaEngine."""
        await self.mix(f"{one}+{other}", [one, other])

    async def mix(self, room: str, legs: Sequence[str], gains: Mapping[tuple[str, str], float] | None = None) -> None:
        """See MediaEngine."""
        workers = {self._place(leg) for leg in legs}
        if len(workers) != 1:
            raise MediaError("legs that are to hear each other must be opened beside each other")
        worker = workers.pop()
        self._rooms[room] = (worker, set(legs))
        levels = [(listener, speaker, gain) for (listener, speaker), gain in (gains or {}).items()]
        await worker.ask("mix", room=room, legs=list(legs), gains=levels)

    async def part(self, leg: str) -> None:
        """See MediaEngine."""
        await self._ask(leg, "part")

    async def hold(self, leg: str, music: Path | bytes | None = None) -> None:
        """See MediaEngine."""
        await self._ask(leg, "hold")
        if music is None:
            await self.stop(leg)
        else:
            await self.play(leg, music, loop=True, interruptible=False)

    async def resume(self, leg: str) -> None:
        """See MediaEngine."""
        await self._ask(leg, "resume")

    async def record(self, target: str, path: Path) -> None:
        """See MediaEngine."""
        worker = self._rooms[target][0] if target in self._rooms else self._place(target)
        await worker.ask("record", target=target, path=str(path))
        self._recordings[target] = (path, worker)

    async def pause_recording(self, target: str) -> None:
        """See MediaEngine."""
        await self._recorder(target).ask("pause_recording", target=target, paused=True)

    async def resume_recording(self, target: str) -> None:
        """See MediaEngine."""
        await self._recorder(target).ask("pause_recording", target=target, paused=False)

    async def stop_recording(self, target: str) -> Recording:
        """See MediaEngine."""
        worker = self._recorder(target)
        path, _ = self._recordings.pop(target)
        try:
            return Recording(path, await worker.ask("stop_recording", target=target))
        except MediaError:
            if worker.pid is not None:
                raise
        return Recording(path, await asyncio.to_thread(wav.mend, path))

    async def send_digits(self, leg: str, digits: str) -> None:
        """See MediaEngine."""
        await self._ask(leg, "send_digits", digits=digits)

    async def lend(self, leg: str, near: tuple[str, int] | None) -> int:
        """See MediaEngine."""
        return int(await self._ask(leg, "lend", near=near))

    async def open_image(self, image: str) -> Endpoint:
        """See MediaEngine."""
        return await self._opened("open_image", image)

    async def lend_image(self, image: str, remote: tuple[str, int], near: tuple[str, int]) -> int:
        """See MediaEngine."""
        return int(await self._ask(image, "lend_image", remote=remote, near=near))

    async def lead(self, leg: str, other: str) -> bool:
        """Number what goes to these two so that what the other sends follows, when somebody else is to pass it on.

        False while one of them has not been heard. Many phones drop what seems older than what they had, whatever its
        source (baresip #817), and would be deaf from then on.
        """
        return bool(await self._ask(leg, "lead", other=other))

    async def overtake(self, leg: str, seconds: float) -> None:
        """The way back, after so long."""
        await self._ask(leg, "overtake", seconds=seconds)

    async def statistics(self, leg: str) -> Statistics:
        """See MediaEngine."""
        return Statistics(**await self._ask(leg, "statistics"))

    async def close(self, leg: str) -> Statistics:
        """See MediaEngine."""
        worker = self._legs.get(leg)
        if worker is None:
            return Statistics()
        self._forget(leg)
        with suppress(MediaError):  # it died with its process: closed all the same
            return Statistics(**await worker.ask("close", leg=leg))
        return Statistics()

    def events(self) -> AsyncIterator[Event]:
        """See MediaEngine."""
        return self._listeners.follow()

    async def loads(self) -> list[Load]:
        """How each process does."""
        answers = [await worker.ask("load") for worker in self._processes.alive]
        return [Load(int(legs), late, latest) for legs, late, latest in answers]

    async def ready(self) -> None:
        """Returns when a process runs. Raises MediaError when none does in time."""
        await self._processes.least_loaded()

    @property
    def running(self) -> int:
        """Processes that live."""
        return len(self._processes.alive)

    @property
    def pids(self) -> list[int]:
        """Their process ids."""
        return [worker.pid for worker in self._processes.alive if worker.pid is not None]

    def kill(self, leg: str) -> None:
        """End the process that carries this leg, at once: for tests and for an administrator."""
        self._place(leg).kill()

    async def _ask(self, leg: str, method: str, **arguments: object) -> Any:
        return await self._place(leg).ask(method, leg=leg, **arguments)

    def _place(self, leg: str) -> WorkerProcess:
        if leg not in self._legs:
            raise MediaError(f"there is no leg {leg}")
        return self._legs[leg]

    def _recorder(self, target: str) -> WorkerProcess:
        if target not in self._recordings:
            raise MediaError(f"{target} is not being recorded")
        return self._recordings[target][1]

    def _forget(self, leg: str) -> None:
        if worker := self._legs.pop(leg, None):  # None: its process died while it was asked
            worker.legs.discard(leg)
        for _, members in self._rooms.values():
            members.discard(leg)
        self._rooms = {room: (worker, members) for room, (worker, members) in self._rooms.items() if members}

    def _died(self, worker: WorkerProcess) -> None:
        for leg in sorted(worker.legs):
            self._forget(leg)
            self._listeners.tell(Gone(leg))
