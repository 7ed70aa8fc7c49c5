"""A few threads per plugin for work that must not run on the event loop.

Threads cannot be killed. So every plugin has its own: a call that hangs for ever uses up that plugin's threads and
nobody else's, and they are daemons, so that they do not keep the process from ending.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
_Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class Workers:
    """At most `threads` calls at once; the rest wait, their deadline running."""

    def __init__(self, name: str, threads: int = 2) -> None:
        self._name = name
        self._most = threads
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    async def run(self, work: Callable[[], T], deadline: float) -> T:
        """What `work` returns or raises; TimeoutError after `deadline` seconds, whatever the thread is still doing."""
        if len(self._threads) < self._most:
            self._start()
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put((work, answer))
        async with asyncio.timeout(deadline):
            return await answer

    def close(self) -> None:
        """Let the threads end when they have finished what they do."""
        for _ in self._threads:
            self._jobs.put(None)
        self._threads.clear()

    def _start(self) -> None:
        thread = threading.Thread(target=self._work, name=f"plugin-{self._name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            work, answer = job
            if not answer.done():
                self._answer(answer, *_attempt(work))

    def _answer(self, answer: asyncio.Future[Any], value: object, error: BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            answer.get_loop().call_soon_threadsafe(_settle, answer, value, error)


def _attempt(work: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    try:
        return work(), None
    except BaseException as error:  # noqa: BLE001 - carried over to whoever waits; the thread must live on
        return None, error


def _settle(answer: asyncio.Future[Any], value: object, error: BaseException | None) -> None:
    if answer.done():
        return
    if error is None:
        answer.set_result(value)
    else:
        answer.set_exception(error if isinstance(error, Exception) else RuntimeError(repr(error)))
