"""Long-running plugin work (listeners, background coroutines), kept running: restarted with back-off, stopped cleanly.

STARTING → RUNNING → FAILED → STARTING → …, and STOPPED from anywhere. Every change is told to `on_state`.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from hub.api import HubError, Ready
from hub.model.transitions import Transitions
from hub.plugin.metrics import RESTARTS
from hub.plugin.record import CONTAINED, Plugin, sentence

FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0  # what was down for long is back within ten seconds of its return
HEALTHY_AFTER = 60.0
STOP_DEADLINE = 1.5  # with what the web and the deliveries get, a hub ends within three seconds or so


class ConnectionState(StrEnum):
    """How long-running work stands; a connection's state is its listener's."""

    STARTING = "STARTING"
    RUNNING = "RUNNING"
    FAILED = "FAILED"
    STOPPED = "STOPPED"


_C = ConnectionState
CONNECTION = Transitions(
    {
        _C.STARTING: {_C.RUNNING, _C.FAILED, _C.STOPPED},
        _C.RUNNING: {_C.FAILED, _C.STOPPED},
        _C.FAILED: {_C.STARTING, _C.STOPPED},
        _C.STOPPED: {_C.STARTING},
    }
)

Work = Callable[[Ready], Awaitable[None]]


class OnState(Protocol):
    """Told of every change; must not raise."""

    def __call__(self, state: ConnectionState, detail: str) -> None: ...


def backoff(failures: int, chance: float) -> float:
    """Seconds to wait after so many failures in a row (from 1); `chance` in [0, 1) spreads many that fail together."""
    full: float = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures - 1, 16))
    return full * (0.5 + chance / 2)


@dataclass(slots=True)
class Supervised:
    """One piece of work and the task that keeps it running. `finite`: coming back by itself is no failure."""

    plugin: Plugin
    name: str
    work: Work
    on_state: OnState
    finite: bool = False
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    clock: Callable[[], float] = time.monotonic
    state: ConnectionState = ConnectionState.STOPPED
    _task: asyncio.Task[None] | None = field(default=None, init=False)
    # not Task.cancelling(): before Python 3.13 a TaskGroup that failed inside leaves that raised
    _stopping: bool = field(default=False, init=False)

    def start(self) -> None:
        """Run it from now on."""
        self._stopping = False
        self._task = asyncio.create_task(self._keep_running(), name=f"{self.plugin.name}: {self.name}")

    async def stop(self, detail: str = "", deadline: float = STOP_DEADLINE) -> bool:
        """Cancel it and wait; whether it ended within the deadline (what does not is left behind and counted)."""
        ended = True
        if self._task is not None:
            self._stopping = True
            self._task.cancel()
            ended = bool((await asyncio.wait([self._task], timeout=deadline))[0])
        if not ended:
            self.plugin.fault(self.name, TimeoutError(f"did not stop within {deadline:g} s"))
        self._enter(ConnectionState.STOPPED, detail)
        return ended

    async def _keep_running(self) -> None:
        failures = 0
        while True:
            started = self.clock()
            error = await self._once()
            if error is None or self._stopping:
                return self._enter(ConnectionState.STOPPED, "finished")
            failures = 1 if self.clock() - started >= HEALTHY_AFTER else failures + 1
            wait = backoff(failures, self.chance())
            self._enter(ConnectionState.FAILED, f"{_reason(error)} Trying again in {wait:.1f} s.")
            RESTARTS.labels(self.plugin.name, self.name).inc()
            await self.sleep(wait)

    async def _once(self) -> BaseException | None:
        """Run it until it ends; why it must be run again."""
        self._enter(ConnectionState.STARTING, "")
        try:
            await self.work(self._ready)
        except asyncio.CancelledError as error:
            return self._contained(error)
        except CONTAINED as error:
            return self._contained(error)
        return None if self.finite or self._stopping else EndedByItself("it ended by itself")

    def _contained(self, error: BaseException) -> BaseException:
        """An error of the plugin's; the wish to stop is none, and passes."""
        if isinstance(error, asyncio.CancelledError) and self._stopping:
            raise error
        if not isinstance(error, HubError | OSError):
            self.plugin.fault(self.name, error)
        return error

    def _ready(self, detail: str = "") -> None:
        if self.state is ConnectionState.STARTING:
            self._enter(ConnectionState.RUNNING, detail)
        elif self.state is ConnectionState.RUNNING:
            self.on_state(self.state, detail)

    def _enter(self, state: ConnectionState, detail: str) -> None:
        if CONNECTION.allows(self.state, state):
            self.state = state
            self.on_state(state, detail)


class EndedByItself(RuntimeError):
    """A listener came back although nobody asked it to."""


def _reason(error: BaseException) -> str:
    if isinstance(error, HubError):
        return f"{error.line} ({error.detail})" if error.detail else error.line
    return f"{sentence(error)}."
